/*
 * A shop: customers order products, orders are shipped, and after some days forgotten.
 *
 * shop_open() makes the tables and fills them; then each call is a part of one working day. The
 * same seed gives the same shop on every machine. shop_close() finishes the statements; the
 * database is borrowed and stays open.
 */
#ifndef WORKLOAD_SHOP_H
#define WORKLOAD_SHOP_H

#include "database.h"

enum {
    SHOP_CUSTOMERS = 2000,
    SHOP_PRODUCTS = 500,
    SHOP_DAYS_KEPT = 8,
};

struct shop {
    struct database *database;
    uint64_t random;
    int64_t last_order;
    sqlite3_stmt *find_customer;
    sqlite3_stmt *find_product;
    sqlite3_stmt *add_order;
    sqlite3_stmt *add_item;
    sqlite3_stmt *add_note;
    sqlite3_stmt *take_stock;
    sqlite3_stmt *similar_products;
    sqlite3_stmt *change_price;
    sqlite3_stmt *orders_of_customer;
    sqlite3_stmt *lines_of_order;
    sqlite3_stmt *ship;
    sqlite3_stmt *restock;
    sqlite3_stmt *forget_items;
    sqlite3_stmt *forget_notes;
    sqlite3_stmt *forget_orders;
};

void shop_open(struct shop *shop, struct database *database, uint64_t seed);
void shop_close(struct shop *shop);

/* Customers come, are looked up, and order: many small transactions, some rolled back. */
void shop_take_orders(struct shop *shop, int day);

/* Customers look at products and at what they ordered: point look-ups and short joins. */
void shop_receive_visits(struct shop *shop);

/* The evening: updates and deletes of many rows at once. */
void shop_ship_and_forget(struct shop *shop, int day);

/* From 0 up to, not including, limit. */
int shop_random(struct shop *shop, int limit);

/* One of a fixed list of words, which notes are made of. */
const char *shop_random_word(struct shop *shop);

#endif
