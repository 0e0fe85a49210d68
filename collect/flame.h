/*
 * flame.h - a profile as one web page that needs nothing else: flame graph, table, provenance.
 *
 * flame_write() appends the page: HTML with its style, its program and its data (collect/page/). It
 * loads nothing and forbids itself to: it can be mailed, kept and opened in ten years. With a base
 * it shows the difference. Names and paths in the profiles may hold anything; they stay text.
 * Everything in it is from the input, nothing from the clock: same input, same bytes, whatever the
 * order of the samples.
 *
 * Data is one JSON object in <script id="data">, written by flame.c, read by page/model.js:
 *
 *     title, type, unit   texts
 *     kind                "pprof" or "counts"
 *     report              the text of pgo-convert's report, or ""
 *     sides               one or two: {name, total, facts, binaries, comments, lost}
 *     .facts, .binaries   pairs: name and value, path and build id; the others are lists of texts
 *     files, binaries     texts
 *     frames              {name, file, binary, start}: a list each; file and binary are indexes
 *     node_count          with the root, which is node 0
 *     nodes               base64 of LEB128, in the order of flame_tree.h, without the root:
 *                         depth of the node before + 1 - own depth (0: its first child);
 *                         frame; self of each side; the heaviest line, or 0
 *     root                self of the root, a number for each side
 *     labels              by key: {key, values, cell_count, cells}
 *     .cells              base64 of LEB128: node - node of the cell before (at first 0);
 *                         value; weight of each side
 */
#ifndef COLLECT_FLAME_H
#define COLLECT_FLAME_H

#include "base/strbuf.h"
#include "profile/profile.h"
#include "profile/sampleprof.h"

/* Exactly one of profile and counts. All is borrowed for the call. */
struct flame_side {
    const char *name; /* for people: the file's */
    const struct profile *profile;
    uint32_t value; /* which of profile->value_types */
    const struct sampleprof *counts;
};

struct flame_input {
    struct flame_side shown;
    struct flame_side base; /* without profile and counts: no comparison */
    const char *report;     /* what pgo-convert --report wrote (JSON); NULL: none */
};

void flame_write(const struct flame_input *input, struct strbuf *out);

#endif
