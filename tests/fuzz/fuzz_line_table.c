/* Any bytes as a .debug_line section whose first table is read; its rows are in order. */
#include <assert.h>

#include "binary/line_table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    struct line_table table = {0};

    line_table_read(&table, data, len, 0);
    for (size_t i = 1; i < table.count; i++)
        assert(table.rows[i - 1].vaddr <= table.rows[i].vaddr);
    assert(table.count == 0 || table.rows[table.count - 1].line == 0);
    assert(table.count == 0 || line_table_find(&table, table.rows[0].vaddr));
    line_table_release(&table);
    return 0;
}
