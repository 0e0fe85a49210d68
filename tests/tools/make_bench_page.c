/* make_bench_page: the page of pgo-bench, of a result that it might have written as JSON.
 *
 * usage: make_bench_page [FACTS.json...] <RESULT.json >FILE.html
 */
#include <unistd.h>

#include "base/file.h"
#include "base/talk.h"
#include "pgo-bench/html.h"

int main(int argc, char **argv)
{
    const struct machine machine = {"Some CPU", "Linux 6.1, x86_64", "2026-11-28 03:14 UTC", 2};
    struct strbuf json = {0}, out = {0};
    struct facts facts;
    struct err err = {0};
    bool done;

    talk_start("make_bench_page");
    done = file_read_fd(STDIN_FILENO, "standard input", (size_t)64 << 20, &json, &err);
    facts_init(&facts);
    for (int i = 1; done && i < argc; i++)
        done = facts_read(&facts, argv[i], &err);
    if (done) {
        html_write(&(struct html_input){&json, "as text", &machine, &facts, NULL}, &out);
        done = file_write("-", out.data, out.len, FILE_REPLACE, &err);
    }
    facts_release(&facts);
    strbuf_release(&json);
    strbuf_release(&out);
    return done ? TALK_EXIT_DONE : talk_fail(&err);
}
