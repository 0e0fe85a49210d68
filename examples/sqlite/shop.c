#include "shop.h"

#include <stdio.h>
#include <string.h>

enum {
    ORDERS_A_DAY = 60,
    VISITS_A_DAY = 300,
    LOOKUPS_A_DAY = 3600,
    NOTE_BYTES = 200,
    NAME_BYTES = 40,
};

static const char schema[] =
    "CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL, city TEXT NOT NULL,"
    "                        email TEXT NOT NULL UNIQUE);"
    "CREATE INDEX customers_by_city ON customers (city, name COLLATE NOCASE);"
    "CREATE TABLE products (id INTEGER PRIMARY KEY, name TEXT NOT NULL, category TEXT NOT NULL,"
    "                       price INTEGER NOT NULL CHECK (price > 0), stock INTEGER NOT NULL,"
    "                       details TEXT NOT NULL);"
    "CREATE INDEX products_by_category ON products (category, price);"
    "CREATE TABLE orders (id INTEGER PRIMARY KEY, customer INTEGER NOT NULL REFERENCES customers,"
    "                     day INTEGER NOT NULL, state TEXT NOT NULL);"
    "CREATE INDEX orders_by_customer ON orders (customer, day);"
    "CREATE INDEX orders_by_day ON orders (day, state);"
    "CREATE TABLE items (order_id INTEGER NOT NULL, product INTEGER NOT NULL,"
    "                    quantity INTEGER NOT NULL, price INTEGER NOT NULL,"
    "                    PRIMARY KEY (order_id, product)) WITHOUT ROWID;"
    "CREATE INDEX items_by_product ON items (product, quantity);"
    "CREATE TABLE notes (order_id INTEGER PRIMARY KEY, note TEXT NOT NULL);";

int shop_random(struct shop *shop, int limit)
{
    /* Knuth's MMIX generator; its low bits repeat soon, so the high ones are taken. */
    shop->random = shop->random * 6364136223846793005u + 1442695040888963407u;
    return (int)((shop->random >> 33) % (uint64_t)limit);
}

const char *shop_random_word(struct shop *shop)
{
    static const char *const words[] = {
        "please",  "door",   "gift",   "urgent",  "Monday",   "blue",   "fragile", "neighbour",
        "evening", "wrap",   "card",   "second",  "floor",    "bell",   "return",  "invoice",
        "company", "green",  "large",  "small",   "birthday", "phone",  "before",  "after",
        "noon",    "garage", "window", "careful", "letter",   "thanks", "again",   "soon",
    };

    return words[shop_random(shop, sizeof(words) / sizeof(words[0]))];
}

/* A word of two to four syllables with a capital: names of people, towns and things. */
static void make_name(struct shop *shop, char *name)
{
    static const char syllables[][4] = {"ka", "ro",  "mi", "ten", "sol", "ver", "an", "du",
                                        "li", "bor", "es", "na",  "gul", "tho", "wi", "pra"};
    int count = 2 + shop_random(shop, 3);
    size_t length = 0;

    for (int i = 0; i < count; i++) {
        const char *syllable = syllables[shop_random(shop, 16)];
        size_t bytes = strlen(syllable);

        memcpy(name + length, syllable, bytes);
        length += bytes;
    }
    name[0] = (char)(name[0] - 'a' + 'A');
    name[length] = '\0';
}

static void make_note(struct shop *shop, char *note)
{
    int words = 4 + shop_random(shop, 12);
    size_t length = 0;

    for (int i = 0; i < words; i++)
        length += (size_t)snprintf(note + length, NOTE_BYTES - length, "%s%s", i ? " " : "",
                                   shop_random_word(shop));
}

static void fill_customers(struct shop *shop)
{
    sqlite3_stmt *add = database_prepare(
        shop->database, "INSERT INTO customers (id, name, city, email)"
                        " VALUES (?1, ?2, ?3, lower(?2) || ?1 || '@' || lower(?3) || '.example')");
    char name[NAME_BYTES], city[NAME_BYTES];

    for (int id = 1; id <= SHOP_CUSTOMERS; id++) {
        make_name(shop, name);
        make_name(shop, city);
        bind_integer(add, 1, id);
        bind_text(add, 2, name);
        bind_text(add, 3, city);
        statement_run(shop->database, add);
    }
    statement_finish(shop->database, add);
}

static void fill_products(struct shop *shop)
{
    static const char *const categories[] = {"book", "garden", "kitchen", "music", "office", "toy"};
    static const char *const colours[] = {"red", "green", "blue", "black", "white"};
    sqlite3_stmt *add = database_prepare(
        shop->database, "INSERT INTO products (id, name, category, price, stock, details)"
                        " VALUES (?1, ?2, ?3, ?4, ?5, json_object('colour', ?6, 'weight', ?7,"
                        " 'tags', json_array(?3, lower(?2), ?6)))");
    char name[NAME_BYTES];

    for (int id = 1; id <= SHOP_PRODUCTS; id++) {
        make_name(shop, name);
        bind_integer(add, 1, id);
        bind_text(add, 2, name);
        bind_text(add, 3, categories[shop_random(shop, 6)]);
        bind_integer(add, 4, 100 + shop_random(shop, 9900));
        bind_integer(add, 5, 20 + shop_random(shop, 60));
        bind_text(add, 6, colours[shop_random(shop, 5)]);
        bind_integer(add, 7, 10 + shop_random(shop, 5000));
        statement_run(shop->database, add);
    }
    statement_finish(shop->database, add);
}

static void prepare_statements(struct shop *shop)
{
    struct database *database = shop->database;

    shop->find_customer =
        database_prepare(database, "SELECT id, name, city, email FROM customers WHERE id = ?1");
    shop->find_product =
        database_prepare(database, "SELECT price, stock, name FROM products WHERE id = ?1");
    shop->add_order =
        database_prepare(database, "INSERT INTO orders (id, customer, day, state)"
                                   " SELECT ?1, id, ?3, 'new' FROM customers WHERE email = ?2");
    shop->add_item = database_prepare(
        database, "INSERT INTO items (order_id, product, quantity, price) VALUES (?1, ?2, ?3, ?4)"
                  " ON CONFLICT DO UPDATE SET quantity = quantity + excluded.quantity");
    shop->add_note =
        database_prepare(database, "INSERT INTO notes (order_id, note) VALUES (?1, ?2)");
    shop->take_stock =
        database_prepare(database, "UPDATE products SET stock = stock - ?2 WHERE id = ?1");
    shop->similar_products =
        database_prepare(database, "SELECT o.id, o.name, o.price FROM products p JOIN products o"
                                   " ON o.category = p.category AND o.price >= p.price"
                                   " WHERE p.id = ?1 ORDER BY o.price LIMIT 6");
    shop->change_price = database_prepare(
        database, "UPDATE products SET price = max(100, price + ?2) WHERE id = ?1");
    shop->orders_of_customer = database_prepare(
        database,
        "SELECT id, day, state FROM orders WHERE customer = ?1 ORDER BY day DESC LIMIT 5");
    shop->lines_of_order = database_prepare(
        database, "SELECT p.name, i.quantity, i.quantity * i.price, substr(n.note, 1, 20)"
                  " FROM items i JOIN products p ON p.id = i.product"
                  " LEFT JOIN notes n ON n.order_id = i.order_id"
                  " WHERE i.order_id = ?1 ORDER BY p.name");
    shop->ship = database_prepare(
        database, "UPDATE orders SET state = 'shipped' WHERE day = ?1 AND state = 'new'");
    shop->restock =
        database_prepare(database, "UPDATE products SET stock = stock + 60 WHERE stock < 20");
    shop->forget_items = database_prepare(
        database, "DELETE FROM items WHERE order_id IN (SELECT id FROM orders WHERE day <= ?1)");
    shop->forget_notes = database_prepare(
        database, "DELETE FROM notes WHERE order_id IN (SELECT id FROM orders WHERE day <= ?1)");
    shop->forget_orders = database_prepare(database, "DELETE FROM orders WHERE day <= ?1");
}

void shop_open(struct shop *shop, struct database *database, uint64_t seed)
{
    *shop = (struct shop){.database = database, .random = seed};
    database_run(database, schema);
    database_run(database, "BEGIN");
    fill_customers(shop);
    fill_products(shop);
    database_run(database, "COMMIT; ANALYZE");
    prepare_statements(shop);
}

void shop_close(struct shop *shop)
{
    sqlite3_stmt *statement;

    while ((statement = sqlite3_next_stmt(shop->database->handle, NULL)))
        statement_finish(shop->database, statement);
}

/* Returns false if there is not enough of the product. */
static bool add_item(struct shop *shop)
{
    int product = 1 + shop_random(shop, SHOP_PRODUCTS);
    int quantity = 1 + shop_random(shop, 4);
    int64_t price, stock;

    bind_integer(shop->find_product, 1, product);
    statement_next(shop->database, shop->find_product);
    price = sqlite3_column_int64(shop->find_product, 0);
    stock = sqlite3_column_int64(shop->find_product, 1);
    statement_reset(shop->database, shop->find_product);
    if (stock < quantity)
        return false;

    bind_integer(shop->add_item, 1, shop->last_order);
    bind_integer(shop->add_item, 2, product);
    bind_integer(shop->add_item, 3, quantity);
    bind_integer(shop->add_item, 4, price);
    statement_run(shop->database, shop->add_item);
    bind_integer(shop->take_stock, 1, product);
    bind_integer(shop->take_stock, 2, quantity);
    statement_run(shop->database, shop->take_stock);
    return true;
}

static void take_order(struct shop *shop, int day)
{
    int items = 1 + shop_random(shop, 7);
    char note[NOTE_BYTES];
    bool ok = true;

    bind_integer(shop->find_customer, 1, 1 + shop_random(shop, SHOP_CUSTOMERS));
    statement_next(shop->database, shop->find_customer);
    bind_integer(shop->add_order, 1, ++shop->last_order);
    bind_text(shop->add_order, 2, (const char *)sqlite3_column_text(shop->find_customer, 3));
    bind_integer(shop->add_order, 3, day);
    database_run(shop->database, "BEGIN");
    statement_run(shop->database, shop->add_order);
    statement_reset(shop->database, shop->find_customer);
    for (int i = 0; ok && i < items; i++)
        ok = add_item(shop);
    make_note(shop, note);
    bind_integer(shop->add_note, 1, shop->last_order);
    bind_text(shop->add_note, 2, note);
    statement_run(shop->database, shop->add_note);
    database_run(shop->database, ok ? "COMMIT" : "ROLLBACK");
}

void shop_take_orders(struct shop *shop, int day)
{
    for (int i = 0; i < ORDERS_A_DAY; i++)
        take_order(shop, day);
}

static void browse_products(struct shop *shop)
{
    for (int i = 0; i < LOOKUPS_A_DAY; i++) {
        bind_integer(shop->find_product, 1, 1 + shop_random(shop, SHOP_PRODUCTS));
        statement_run(shop->database, shop->find_product);
    }
    for (int i = 0; i < VISITS_A_DAY; i++) {
        bind_integer(shop->similar_products, 1, 1 + shop_random(shop, SHOP_PRODUCTS));
        statement_run(shop->database, shop->similar_products);
    }
}

static void change_prices(struct shop *shop)
{
    for (int i = 0; i < VISITS_A_DAY; i++) {
        bind_integer(shop->change_price, 1, 1 + shop_random(shop, SHOP_PRODUCTS));
        bind_integer(shop->change_price, 2, shop_random(shop, 21) - 10);
        statement_run(shop->database, shop->change_price);
    }
}

static void show_orders(struct shop *shop)
{
    bind_integer(shop->orders_of_customer, 1, 1 + shop_random(shop, SHOP_CUSTOMERS));
    while (statement_next(shop->database, shop->orders_of_customer)) {
        int64_t order = sqlite3_column_int64(shop->orders_of_customer, 0);

        bind_integer(shop->lines_of_order, 1, order);
        statement_run(shop->database, shop->lines_of_order);
    }
}

void shop_receive_visits(struct shop *shop)
{
    database_run(shop->database, "BEGIN");
    browse_products(shop);
    change_prices(shop);
    for (int i = 0; i < VISITS_A_DAY; i++)
        show_orders(shop);
    database_run(shop->database, "COMMIT");
}

void shop_ship_and_forget(struct shop *shop, int day)
{
    sqlite3_stmt *const forget[] = {shop->forget_items, shop->forget_notes, shop->forget_orders};

    database_run(shop->database, "BEGIN");
    bind_integer(shop->ship, 1, day);
    statement_run(shop->database, shop->ship);
    statement_run(shop->database, shop->restock);
    for (int i = 0; i < 3; i++) {
        bind_integer(forget[i], 1, day - SHOP_DAYS_KEPT);
        statement_run(shop->database, forget[i]);
    }
    database_run(shop->database, "COMMIT");
}
