/*
 * A database in memory, with every return code of SQLite checked.
 *
 * Nothing here can fail for the caller: an error is a bug in the workload, so it is printed with
 * the statement and ends the program. All that is read goes into a checksum, which is how two
 * builds of the workload are seen to have done the same.
 */
#ifndef WORKLOAD_DATABASE_H
#define WORKLOAD_DATABASE_H

#include "sqlite3/sqlite3.h"

#include <stdbool.h>
#include <stdint.h>

struct database {
    sqlite3 *handle;
    uint64_t checksum;
};

void database_open(struct database *database);

/* All statements must have been finished. */
void database_close(struct database *database);

/* Runs statements that take no parameters. Their rows count for the checksum. */
void database_run(struct database *database, const char *sql);

/* The same with the conversions of sqlite3_mprintf(): SQL that is made and parsed each time. */
void database_runf(struct database *database, const char *format, ...);

sqlite3_stmt *database_prepare(struct database *database, const char *sql);

/*
 * Takes the next row into the checksum. After the last one it returns false, and the statement
 * is ready for other parameters.
 */
bool statement_next(struct database *database, sqlite3_stmt *statement);

/* Runs a statement to its end; returns the number of rows. */
int statement_run(struct database *database, sqlite3_stmt *statement);

/* Drops the rows that are left. */
void statement_reset(struct database *database, sqlite3_stmt *statement);

void statement_finish(struct database *database, sqlite3_stmt *statement);

void bind_integer(sqlite3_stmt *statement, int index, int64_t value);

/* The text is borrowed until the statement runs to its end. */
void bind_text(sqlite3_stmt *statement, int index, const char *text);

#endif
