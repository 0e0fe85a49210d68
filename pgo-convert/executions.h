/*
 * executions.h - the branch records of each binary: how often its code ran and was entered.
 *
 * After all inputs: from binary->branches to binary->executions and binary->calls. The ranges also
 * count as samples of their functions (binary->samples). The samples of time of a binary that has
 * exact counts are dropped.
 */
#ifndef PGO_CONVERT_EXECUTIONS_H
#define PGO_CONVERT_EXECUTIONS_H

#include "base/err.h"
#include "binaries.h"
#include "report.h"

MUST_CHECK bool executions_find(struct binaries *binaries, struct report *report, struct err *err);

#endif
