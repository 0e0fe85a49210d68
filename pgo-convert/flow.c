#include "flow.h"

#include <math.h>
#include <stdlib.h>

#include "base/memory.h"

/*
 * The figures of the model, chosen by similarity to the exact profiles (docs/estimate.md has the
 * tables):
 *
 *   FIRST_ROUNDS    least squares of samples: where the logarithms start from
 *   COST_ERROR      in them, the error of a block's cost, relative
 *   LOG_ROUNDS      least squares of logarithms: 3 to 5 points more with many samples
 *   LOG_ERROR       in them, the error of a block's cost, as a logarithm
 *   LOG_OUTLIER     a block with too few samples by more standard deviations pulls no harder
 * (Huber) PENALTY_FACTOR  conservation against data; the price makes it exact, so 1 to 16 are alike
 *   LEAST_SAMPLES   an unsampled block that expects fewer is said never to run
 *   LARGEST_ERROR   no block costs more than so many times its cost: without that bound a stall
 *                   among unsampled blocks counts the less, the longer it takes
 */
#define FIRST_ROUNDS   3
#define COST_ERROR     0.1
#define LOG_ROUNDS     5
#define LOG_ERROR      0.3
#define LOG_OUTLIER    3
#define PENALTY_FACTOR 8
#define LEAST_SAMPLES  0.3
#define LARGEST_ERROR  16

#define PRICE_ROUNDS 10
#define SWEEPS       10 /* between two changes of the prices */

/* Control that goes from one node to another. */
struct edge {
    uint32_t from, to;
    double flow;
    double step; /* one over the second derivative by the flow: see relax() */
};

/* A block; or the hub, which all computed jumps go through; or, last, the rest of the program. */
struct node {
    double in, out;
    double samples, cost;
    double wanted;  /* of in * cost: the samples, or what brings the logarithms together */
    double weight;  /* of (in * cost - wanted)^2; 0 for the hub and the rest of the program */
    double pull;    /* weight * cost */
    double penalty; /* of (in - out)^2 */
    double price;   /* Lagrange multiplier of in = out */
};

struct graph {
    struct node *nodes;
    size_t node_count; /* with the hub, without the rest of the program */
    struct edge *edges;
    size_t edge_count, edge_capacity;
};

static void add_edge(struct graph *graph, uint32_t from, uint32_t to)
{
    *ARRAY_PUSH(graph->edges, graph->edge_count, graph->edge_capacity) =
        (struct edge){.from = from, .to = to};
}

/* The blocks no known edge enters, but for the first: targets of computed gotos, landing pads. */
static bool *find_orphans(const struct blocks *blocks, bool *any)
{
    bool *orphan = mem_array(blocks->block_count, sizeof(*orphan));

    for (size_t i = 1; i < blocks->block_count; i++)
        orphan[i] = true;
    for (size_t i = 0; i < blocks->block_count; i++) {
        if (blocks->blocks[i].fall_through != BLOCK_NONE)
            orphan[blocks->blocks[i].fall_through] = false;
        if (blocks->blocks[i].target != BLOCK_NONE)
            orphan[blocks->blocks[i].target] = false;
        for (uint32_t j = 0; j < blocks->blocks[i].case_count; j++)
            orphan[blocks->cases[blocks->blocks[i].first_case + j]] = false;
    }
    *any = false;
    for (size_t i = 0; i < blocks->block_count; i++)
        *any |= orphan[i];
    return orphan;
}

static bool has_indirect(const struct blocks *blocks)
{
    for (size_t i = 0; i < blocks->block_count; i++)
        if (blocks->blocks[i].exit == BLOCK_INDIRECT)
            return true;
    return false;
}

/*
 * A computed jump goes to the hub and from there to the orphans; without orphans it is a tail
 * call, and orphans without a computed jump are entered from outside (by the unwinder).
 */
static void add_edges(struct graph *graph, const struct blocks *blocks)
{
    uint32_t hub = (uint32_t)blocks->block_count, outside = hub + 1;
    bool any_orphan, *orphan = find_orphans(blocks, &any_orphan);
    uint32_t orphans_from = has_indirect(blocks) ? hub : outside;
    uint32_t indirect_to = any_orphan ? hub : outside;

    add_edge(graph, outside, 0);
    for (uint32_t i = 0; i < hub; i++) {
        const struct block *block = &blocks->blocks[i];

        if (orphan[i])
            add_edge(graph, orphans_from, i);
        if (block->fall_through != BLOCK_NONE)
            add_edge(graph, i, block->fall_through);
        if (block->target != BLOCK_NONE && block->target != block->fall_through)
            add_edge(graph, i, block->target);
        for (uint32_t j = 0; j < block->case_count; j++)
            add_edge(graph, i, blocks->cases[block->first_case + j]);
        if (block->exit != BLOCK_STAYS)
            add_edge(graph, i, block->exit == BLOCK_INDIRECT ? indirect_to : outside);
    }
    free(orphan);
}

/*
 * The samples themselves, weighted by one over their variance: that of counting, which is what a
 * block expects, plus that of its cost. What it expects is the mean of what was sampled and what
 * the last fit says.
 */
static void want_samples(struct node *node, bool is_fitted)
{
    double expected = is_fitted ? (node->samples + node->in * node->cost) / 2 : node->samples;
    double cost_error = COST_ERROR * expected;

    node->wanted = node->samples;
    node->weight = 1 / (expected + 0.5 + cost_error * cost_error);
}

/*
 * A cost is wrong by a factor: a block where the processor waits, for memory or after a branch
 * that was guessed wrongly, has ten times its samples. So what counts is the ratio of samples to
 * fit. Near the fit the square of its logarithm is a parabola (Newton's method); one sample more on
 * both sides keeps it finite.
 * Too few samples say less than too many: what retires together with a neighbour that waits has
 * hardly any, but nothing has samples that did not run.
 */
static void want_ratio(struct node *node)
{
    double fit = node->in * node->cost + 1;
    double off = log((node->samples + 1) / fit);
    double weight = 1 / (LOG_ERROR * LOG_ERROR + 2 / (node->samples + fit + 1));
    double deviations_short = -off * sqrt(weight);

    if (deviations_short > LOG_OUTLIER)
        weight *= LOG_OUTLIER / deviations_short;
    node->wanted = fit - 1 + off * fit;
    node->weight = weight / (fit * fit);
}

static void find_steps(struct graph *graph)
{
    for (size_t i = 0; i < graph->edge_count; i++) {
        struct edge *edge = &graph->edges[i];
        const struct node *to = &graph->nodes[edge->to], *from = &graph->nodes[edge->from];
        double curvature = to->pull * to->cost;

        if (to != from)
            curvature += to->penalty + from->penalty;
        edge->step = 1 / curvature;
    }
}

/* The next problem for solve(); the prices of the last one are a good start. */
static void aim(struct graph *graph, int round)
{
    struct node *hub = &graph->nodes[graph->node_count - 1];

    hub->penalty = 0;
    for (size_t i = 0; i + 1 < graph->node_count; i++) {
        struct node *node = &graph->nodes[i];

        if (round < FIRST_ROUNDS)
            want_samples(node, round > 0);
        else
            want_ratio(node);
        node->pull = node->weight * node->cost;
        node->penalty = PENALTY_FACTOR * node->weight * node->cost * node->cost;
        if (hub->penalty == 0 || node->penalty < hub->penalty)
            hub->penalty = node->penalty;
    }
    find_steps(graph);
}

/*
 * The flow of one edge that is best while all others stay: the minimum of a parabola, at least 0.
 * Four fifths of pgo-convert's time go by here (SQLite, 300,000 samples: 0.98 s). So the rest of
 * the program is a node, which wants nothing, and what all sweeps share is computed once: 0.73 s.
 */
static void relax(struct graph *graph, struct edge *edge)
{
    struct node *to = &graph->nodes[edge->to], *from = &graph->nodes[edge->from];
    double slope = to->pull * (to->cost * to->in - to->wanted), change, least = -edge->flow;

    if (to != from) {
        slope += to->penalty * (to->in - to->out) + to->price;
        slope -= from->penalty * (from->in - from->out) + from->price;
    }
    change = -slope * edge->step;
    change = change < least ? least : change;
    edge->flow += change;
    to->in += change;
    from->out += change;
}

/* Method of multipliers; sweeps go forth and back, so that one carries news along the layout. */
static void solve(struct graph *graph)
{
    for (int round = 0; round < PRICE_ROUNDS; round++) {
        for (int sweep = 0; sweep < SWEEPS; sweep++)
            for (size_t i = 0; i < graph->edge_count; i++)
                relax(graph, &graph->edges[sweep % 2 ? graph->edge_count - 1 - i : i]);
        for (size_t i = 0; i < graph->node_count; i++) {
            struct node *node = &graph->nodes[i];

            node->price += node->penalty * (node->in - node->out);
        }
    }
}

/* What the fit says, unless the block's own samples say that it is too little, or nothing. */
static double bound_count(double count, double samples, double cost)
{
    double least = samples / cost / LARGEST_ERROR;

    if (samples == 0)
        return count * cost >= LEAST_SAMPLES ? count : 0;
    return count > least ? count : least;
}

void flow_estimate(const struct blocks *blocks, const double *samples, const double *costs,
                   double *counts)
{
    struct graph graph = {.node_count = blocks->block_count + 1};

    graph.nodes = mem_array(graph.node_count + 1, sizeof(*graph.nodes));
    for (size_t i = 0; i < blocks->block_count; i++) {
        graph.nodes[i].samples = samples[i];
        graph.nodes[i].cost = costs[i];
    }
    add_edges(&graph, blocks);
    for (int round = 0; round < FIRST_ROUNDS + LOG_ROUNDS; round++) {
        aim(&graph, round);
        solve(&graph);
    }
    for (size_t i = 0; i < blocks->block_count; i++)
        counts[i] = bound_count(graph.nodes[i].in, samples[i], costs[i]);
    free(graph.nodes);
    free(graph.edges);
}
