/*
 * What the owner of the shop asks at the end of a day. The SQL is made and parsed each time, as
 * with tools for reports: joins, groups, sorts, text, JSON, windows and recursion.
 */
#ifndef WORKLOAD_REPORTS_H
#define WORKLOAD_REPORTS_H

#include "shop.h"

void reports_run(struct shop *shop, int day);

#endif
