/* The note that names a profile: what is written is read, for every machine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../pgo-build/compiler.h"
#include "../../pgo-build/note.h"
#include "../../pgo-build/profile_text.h"
#include "base/file.h"
#include "binary/elf_note.h"

#define TEXT                                                                                       \
    "profile src/default.pgo\n"                                                                    \
    "content 0123\n"                                                                               \
    "by probe\n"                                                                                   \
    "recorded 24600 samples from 2026-11-20T10:00:00Z to 2026-11-20T10:05:00Z\n"

static void expect_format(const char *source, const char *root, const char *expected)
{
    struct profile profile = {
        .source = (char *)source, .by_probe = true, .content = {.text = "0123"}};
    struct strbuf out = {0};

    profile.provenance.samples = 24600;
    profile.provenance.start_s = 1795168800;
    profile.provenance.end_s = 1795169100;
    note_format(&profile, root, &out);
    assert_string_equal(strbuf_text(&out), expected);
    strbuf_release(&out);
}

static void test_format(void **state)
{
    struct profile bare = {.source = (char *)"/p/default.pgo"};
    struct strbuf out = {0};

    (void)state;
    expect_format("/p/src/default.pgo", "/p", TEXT);
    expect_format("/src/default.pgo", "/", TEXT);
    expect_format("/home/me/prod.pgo", "/p",
                  "profile prod.pgo\n" /* no path of this machine */
                  "content 0123\nby probe\n"
                  "recorded 24600 samples from 2026-11-20T10:00:00Z to 2026-11-20T10:05:00Z\n");
    note_format(&bare, "/p", &out);
    assert_string_equal(strbuf_text(&out), "profile default.pgo\ncontent \nby line\n");
    strbuf_release(&out);
}

static void test_parse(void **state)
{
    char text[] = TEXT, foreign[] = "by \033[31mred\nnew words\nprofile a\tb", empty[] = "";
    struct note note;

    (void)state;
    note_parse(text, &note);
    assert_string_equal(note.profile, "src/default.pgo");
    assert_string_equal(note.content, "0123");
    assert_string_equal(note.by, "probe");
    assert_string_equal(note.recorded,
                        "24600 samples from 2026-11-20T10:00:00Z to 2026-11-20T10:05:00Z");
    note_parse(foreign, &note);
    assert_string_equal(note.by, "?[31mred");
    assert_string_equal(note.profile, "a?b");
    note_parse(empty, &note);
    assert_string_equal(note.profile, "");
}

/* Texts of any length: what follows them is aligned. */
static void test_object(void **state)
{
    static const struct {
        const char *machine;
        Elf64_Half number;
    } machines[] = {{COMPILER_X86_64, EM_X86_64}, {COMPILER_AARCH64, EM_AARCH64}};
    char path[] = "/tmp/test_build_note.XXXXXX";
    struct strbuf none = {0};
    struct err err = {0};

    (void)state;
    close(mkstemp(path));
    for (size_t i = 0; i < 16; i++) {
        struct strbuf text = {0}, object = {0};
        struct elf_notes notes = {0};
        Elf64_Ehdr header;

        strbuf_add(&text, TEXT, strlen(TEXT) - i);
        assert_true(note_object(machines[i % 2].machine, &text, &object));
        memcpy(&header, object.data, sizeof(header));
        assert_int_equal(header.e_machine, machines[i % 2].number);
        assert_true(file_write(path, object.data, object.len, FILE_REPLACE, &err));
        assert_true(elf_notes_read(&notes, path, NOTE_OWNER, NOTE_PROFILE, &err));
        assert_int_equal(notes.count, 1);
        assert_string_equal(notes.texts[0], text.data);
        elf_notes_release(&notes);
        assert_true(elf_notes_read(&notes, path, NOTE_OWNER, NOTE_PROFILE + 1, &err));
        assert_int_equal(notes.count, 0);
        elf_notes_release(&notes);
        strbuf_release(&text);
        strbuf_release(&object);
    }
    unlink(path);
    assert_false(note_object("riscv64", &none, &none));
}

static void expect_same_content(const char *one, const char *other, bool same)
{
    struct content_name first = profile_content(one, strlen(one));
    struct content_name second = profile_content(other, strlen(other));

    assert_int_equal(strcmp(first.text, second.text) == 0, same);
}

/* Comments are no part of a text; of anything else all bytes are. */
static void test_content(void **state)
{
    (void)state;
    expect_same_content("main:1:0\n 1: 1\n", "#!pgo refresh 1\nmain:1:0\n# x\n 1: 1\n#y", true);
    expect_same_content("main:1:0\n 1: 1\n", "main:1:0\n 1: 2\n", false);
    expect_same_content("\x1f\x8b\n#a", "\x1f\x8b\n#b", false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_format),
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_object),
        cmocka_unit_test(test_content),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
