#include "database.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static void check(sqlite3 *handle, int code, int expected, const char *sql)
{
    if (code == expected)
        return;
    fprintf(stderr, "workload: SQLite error %d: %s, in: %s\n", code, sqlite3_errmsg(handle), sql);
    exit(1);
}

static void check_statement(sqlite3_stmt *statement, int code, int expected)
{
    if (code != expected)
        check(sqlite3_db_handle(statement), code, expected, sqlite3_sql(statement));
}

/* FNV-1a, by integers rather than by bytes: our own code should not show in the profile. */
static void add_integer(struct database *database, uint64_t value)
{
    database->checksum = (database->checksum ^ value) * 0x100000001b3u;
    database->checksum ^= database->checksum >> 32;
}

static void add_column(struct database *database, sqlite3_stmt *statement, int column)
{
    const unsigned char *text;
    int length;

    switch (sqlite3_column_type(statement, column)) {
    case SQLITE_NULL:
        add_integer(database, 1);
        break;
    case SQLITE_INTEGER:
        add_integer(database, (uint64_t)sqlite3_column_int64(statement, column));
        break;
    default:
        text = sqlite3_column_text(statement, column);
        length = sqlite3_column_bytes(statement, column);
        add_integer(database, (uint64_t)length);
        for (int i = 0; i < length; i++)
            add_integer(database, text[i]);
    }
}

void database_open(struct database *database)
{
    int code = sqlite3_open(":memory:", &database->handle);

    check(database->handle, code, SQLITE_OK, "open");
    database->checksum = 0xcbf29ce484222325u;
}

void database_close(struct database *database)
{
    check(database->handle, sqlite3_close(database->handle), SQLITE_OK, "close");
    database->handle = NULL;
}

void database_run(struct database *database, const char *sql)
{
    while (*sql) {
        sqlite3_stmt *statement;
        int code = sqlite3_prepare_v2(database->handle, sql, -1, &statement, &sql);

        check(database->handle, code, SQLITE_OK, sql);
        if (!statement)
            return; /* only blanks were left */
        statement_run(database, statement);
        statement_finish(database, statement);
    }
}

void database_runf(struct database *database, const char *format, ...)
{
    va_list arguments;
    char *sql;

    va_start(arguments, format);
    sql = sqlite3_vmprintf(format, arguments);
    va_end(arguments);
    check(database->handle, sql ? SQLITE_OK : SQLITE_NOMEM, SQLITE_OK, format);
    database_run(database, sql);
    sqlite3_free(sql);
}

sqlite3_stmt *database_prepare(struct database *database, const char *sql)
{
    sqlite3_stmt *statement;
    int code =
        sqlite3_prepare_v3(database->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL);

    check(database->handle, code, SQLITE_OK, sql);
    return statement;
}

bool statement_next(struct database *database, sqlite3_stmt *statement)
{
    int code = sqlite3_step(statement);

    if (code != SQLITE_ROW) {
        check_statement(statement, code, SQLITE_DONE);
        statement_reset(database, statement);
        return false;
    }
    for (int column = 0; column < sqlite3_column_count(statement); column++)
        add_column(database, statement, column);
    return true;
}

int statement_run(struct database *database, sqlite3_stmt *statement)
{
    int rows = 0;

    while (statement_next(database, statement))
        rows++;
    return rows;
}

void statement_reset(struct database *database, sqlite3_stmt *statement)
{
    check(database->handle, sqlite3_reset(statement), SQLITE_OK, "reset");
    check(database->handle, sqlite3_clear_bindings(statement), SQLITE_OK, "clear bindings");
}

void statement_finish(struct database *database, sqlite3_stmt *statement)
{
    check(database->handle, sqlite3_finalize(statement), SQLITE_OK, "finalize");
}

void bind_integer(sqlite3_stmt *statement, int index, int64_t value)
{
    check_statement(statement, sqlite3_bind_int64(statement, index, value), SQLITE_OK);
}

void bind_text(sqlite3_stmt *statement, int index, const char *text)
{
    check_statement(statement, sqlite3_bind_text(statement, index, text, -1, SQLITE_STATIC),
                    SQLITE_OK);
}
