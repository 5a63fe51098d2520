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

/* ---- Are there equal ones? -------------------------------------------------------------------- */

/* The words of one stretch of all hashes at a time are thrown into buckets, of which each is small
 * enough for its table to stay in the cache. */
enum { STRETCH_WORDS = 1 << 22, BUCKET_WORDS = 1 << 15, BUCKET_SLACK = 8, TABLE_SHARE = 2 };

typedef struct {
    const KeyColumn *keys;
    uint64_t seed;
    uint32_t stretches, buckets;
    size_t bucket_room;  /* words; even buckets have slack, for hashes are keyed */
    uint64_t table_mask;
    atomic_uint next;
    atomic_int found; /* KeysAre */
} Look;

/* Memory of one worker. */
typedef struct {
    uint64_t *words; /* of all buckets */
    uint32_t *counts;
    uint64_t *table; /* KEY_NONE: free */
} LookRoom;

static bool fill_buckets(const Look *look, const LookRoom *room, uint32_t stretch) {
    const uint64_t *words = look->keys->words;
    memset(room->counts, 0, look->buckets * sizeof *room->counts);
    for (uint64_t row = 0; row < look->keys->rows; row++) {
        uint64_t hash = scatter(words[row], look->seed), high = (hash >> 32) * look->stretches;
        if (high >> 32 != stretch || words[row] == KEY_NONE) continue;
        uint64_t bucket = (high & UINT32_MAX) * look->buckets >> 32;
        if (room->counts[bucket] == look->bucket_room) return false;
        room->words[bucket * look->bucket_room + room->counts[bucket]++] = words[row];
    }
    return true;
}

static bool bucket_is_distinct(const Look *look, const LookRoom *room, uint32_t bucket) {
    const uint64_t *words = room->words + bucket * look->bucket_room;
    memset(room->table, 0xFF, (look->table_mask + 1) * sizeof *room->table);
    for (uint32_t i = 0; i < room->counts[bucket]; i++) {
        uint64_t at = scatter(words[i], look->seed) & look->table_mask;
        while (room->table[at] != KEY_NONE && room->table[at] != words[i])
            at = (at + 1) & look->table_mask;
        if (room->table[at] == words[i]) return false;
        room->table[at] = words[i];
    }
    return true;
}

static KeysAre look_at(Look *look, const LookRoom *room) {
    if (!room->words || !room->counts || !room->table) return KEYS_NO_MEMORY;
    for (uint32_t s; (s = atomic_fetch_add(&look->next, 1)) < look->stretches;) {
        if (atomic_load(&look->found) != KEYS_DISTINCT) break;
        if (!fill_buckets(look, room, s)) return KEYS_UNSURE;
        for (uint32_t bucket = 0; bucket < look->buckets; bucket++)
            if (!bucket_is_distinct(look, room, bucket)) return KEYS_UNSURE;
    }
    return KEYS_DISTINCT;
}

static void look_worker(void *context, uint32_t worker) {
    (void)worker;
    Look *look = context;
    LookRoom room = {
        mem_alloc_array(look->buckets * look->bucket_room, sizeof *room.words),
        mem_alloc_array(look->buckets, sizeof *room.counts),
        mem_alloc_array(look->table_mask + 1, sizeof *room.table),
    };
    KeysAre found = look_at(look, &room);
    if (found != KEYS_DISTINCT) atomic_store(&look->found, (int)found);
    mem_free(room.words);
    mem_free(room.counts);
    mem_free(room.table);
}

KeysAre keys_look(const KeyColumn *keys, uint64_t seed, uint32_t threads) {
    uint64_t parts = keys->rows / PART_ROWS < threads ? keys->rows / PART_ROWS : threads;
    uint64_t stretches = keys->rows / STRETCH_WORDS + 1;
    if (stretches < parts) stretches = parts;
    uint64_t words = keys->rows / stretches + 1, size = 64;
    Look look = {.keys = keys, .seed = seed, .stretches = (uint32_t)stretches};
    look.buckets = (uint32_t)(words / BUCKET_WORDS + 1);
    look.bucket_room = words / look.buckets + words / look.buckets / BUCKET_SLACK + 64;
    while (size < look.bucket_room * TABLE_SHARE) size *= 2;
    look.table_mask = size - 1;
    parallel_run(parts ? (uint32_t)parts : 1, look_worker, &look);
    return (KeysAre)atomic_load(&look.found);
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
        fetch_ahead(index, keys, row, keys->rows);
        if (keys->words[row] == KEY_NONE) continue;
        if (part_of(index, scatter(keys->words[row], index->seed)) != part) continue;
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
