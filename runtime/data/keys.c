/* Open addressing over key words. Rows to come are fetched ahead, for nearly every look-up
 * misses the cache. The seed scatters the index and changes no result. */
#include "runtime/data/keys.h"

#include <stdatomic.h>
#include <string.h>

#include "runtime/base/hashmap.h"
#include "runtime/base/memory.h"
#include "runtime/data/parallel.h"

/* PART_ROWS: rows that are worth a part of their own. */
enum { AHEAD = 16, PART_ROWS = 65536 };

static bool whole_number(Slice text, uint64_t *value) {
    if (text.length > 18 || (text.length > 1 && text.data[0] == '0')) return false;
    *value = 0;
    for (size_t i = 0; i < text.length; i++) {
        unsigned digit = (unsigned char)text.data[i] - (unsigned)'0';
        if (digit > 9) return false;
        *value = *value * 10 + digit;
    }
    return text.length > 0;
}

uint64_t key_word(Slice text, uint64_t seed) {
    uint64_t word;
    if (whole_number(text, &word)) return word;
    if (text.length > 7) return hash_bytes(text, seed) >> 2 | (uint64_t)2 << 62;
    word = 0;
    for (size_t i = 0; i < text.length; i++)
        word = word << 8 | (unsigned char)text.data[i];
    return word | (uint64_t)text.length << 56 | (uint64_t)1 << 62;
}

void key_column_free(KeyColumn *keys) {
    mem_free(keys->words);
    mem_free(keys->offsets);
    mem_free(keys->pool);
    *keys = (KeyColumn){0};
}

static uint64_t scatter(uint64_t word, uint64_t seed) {
    word = (word ^ seed) * 0x9e3779b97f4a7c15u;
    word = (word ^ word >> 32 ^ seed) * 0xd6e8feb86659fd93u;
    return word ^ word >> 32;
}

static Slice pooled_text(const KeyColumn *keys, uint64_t row) {
    uint32_t length;
    const char *at = keys->pool + keys->offsets[row];
    memcpy(&length, at, sizeof length);
    return (Slice){at + sizeof length, length};
}

static bool same_key(const KeyIndex *index, const struct KeySlot *slot, const KeyColumn *keys,
                     uint64_t row) {
    if (slot->word != keys->words[row]) return false;
    if (!KEY_POOLED(slot->word)) return true;
    return slice_equal(pooled_text(index->keys, slot->row), pooled_text(keys, row));
}

/* The part of the index that is the key's, and its place there. */
static uint32_t part_of(const KeyIndex *index, uint64_t hash) {
    return (uint32_t)((hash >> 32) * index->parts >> 32);
}

static struct KeySlot *home_of(const KeyIndex *index, uint64_t hash) {
    uint64_t at = (hash & UINT32_MAX) * index->part_size >> 32;
    return &index->slots[part_of(index, hash) * index->part_size + at];
}

/* The slot of the key, or the free one where it would stand. */
static struct KeySlot *find_slot(const KeyIndex *index, const KeyColumn *keys, uint64_t row) {
    uint64_t hash = scatter(keys->words[row], index->seed);
    struct KeySlot *part = &index->slots[part_of(index, hash) * index->part_size];
    struct KeySlot *slot = home_of(index, hash);
    while (slot->used && !same_key(index, slot, keys, row))
        if (++slot == part + index->part_size) slot = part;
    return slot;
}

static void fetch_ahead(const KeyIndex *index, const KeyColumn *keys, uint64_t row, uint64_t to) {
    if (row + AHEAD >= to) return;
    __builtin_prefetch(home_of(index, scatter(keys->words[row + AHEAD], index->seed)));
}

/* ---- Building --------------------------------------------------------------------------------- */

typedef struct {
    KeyIndex *index;
    atomic_uint next;
    atomic_bool failed;
} Build;

static bool note_repeat(struct KeyRepeats *repeats, uint32_t row, uint32_t first) {
    if (repeats->count == repeats->capacity) {
        size_t capacity = repeats->capacity * 2 + 64;
        void *larger = mem_realloc(repeats->items, capacity * sizeof *repeats->items);
        if (!larger) return false;
        repeats->items = larger;
        repeats->capacity = capacity;
    }
    repeats->items[repeats->count++] = (struct KeyRepeat){row, first};
    return true;
}

/* The rows of one part, of which nobody else touches a slot. */
static bool build_part(Build *build, uint32_t part) {
    KeyIndex *index = build->index;
    const KeyColumn *keys = index->keys;
    for (uint64_t row = 0; row < keys->rows; row++) {
        if (keys->words[row] == KEY_NONE) continue;
        if (part_of(index, scatter(keys->words[row], index->seed)) != part) continue;
        fetch_ahead(index, keys, row, keys->rows);
        struct KeySlot *slot = find_slot(index, keys, row);
        if (!slot->used)
            *slot = (struct KeySlot){keys->words[row], (uint32_t)row, 1};
        else if (!note_repeat(&index->repeats[part], (uint32_t)row, slot->row))
            return false;
    }
    return true;
}

static void build_parts(void *context, uint32_t worker) {
    (void)worker;
    Build *build = context;
    for (uint32_t part; (part = atomic_fetch_add(&build->next, 1)) < build->index->parts;)
        if (!build_part(build, part)) atomic_store(&build->failed, true);
}

/* The repeats of all parts, from the first row on: how many parts there are must not show. */
static void tell_repeats(const KeyIndex *index,
                         void (*duplicate)(void *context, uint32_t row, uint32_t first),
                         void *context) {
    size_t told[PARALLEL_MAX] = {0};
    for (;;) {
        const struct KeyRepeat *next = NULL;
        uint32_t from = 0;
        for (uint32_t part = 0; part < index->parts; part++) {
            const struct KeyRepeats *repeats = &index->repeats[part];
            if (told[part] == repeats->count) continue;
            if (next && next->row < repeats->items[told[part]].row) continue;
            next = &repeats->items[told[part]];
            from = part;
        }
        if (!next) return;
        told[from]++;
        duplicate(context, next->row, next->first);
    }
}

bool key_index_build(KeyIndex *index, const KeyColumn *keys, uint64_t seed, uint32_t threads,
                     void (*duplicate)(void *context, uint32_t row, uint32_t first),
                     void *context) {
    uint64_t parts = keys->rows / PART_ROWS < threads ? keys->rows / PART_ROWS : threads;
    *index = (KeyIndex){.keys = keys, .seed = seed, .parts = parts ? (uint32_t)parts : 1};
    index->part_size = (keys->rows + keys->rows / 2) / index->parts + 16;
    index->slots = mem_alloc_array(index->part_size * index->parts, sizeof *index->slots);
    index->repeats = mem_alloc_array(index->parts, sizeof *index->repeats);
    if (!index->slots || !index->repeats) return false;
    Build build = {.index = index};
    parallel_run(index->parts, build_parts, &build);
    if (atomic_load(&build.failed)) return false;
    tell_repeats(index, duplicate, context);
    return true;
}

void key_index_free(KeyIndex *index) {
    for (uint32_t part = 0; index->repeats && part < index->parts; part++)
        mem_free(index->repeats[part].items);
    mem_free(index->repeats);
    mem_free(index->slots);
    *index = (KeyIndex){0};
}

void key_index_find(const KeyIndex *index, const KeyColumn *keys, uint64_t from, uint64_t to,
                    uint32_t *rows) {
    for (uint64_t row = from; row < to; row++) {
        fetch_ahead(index, keys, row, to);
        const struct KeySlot *slot = find_slot(index, keys, row);
        rows[row - from] = slot->used ? slot->row : KEY_NO_ROW;
    }
}
