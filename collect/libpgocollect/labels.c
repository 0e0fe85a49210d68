#include "labels.h"

#include <string.h>

#include "base/byteset.h"
#include "base/clock.h"
#include "base/strbuf.h"
#include "shielded_lock.h"
#include "survive.h"

/* A set is the bytes "key\0value\0key\0value\0", sorted by key; the id in the byteset is its
 * number. */
static struct shielded_lock lock = {.mutex = PTHREAD_MUTEX_INITIALIZER};
static struct byteset sets;

struct pair {
    const char *key, *value;
};

static uint32_t list_pairs(uint32_t set, struct pair *pairs)
{
    size_t len;
    const char *text = byteset_at(&sets, set, &len), *end = text + len;
    uint32_t count = 0;

    while (text < end) {
        pairs[count].key = text;
        pairs[count].value = text + strlen(text) + 1;
        text = pairs[count].value + strlen(pairs[count].value) + 1;
        count++;
    }
    return count;
}

/* Puts the pair at its place by key; the old one goes. */
static uint32_t change_pairs(struct pair *pairs, uint32_t count, struct pair pair)
{
    uint32_t at = 0;

    while (at < count && strcmp(pairs[at].key, pair.key) < 0)
        at++;
    if (at < count && strcmp(pairs[at].key, pair.key) == 0) {
        count--;
        memmove(&pairs[at], &pairs[at + 1], (count - at) * sizeof(*pairs));
    }
    if (!pair.value)
        return count;
    memmove(&pairs[at + 1], &pairs[at], (count - at) * sizeof(*pairs));
    pairs[at] = pair;
    return count + 1;
}

struct change {
    uint32_t set;
    struct pair pair;
    uint32_t changed;
    bool done;
    struct err *err;
};

static bool find_or_add(const struct pair *pairs, uint32_t count, struct change *change)
{
    struct strbuf key = {0};
    bool done = true;

    for (uint32_t i = 0; i < count; i++) {
        strbuf_add(&key, pairs[i].key, strlen(pairs[i].key) + 1);
        strbuf_add(&key, pairs[i].value, strlen(pairs[i].value) + 1);
    }
    if (byteset_find(&sets, strbuf_text(&key), key.len, &change->changed))
        ;
    else if (sets.count < LABELS_SET_COUNT_MAX)
        change->changed = byteset_add(&sets, key.data, key.len);
    else
        done = err_set(change->err, ERR_LIMIT, "label %s: more than %d sets of labels",
                       change->pair.key, LABELS_SET_COUNT_MAX);
    strbuf_release(&key);
    return done;
}

static void change_locked(void *data)
{
    struct change *change = data;
    struct pair pairs[LABELS_KEY_COUNT_MAX + 1];
    uint32_t count;

    if (!sets.count)
        byteset_add(&sets, "", 0);
    if (!change->pair.key) {
        change->changed = 0;
        change->done = true;
        return;
    }
    count = change_pairs(pairs, list_pairs(change->set, pairs), change->pair);
    if (count > LABELS_KEY_COUNT_MAX)
        err_set(change->err, ERR_LIMIT, "label %s: more than %d labels", change->pair.key,
                LABELS_KEY_COUNT_MAX);
    else
        change->done = find_or_add(pairs, count, change);
}

static bool check_text(const char *what, const char *text, struct err *err)
{
    size_t len = text ? strnlen(text, LABELS_TEXT_BYTES_MAX + 1) : 0;

    if (len > LABELS_TEXT_BYTES_MAX)
        return err_set(err, ERR_USAGE, "label %s: longer than %d bytes", what,
                       LABELS_TEXT_BYTES_MAX);
    return true;
}

bool labels_change(uint32_t set, const char *key, const char *value, uint32_t *changed,
                   struct err *err)
{
    struct change change = {.set = set, .pair = {key, value}, .err = err};

    if (key && !*key)
        return err_set(err, ERR_USAGE, "label: the key is empty");
    if (key && strcmp(key, LABELS_TRACE_KEY) == 0)
        return err_set(err, ERR_USAGE, "label %s: that is what pgo_collect_trace_set() sets", key);
    if (!check_text("key", key, err) || !check_text("value", value, err))
        return false;
    shielded_lock_take(&lock);
    if (!survive_run(change_locked, &change))
        change.done = err_set(err, ERR_LIMIT, "label: out of memory");
    shielded_lock_give(&lock);
    if (change.done)
        *changed = change.changed;
    return change.done;
}

uint32_t labels_get(uint32_t set, struct profile_label *labels)
{
    struct pair pairs[LABELS_KEY_COUNT_MAX + 1];
    uint32_t count = 0;

    shielded_lock_take(&lock);
    if (set < sets.count)
        count = list_pairs(set, pairs);
    shielded_lock_give(&lock);
    for (uint32_t i = 0; i < count; i++)
        labels[i] = (struct profile_label){.key = pairs[i].key, .text = pairs[i].value, .unit = ""};
    return count;
}

bool labels_lock(void)
{
    return shielded_lock_take_until(&lock, clock_timespec(clock_steady_ns() + CLOCK_NS_PER_S));
}

void labels_unlock(void)
{
    shielded_lock_give(&lock);
}

void labels_reset(void)
{
    lock = SHIELDED_LOCK_INIT;
    sets = (struct byteset){0};
}
