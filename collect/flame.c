#include "flame.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/page.h"
#include "flame_about.h"
#include "flame_bytes.h"
#include "flame_fill.h"

extern const struct page flame_page; /* collect/page, by page_embed() */

/* The tree in the order of the page. */
struct writer {
    struct strbuf *out;
    const struct flame_input *input;
    struct flame_fill fill;
    int side_count;
    uint32_t *frame_ranks; /* by frame; UINT32_MAX: not met yet */
    uint32_t *frames;      /* by rank */
    uint32_t frame_count;
    uint32_t *node_ranks; /* by node */
};

static void rank_frames(struct writer *writer)
{
    const struct flame_tree *tree = &writer->fill.tree;

    writer->node_ranks = mem_array(tree->node_count, sizeof(*writer->node_ranks));
    writer->frame_ranks = mem_array(tree->frame_count, sizeof(*writer->frame_ranks));
    writer->frames = mem_array(tree->frame_count, sizeof(*writer->frames));
    for (size_t i = 0; i < tree->frame_count; i++)
        writer->frame_ranks[i] = UINT32_MAX;
    for (size_t i = 0; i < tree->node_count; i++) {
        uint32_t node = tree->order[i], frame = tree->nodes[node].frame;

        writer->node_ranks[node] = (uint32_t)i;
        if (node == FLAME_ROOT || writer->frame_ranks[frame] != UINT32_MAX)
            continue;
        writer->frames[writer->frame_count] = frame;
        writer->frame_ranks[frame] = writer->frame_count++;
    }
}

static const char *file_of(const struct flame_frame *frame)
{
    return frame->file;
}

static const char *binary_of(const struct flame_frame *frame)
{
    return frame->binary;
}

static void add_number(struct strbuf *out, bool first, uint64_t number)
{
    strbuf_add_format(out, first ? "%" PRIu64 : ",%" PRIu64, number);
}

/* The index of a text of each frame in `texts`, which grows. */
static void add_references(struct writer *writer, const char *name, struct byteset *texts,
                           const char *(*text_of)(const struct flame_frame *))
{
    strbuf_add_format(writer->out, ",\"%s\":[", name);
    for (uint32_t i = 0; i < writer->frame_count; i++)
        add_number(writer->out, i == 0,
                   byteset_add_text(texts, text_of(&writer->fill.tree.frames[writer->frames[i]])));
    strbuf_add_char(writer->out, ']');
}

static void add_texts(struct strbuf *out, const char *name, const struct byteset *texts)
{
    strbuf_add_format(out, ",\n\"%s\":[", name);
    for (uint32_t i = 0; i < texts->count; i++) {
        if (i)
            strbuf_add_char(out, ',');
        page_add_text(out, byteset_at(texts, i, NULL));
    }
    strbuf_add_char(out, ']');
}

static void add_frames(struct writer *writer)
{
    struct byteset files = {0}, binaries = {0};
    struct strbuf *out = writer->out;

    strbuf_add_text(out, ",\n\"frames\":{\"name\":[");
    for (uint32_t i = 0; i < writer->frame_count; i++) {
        if (i)
            strbuf_add_char(out, ',');
        page_add_text(out, writer->fill.tree.frames[writer->frames[i]].name);
    }
    strbuf_add_char(out, ']');
    add_references(writer, "file", &files, file_of);
    add_references(writer, "binary", &binaries, binary_of);
    strbuf_add_text(out, ",\"start\":[");
    for (uint32_t i = 0; i < writer->frame_count; i++)
        add_number(out, i == 0, writer->fill.tree.frames[writer->frames[i]].start_line);
    strbuf_add_text(out, "]}");
    add_texts(out, "files", &files);
    add_texts(out, "binaries", &binaries);
    byteset_release(&files);
    byteset_release(&binaries);
}

static void add_nodes(struct writer *writer)
{
    const struct flame_tree *tree = &writer->fill.tree;
    struct strbuf bytes = {0};
    uint32_t depth_before = 0;

    for (size_t i = 1; i < tree->node_count; i++) {
        const struct flame_node *node = &tree->nodes[tree->order[i]];

        flame_bytes_add_number(&bytes, depth_before + 1 - node->depth);
        flame_bytes_add_number(&bytes, writer->frame_ranks[node->frame]);
        for (int side = 0; side < writer->side_count; side++)
            flame_bytes_add_number(&bytes, node->self[side]);
        flame_bytes_add_number(&bytes, node->line);
        depth_before = node->depth;
    }
    strbuf_add_format(writer->out, ",\n\"node_count\":%zu,\"nodes\":", tree->node_count);
    flame_bytes_add_base64(writer->out, &bytes);
    strbuf_release(&bytes);
    strbuf_add_text(writer->out, ",\"root\":[");
    for (int side = 0; side < writer->side_count; side++)
        add_number(writer->out, side == 0, tree->nodes[FLAME_ROOT].self[side]);
    strbuf_add_char(writer->out, ']');
}

/* What a byte set holds in byte order: ids, to be freed. */
static int compare_texts(const void *left, const void *right, void *context)
{
    return strcmp(byteset_at(context, *(const uint32_t *)left, NULL),
                  byteset_at(context, *(const uint32_t *)right, NULL));
}

static uint32_t *sort_texts(struct byteset *texts)
{
    uint32_t *ids = mem_array(texts->count, sizeof(*ids));

    for (uint32_t i = 0; i < texts->count; i++)
        ids[i] = i;
    qsort_r(ids, texts->count, sizeof(*ids), compare_texts, texts);
    return ids;
}

/* A cell by ranks, to be sorted by them. */
struct ranked_cell {
    uint32_t node, value;
    const uint64_t *weights;
};

static int compare_cells(const void *left, const void *right)
{
    const struct ranked_cell *a = left, *b = right;

    if (a->node != b->node)
        return a->node < b->node ? -1 : 1;
    return a->value < b->value ? -1 : a->value > b->value;
}

static struct ranked_cell *rank_cells(const struct writer *writer, const struct flame_label *label,
                                      const uint32_t *value_ids)
{
    struct ranked_cell *cells = mem_array(label->weight_count, sizeof(*cells));
    uint32_t *value_ranks = mem_array(label->values.count, sizeof(*value_ranks));

    for (uint32_t i = 0; i < label->values.count; i++)
        value_ranks[value_ids[i]] = i;
    for (uint32_t i = 0; i < label->weight_count; i++) {
        const struct flame_cell *cell = byteset_at(&label->cells, i, NULL);

        cells[i] = (struct ranked_cell){writer->node_ranks[cell->node], value_ranks[cell->value],
                                        label->weights[i]};
    }
    qsort(cells, label->weight_count, sizeof(*cells), compare_cells);
    free(value_ranks);
    return cells;
}

static void add_cells(const struct writer *writer, const struct flame_label *label,
                      const uint32_t *value_ids)
{
    struct ranked_cell *cells = rank_cells(writer, label, value_ids);
    struct strbuf bytes = {0};

    for (size_t i = 0; i < label->weight_count; i++) {
        flame_bytes_add_number(&bytes, cells[i].node - (i ? cells[i - 1].node : 0));
        flame_bytes_add_number(&bytes, cells[i].value);
        for (int side = 0; side < writer->side_count; side++)
            flame_bytes_add_number(&bytes, cells[i].weights[side]);
    }
    flame_bytes_add_base64(writer->out, &bytes);
    strbuf_release(&bytes);
    free(cells);
}

static void add_labels(struct writer *writer)
{
    uint32_t *keys = sort_texts(&writer->fill.keys);

    strbuf_add_text(writer->out, ",\n\"labels\":[");
    for (size_t i = 0; i < writer->fill.label_count; i++) {
        struct flame_label *label = &writer->fill.labels[keys[i]];
        uint32_t *values = sort_texts(&label->values);

        strbuf_add_text(writer->out, i ? ",\n{\"key\":" : "{\"key\":");
        page_add_text(writer->out, byteset_at(&writer->fill.keys, keys[i], NULL));
        strbuf_add_text(writer->out, ",\"values\":[");
        for (size_t j = 0; j < label->values.count; j++) {
            if (j)
                strbuf_add_char(writer->out, ',');
            page_add_text(writer->out, byteset_at(&label->values, values[j], NULL));
        }
        strbuf_add_format(writer->out, "],\"cell_count\":%zu,\"cells\":", label->weight_count);
        add_cells(writer, label, values);
        strbuf_add_char(writer->out, '}');
        free(values);
    }
    strbuf_add_char(writer->out, ']');
    free(keys);
}

static void add_sides(struct writer *writer)
{
    const struct flame_side *sides[] = {&writer->input->shown, &writer->input->base};

    strbuf_add_text(writer->out, ",\n\"sides\":[");
    for (int i = 0; i < writer->side_count; i++) {
        strbuf_add_text(writer->out, i ? ",\n{\"name\":" : "{\"name\":");
        page_add_text(writer->out, sides[i]->name);
        strbuf_add_format(writer->out, ",\"total\":%" PRIu64 ",",
                          writer->fill.tree.nodes[FLAME_ROOT].total[i]);
        flame_about_add(writer->out, sides[i], &writer->fill, i);
        strbuf_add_char(writer->out, '}');
    }
    strbuf_add_char(writer->out, ']');
}

/* A line end in JSON is a blank between two words, and has to stay one. */
static void add_report(struct strbuf *out, const char *report)
{
    char *line = mem_strdup(report ? report : "");

    for (char *at = line; *at; at++)
        if ((unsigned char)*at < ' ')
            *at = ' ';
    page_add_text(out, line);
    free(line);
}

static void add_data(struct writer *writer)
{
    const struct flame_side *shown = &writer->input->shown;
    static const struct profile_value_type counts = {"counts", "count"};
    const struct profile_value_type *type =
        shown->profile ? &shown->profile->value_types[shown->value] : &counts;

    strbuf_add_text(writer->out, "{\"title\":");
    page_add_text(writer->out, shown->name);
    strbuf_add_text(writer->out, ",\"type\":");
    page_add_text(writer->out, type->type);
    strbuf_add_text(writer->out, ",\"unit\":");
    page_add_text(writer->out, type->unit);
    strbuf_add_format(writer->out,
                      ",\"kind\":\"%s\",\"report\":", shown->profile ? "pprof" : "counts");
    add_report(writer->out, writer->input->report);
    add_sides(writer);
    add_frames(writer);
    add_nodes(writer);
    add_labels(writer);
    strbuf_add_char(writer->out, '}');
}

static void fill_side(struct flame_fill *fill, int index, const struct flame_side *side)
{
    if (side->profile)
        flame_fill_profile(fill, index, side->profile, side->value);
    else if (side->counts)
        flame_fill_counts(fill, index, side->counts);
}

void flame_write(const struct flame_input *input, struct strbuf *out)
{
    bool compares = input->base.profile || input->base.counts;
    struct writer writer = {.out = out, .input = input, .side_count = compares ? 2 : 1};

    fill_side(&writer.fill, 0, &input->shown);
    fill_side(&writer.fill, 1, &input->base);
    flame_tree_finish(&writer.fill.tree);
    rank_frames(&writer);
    page_open(&flame_page, NULL, out);
    add_data(&writer);
    page_close(&flame_page, out);
    free(writer.node_ranks);
    free(writer.frame_ranks);
    free(writer.frames);
    flame_fill_release(&writer.fill);
}
