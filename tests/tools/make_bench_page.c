/* make_bench_page: the page of pgo-bench, of a result that it might have written as JSON.
 *
 * usage: make_bench_page <RESULT.json >FILE.html
 */
#include <unistd.h>

#include "base/file.h"
#include "base/talk.h"
#include "pgo-bench/html.h"

int main(void)
{
    const struct machine machine = {"Some CPU", "Linux 6.1, x86_64", "2026-11-28 03:14 UTC", 2};
    struct strbuf json = {0}, out = {0};
    struct err err = {0};
    bool done;

    talk_start("make_bench_page");
    done = file_read_fd(STDIN_FILENO, "standard input", (size_t)64 << 20, &json, &err);
    if (done) {
        html_write(&(struct html_input){&json, "as text", &machine}, &out);
        done = file_write("-", out.data, out.len, FILE_REPLACE, &err);
    }
    strbuf_release(&json);
    strbuf_release(&out);
    return done ? TALK_EXIT_DONE : talk_fail(&err);
}
