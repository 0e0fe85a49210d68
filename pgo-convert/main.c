/* pgo-convert: read profiles → counts of addresses → estimate → fold into the tree → write. */
#include <stdlib.h>

#include "base/file.h"
#include "base/progress.h"
#include "base/talk.h"
#include "convert.h"
#include "options.h"
#include "output.h"

int main(int argc, char **argv)
{
    struct convert_options options = {0};
    struct conversion conversion = {0};
    struct strbuf text = {0};
    struct err err = {0};
    int code = TALK_EXIT_DONE;
    bool done;

    talk_start("pgo-convert");
    switch (options_read(argc, argv, &options, &text, &err)) {
    case OPTIONS_WRONG:
        code = talk_fail(&err);
        break;
    case OPTIONS_PRINT:
        if (!file_write("-", text.data, text.len, FILE_REPLACE, &err))
            code = talk_fail(&err);
        break;
    case OPTIONS_RUN:
        progress_start("converting %s", options.inputs[0].path);
        done = convert(&options, &conversion, &err);
        progress_end();
        if (!done || !output_write(&options, &conversion, &err))
            code = talk_fail(&err);
        break;
    }
    conversion_release(&conversion);
    options_release(&options);
    strbuf_release(&text);
    return code;
}
