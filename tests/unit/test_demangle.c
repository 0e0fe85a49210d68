/* Names for people: those of C++ and Rust; the others, and what would not end, stay as they are. */
#include "../../collect/demangle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void expect(const char *name, const char *expected)
{
    struct strbuf out = {0};

    strbuf_add_text(&out, "before ");
    assert_int_equal(demangle(name, &out), expected != NULL);
    assert_string_equal(strbuf_text(&out) + strlen("before "), expected ? expected : "");
    strbuf_release(&out);
}

static void names_become_readable(void **state)
{
    (void)state;
    expect("_ZNK4shop5IndexIlE5totalERKSt6vectorIlSaIlEEi", "shop::Index<long>::total");
    expect("_ZN4shop12_GLOBAL__N_16hiddenEl", "shop::(anonymous namespace)::hidden");
    expect("_ZltRKN4shop5IndexIlEES3_", "operator<");
    expect("_ZZ4mainENKUllE_clEl", "main::{lambda(long)#1}::operator()");
    expect("_ZN4core3fmt9Formatter3pad17h5ab1cdef12345678E", "core::fmt::Formatter::pad");
}

static void others_stay(void **state)
{
    (void)state;
    expect("main", NULL);
    expect("", NULL);
    expect("_Z", NULL);
    expect("_Zfoo", NULL);
    expect("_ZN3foo", NULL);
    expect("_start", NULL);
}

/* p<x, x>, p of two of those, p of two of those ...: a billion letters, of 400. */
static void endless_names_stay(void **state)
{
    static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    struct strbuf name = {0};

    (void)state;
    strbuf_add_text(&name, "_Z1fI1pI1xS1_E");
    for (int i = 2; i < 4; i++)
        strbuf_add_format(&name, "S0_IS%c_S%c_E", digits[i], digits[i]);
    strbuf_add_text(&name, "EvT_");
    expect(strbuf_text(&name), "f<p<x, x>, p<p<x, x>, p<x, x> >, p<p<p<x, x>, p<x, x> >, "
                               "p<p<x, x>, p<x, x> > > >");
    name.len -= strlen("EvT_");
    for (int i = 4; i < 32; i++)
        strbuf_add_format(&name, "S0_IS%c_S%c_E", digits[i], digits[i]);
    strbuf_add_text(&name, "EvT_");
    expect(strbuf_text(&name), NULL);
    strbuf_release(&name);
}

static void own_names_are_kept(void **state)
{
    struct profile *p = profile_new();
    struct profile_function functions[] = {
        {.name = "_ZN1a1bEv", .system_name = "_ZN1a1bEv"},
        {.name = "a::b(int)", .system_name = "_ZN1a1bEi"},
        {.name = "", .system_name = "_ZN1a1cEv"},
        {.name = "main", .system_name = "main"},
    };

    (void)state;
    for (size_t i = 0; i < 4; i++)
        profile_add_function(p, &functions[i]);
    demangle_profile(p);
    assert_string_equal(p->functions[0].name, "a::b");
    assert_string_equal(p->functions[0].system_name, "_ZN1a1bEv");
    assert_string_equal(p->functions[1].name, "a::b(int)");
    assert_string_equal(p->functions[2].name, "a::c");
    assert_string_equal(p->functions[3].name, "main");
    profile_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_become_readable),
        cmocka_unit_test(others_stay),
        cmocka_unit_test(endless_names_stay),
        cmocka_unit_test(own_names_are_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
