#include "reports.h"

enum {
    SEARCHES_A_DAY = 3,
};

static void report_sales(struct database *database, int day)
{
    database_runf(database,
                  "SELECT p.category, count(*), sum(i.quantity * i.price), max(i.quantity),"
                  "       printf('%%.2f', avg(i.price) / 100.0)"
                  " FROM orders o JOIN items i ON i.order_id = o.id"
                  " JOIN products p ON p.id = i.product"
                  " WHERE o.day > %d GROUP BY p.category ORDER BY 3 DESC",
                  day - 3);
    database_runf(database,
                  "SELECT c.city, c.name, count(DISTINCT o.id) AS orders, sum(i.quantity) AS pieces"
                  " FROM customers c JOIN orders o ON o.customer = c.id"
                  " JOIN items i ON i.order_id = o.id"
                  " WHERE o.day BETWEEN %d AND %d GROUP BY c.id HAVING pieces > 10"
                  " ORDER BY pieces DESC, c.name COLLATE NOCASE LIMIT 20",
                  day - 3, day);
}

static void report_stock(struct database *database, int day)
{
    database_runf(database,
                  "SELECT id, name FROM products p WHERE price > %d AND NOT EXISTS"
                  " (SELECT 1 FROM items i WHERE i.product = p.id AND i.quantity > 2)"
                  " ORDER BY name DESC",
                  100 * (day % 10));
    database_runf(database,
                  "SELECT category, name, place FROM"
                  " (SELECT category, name, rank() OVER (PARTITION BY category ORDER BY price DESC)"
                  "         AS place FROM products WHERE stock > %d)"
                  " WHERE place <= 3",
                  day % 20);
}

static void report_details(struct database *database, int day)
{
    database_runf(database,
                  "SELECT details ->> 'colour' AS colour, sum(details ->> '$.weight'),"
                  "       json_group_array(id) FROM products"
                  " WHERE json_extract(details, '$.tags[0]') <> 'toy' AND id %% 4 = %d"
                  " GROUP BY colour",
                  day % 4);
    database_runf(database,
                  "SELECT t.value, count(*) FROM products p, json_each(p.details, '$.tags') t"
                  " WHERE p.id %% 8 = %d GROUP BY t.value ORDER BY 2 DESC, 1 LIMIT 10",
                  day % 8);
}

/* The words of the day's notes, by frequency: splits text with a recursive query. */
static void report_words(struct database *database, int day)
{
    database_runf(database,
                  "WITH RECURSIVE split (word, rest) AS ("
                  "  SELECT '', lower(n.note) || ' ' FROM notes n JOIN orders o"
                  "  ON o.id = n.order_id WHERE o.day = %d AND n.order_id %% 3 = 0"
                  "  UNION ALL SELECT substr(rest, 1, instr(rest, ' ') - 1),"
                  "  substr(rest, instr(rest, ' ') + 1) FROM split WHERE rest <> '')"
                  " SELECT word, count(*) FROM split WHERE word <> ''"
                  " GROUP BY word ORDER BY 2 DESC, 1 LIMIT 12",
                  day);
}

static void search_notes(struct shop *shop, int day)
{
    for (int i = 0; i < SEARCHES_A_DAY; i++) {
        const char *first = shop_random_word(shop);
        const char *second = shop_random_word(shop);

        database_runf(shop->database,
                      "SELECT o.id, c.email, upper(substr(n.note, 1, 12)), length(n.note),"
                      "       replace(n.note, %Q, '*')"
                      " FROM notes n JOIN orders o ON o.id = n.order_id"
                      " JOIN customers c ON c.id = o.customer"
                      " WHERE n.note LIKE '%%%q%%%q%%' AND o.day > %d"
                      " ORDER BY trim(n.note) COLLATE NOCASE LIMIT 25",
                      first, first, second, day - 5);
    }
}

static void report_customers(struct shop *shop, int day)
{
    char letter = (char)('a' + shop_random(shop, 26));

    database_runf(shop->database,
                  "SELECT city, count(*), min(name), max(length(email)) FROM customers"
                  " WHERE name LIKE '%c%%' OR email GLOB '*%d@*' GROUP BY city ORDER BY city",
                  letter, day % 10);
    database_runf(shop->database,
                  "SELECT name FROM customers WHERE id %% 7 = %d"
                  " UNION SELECT name FROM products WHERE category IN ('book', 'toy')"
                  " EXCEPT SELECT city FROM customers WHERE id < 100 ORDER BY 1 LIMIT 50 OFFSET 20",
                  day % 7);
}

void reports_run(struct shop *shop, int day)
{
    report_sales(shop->database, day);
    report_stock(shop->database, day);
    report_details(shop->database, day);
    report_words(shop->database, day);
    search_notes(shop, day);
    report_customers(shop, day);
}
