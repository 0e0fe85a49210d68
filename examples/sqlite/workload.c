/*
 * workload: a shop on SQLite, day after day, in memory.
 *
 *     ./workload [DAYS]
 *
 * Prints the number of days and a checksum of everything that was read: the same for every build
 * and every machine. database.c talks to SQLite, shop.c is the shop, reports.c asks about it.
 */
#include "database.h"
#include "reports.h"
#include "shop.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    DEFAULT_DAYS = 800,
    MAX_DAYS = 1000000,
    SEED = 20,
};

int main(int argc, char **argv)
{
    struct database database = {0};
    struct shop shop;
    long days = DEFAULT_DAYS;
    char *end = "";

    if (argc > 1)
        days = strtol(argv[1], &end, 10);
    if (argc > 2 || *end || days < 1 || days > MAX_DAYS) {
        fprintf(stderr, "usage: workload [DAYS]    (1 to %d, default %d)\n", MAX_DAYS,
                DEFAULT_DAYS);
        return 2;
    }
    database_open(&database);
    shop_open(&shop, &database, SEED);
    for (int day = 1; day <= days; day++) {
        shop_take_orders(&shop, day);
        shop_receive_visits(&shop);
        reports_run(&shop, day);
        shop_ship_and_forget(&shop, day);
    }
    shop_close(&shop);
    database_close(&database);
    printf("%ld days, checksum %016" PRIx64 "\n", days, database.checksum);
    return 0;
}
