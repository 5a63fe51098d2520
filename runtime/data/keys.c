/* Open addressing over key words, in parts that stay in the cache: what is to be built or looked up
 * is first thrown together by parts, for a look-up anywhere in a large table costs ten times as
 * much. The seed scatters the index and changes no result. */
#include "runtime/data/keys.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/base/hashmap.h"
#include "runtime/base/memory.h"
#include "runtime/data/parallel.h"

/* THREAD_ROWS: rows that are worth a thread of their own. THREAD_SLICES: so that none waits long
 * for another. PART_ROWS: of one part of an index. */
enum { THREAD_ROWS = 65536, THREAD_SLICES = 4, PART_ROWS = 16384 };

static uint32_t threads_for(uint64_t rows, uint32_t threads) {
    uint64_t worth = rows / THREAD_ROWS + 1;
    return worth < threads ? (uint32_t)worth : threads;
}

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

/* A row and its word, thrown together with others of one part. */
typedef struct {
    uint64_t word;
    uint32_t row;
} KeyEntry;

/* The part of the index that is the key's. */
static uint32_t part_of(const KeyIndex *index, uint64_t hash) {
    return (uint32_t)((hash >> 32) * index->parts >> 32);
}

/* Which of the bucket's words are the entry's, as bits: without a branch for each, as nobody can
 * guess where it stands. Texts whose hashes are equal may still differ. */
static unsigned matches(const KeyIndex *index, const struct KeyBucket *bucket,
                        const KeyColumn *keys, const KeyEntry *entry) {
    unsigned found = 0;
    for (unsigned i = 0; i < KEY_BUCKET; i++)
        found |= (unsigned)(bucket->words[i] == entry->word) << i;
    if (!found || !KEY_POOLED(entry->word)) return found;
    Slice text = pooled_text(keys, entry->row);
    for (unsigned i = 0; i < KEY_BUCKET; i++)
        if (found >> i & 1 && !slice_equal(pooled_text(index->keys, bucket->rows[i]), text))
            found &= ~(1u << i);
    return found;
}

static struct KeyBucket *first_bucket(const KeyIndex *index, uint32_t part, uint64_t word) {
    uint64_t hash = scatter(word, index->seed);
    return &index->buckets[part * index->part_size +
                           ((hash & UINT32_MAX) * index->part_size >> 32)];
}

/* The bucket of the key with its place there, or the one that has room for it and KEY_BUCKET. */
static struct KeyBucket *find_bucket(const KeyIndex *index, uint32_t part, const KeyColumn *keys,
                                     const KeyEntry *entry, unsigned *place) {
    struct KeyBucket *buckets = &index->buckets[part * index->part_size];
    struct KeyBucket *bucket = first_bucket(index, part, entry->word);
    for (;;) {
        unsigned found = matches(index, bucket, keys, entry);
        *place = found ? (unsigned)__builtin_ctz(found) : KEY_BUCKET;
        if (found || bucket->count < KEY_BUCKET) return bucket;
        if (++bucket == buckets + index->part_size) bucket = buckets;
    }
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
    uint64_t stretches = keys->rows / STRETCH_WORDS + 1;
    threads = threads_for(keys->rows, threads);
    if (stretches < threads) stretches = threads;
    uint64_t words = keys->rows / stretches + 1, size = 64;
    Look look = {.keys = keys, .seed = seed, .stretches = (uint32_t)stretches};
    look.buckets = (uint32_t)(words / BUCKET_WORDS + 1);
    look.bucket_room = words / look.buckets + words / look.buckets / BUCKET_SLACK + 64;
    while (size < look.bucket_room * TABLE_SHARE) size *= 2;
    look.table_mask = size - 1;
    parallel_run(threads, look_worker, &look);
    return (KeysAre)atomic_load(&look.found);
}

/* ---- By parts --------------------------------------------------------------------------------- */

/* Rows of keys by their parts, from `first_part` on. Each slice of the rows is thrown by itself. */
typedef struct {
    const KeyIndex *index;
    const KeyColumn *keys;
    KeyEntry *entries;
    uint64_t capacity;
    uint64_t *places; /* [slice][part]: how many; where they go; when they are there, their end */
    uint32_t slices, first_part, parts;
} KeyGroups;

static bool groups_init(KeyGroups *groups, uint64_t rows, uint32_t slices, uint32_t most_parts) {
    groups->slices = slices;
    groups->capacity = rows;
    groups->entries = mem_alloc_array(rows, sizeof *groups->entries);
    groups->places = mem_alloc_array((size_t)slices * most_parts + 1, sizeof *groups->places);
    return groups->entries && groups->places;
}

static void groups_free(KeyGroups *groups) {
    mem_free(groups->entries);
    mem_free(groups->places);
}

/* Of a row, counted from the first of the groups; rows that are in none have a higher one. */
static uint32_t group_of(const KeyGroups *groups, uint64_t word) {
    if (word == KEY_NONE) return groups->parts;
    return part_of(groups->index, scatter(word, groups->index->seed)) - groups->first_part;
}

/* The rows [from, to) are the slice. */
static void groups_count(KeyGroups *groups, uint32_t slice, uint64_t from, uint64_t to) {
    uint64_t *counts = groups->places + (size_t)slice * groups->parts;
    memset(counts, 0, groups->parts * sizeof *counts);
    for (uint64_t row = from; row < to; row++) {
        uint32_t part = group_of(groups, groups->keys->words[row]);
        if (part < groups->parts) counts[part]++;
    }
}

/* Gives the slices of each part places one after the other. False: no memory for so many. */
static bool groups_place(KeyGroups *groups) {
    uint64_t before = 0;
    for (uint32_t part = 0; part < groups->parts; part++)
        for (uint32_t slice = 0; slice < groups->slices; slice++) {
            uint64_t *place = &groups->places[(size_t)slice * groups->parts + part];
            uint64_t count = *place;
            *place = before;
            before += count;
        }
    if (before <= groups->capacity) return true;
    void *larger = mem_realloc(groups->entries, before * sizeof *groups->entries);
    if (!larger) return false;
    groups->entries = larger;
    groups->capacity = before;
    return true;
}

static void groups_throw(KeyGroups *groups, uint32_t slice, uint64_t from, uint64_t to) {
    uint64_t *places = groups->places + (size_t)slice * groups->parts;
    for (uint64_t row = from; row < to; row++) {
        uint64_t word = groups->keys->words[row];
        uint32_t part = group_of(groups, word);
        if (part < groups->parts) groups->entries[places[part]++] = (KeyEntry){word, (uint32_t)row};
    }
}

/* The end of a part, when all slices are thrown; that of part p - 1 is where p begins. */
static uint64_t group_end(const KeyGroups *groups, uint32_t part) {
    return groups->places[(size_t)(groups->slices - 1) * groups->parts + part];
}

/* ---- Building --------------------------------------------------------------------------------- */

/* BUILD_ROWS: so many of a round for each thread. FIND_ROWS: that one thread looks up at a time. */
enum { BUILD_ROWS = 1 << 21, FIND_ROWS = 1 << 20, AHEAD = 16 };

typedef struct {
    KeyIndex *index;
    KeyGroups groups;
    Parallel *crew;
    uint32_t threads;
    atomic_uint next; /* slice or part */
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

/* The rows of one part, in order, of which nobody else touches a bucket. Free words are written
 * first: a page that is read before it is written is made twice. */
static bool build_part(KeyIndex *index, const KeyGroups *groups, uint32_t part,
                       struct KeyRepeats *repeats) {
    uint32_t number = groups->first_part + part;
    uint64_t from = part ? group_end(groups, part - 1) : 0, to = group_end(groups, part);
    struct KeyBucket *buckets = &index->buckets[number * index->part_size];
    for (uint64_t b = 0; b < index->part_size; b++)
        memset(buckets[b].words, 0xFF, sizeof buckets[b].words);
    for (const KeyEntry *entry = groups->entries + from; entry < groups->entries + to; entry++) {
        unsigned place;
        struct KeyBucket *bucket = find_bucket(index, number, index->keys, entry, &place);
        if (place < KEY_BUCKET) {
            if (!note_repeat(repeats, entry->row, bucket->rows[place])) return false;
            continue;
        }
        bucket->words[bucket->count] = entry->word;
        bucket->rows[bucket->count++] = entry->row;
    }
    return true;
}

static uint64_t slice_start(const Build *build, uint32_t slice) {
    return build->index->keys->rows * slice / build->groups.slices;
}

static void count_slices(void *context, uint32_t worker) {
    (void)worker;
    Build *build = context;
    for (uint32_t s; (s = atomic_fetch_add(&build->next, 1)) < build->groups.slices;)
        groups_count(&build->groups, s, slice_start(build, s), slice_start(build, s + 1));
}

static void throw_slices(void *context, uint32_t worker) {
    (void)worker;
    Build *build = context;
    for (uint32_t s; (s = atomic_fetch_add(&build->next, 1)) < build->groups.slices;)
        groups_throw(&build->groups, s, slice_start(build, s), slice_start(build, s + 1));
}

static void build_parts(void *context, uint32_t worker) {
    Build *build = context;
    struct KeyRepeats *repeats = &build->index->repeats[worker];
    for (uint32_t p; (p = atomic_fetch_add(&build->next, 1)) < build->groups.parts;)
        if (!build_part(build->index, &build->groups, p, repeats))
            atomic_store(&build->failed, true);
}

static void in_round(Build *build, ParallelWork *work) {
    atomic_store(&build->next, 0);
    parallel_do(build->crew, build->threads, work, build);
}

/* All parts, as many at a time as there is room for their rows. */
static bool build_all(Build *build) {
    KeyGroups *groups = &build->groups;
    uint32_t parts = build->index->parts, step = build->threads * (BUILD_ROWS / PART_ROWS);
    if (step > parts) step = parts;
    uint64_t rows = build->index->keys->rows / parts * step + step;
    if (!groups_init(groups, rows, build->threads * THREAD_SLICES, step)) return false;
    for (uint32_t first = 0; first < parts; first += step) {
        groups->first_part = first;
        groups->parts = parts - first < step ? parts - first : step;
        in_round(build, count_slices);
        if (!groups_place(groups)) return false;
        in_round(build, throw_slices);
        in_round(build, build_parts);
        if (atomic_load(&build->failed)) return false;
    }
    return true;
}

static int by_row(const void *left, const void *right) {
    const struct KeyRepeat *a = left, *b = right;
    return a->row < b->row ? -1 : a->row > b->row;
}

/* The repeats that all workers met, from the first row on: who met them must not show. */
static bool tell_repeats(KeyIndex *index,
                         void (*duplicate)(void *context, uint32_t row, uint32_t first),
                         void *context) {
    struct KeyRepeats *all = index->repeats;
    for (uint32_t w = 1; w < PARALLEL_MAX; w++)
        for (size_t i = 0; i < index->repeats[w].count; i++)
            if (!note_repeat(all, index->repeats[w].items[i].row, index->repeats[w].items[i].first))
                return false;
    if (all->count) qsort(all->items, all->count, sizeof *all->items, by_row);
    for (size_t i = 0; i < all->count; i++) duplicate(context, all->items[i].row, all->items[i].first);
    return true;
}

/* Half of all places stay free, so that nearly every key stands in the bucket it should. */
static bool make_buckets(KeyIndex *index) {
    uint64_t rows = index->keys->rows;
    index->parts = (uint32_t)(rows / PART_ROWS + 1);
    index->part_size = rows * 2 / KEY_BUCKET / index->parts + 4;
    size_t count = (size_t)index->part_size * index->parts + 1, line = sizeof *index->buckets;
    index->block = mem_alloc_array(count, line);
    index->buckets = (void *)(((uintptr_t)index->block + line - 1) / line * line);
    return index->block;
}

bool key_index_build(KeyIndex *index, const KeyColumn *keys, uint64_t seed, uint32_t threads,
                     void (*duplicate)(void *context, uint32_t row, uint32_t first),
                     void *context) {
    *index = (KeyIndex){.keys = keys, .seed = seed};
    index->repeats = mem_alloc_array(PARALLEL_MAX, sizeof *index->repeats);
    if (!index->repeats || !make_buckets(index)) return false;
    threads = threads_for(keys->rows, threads);
    Build build = {.index = index, .groups = {.index = index, .keys = keys}, .threads = threads};
    build.crew = parallel_open(threads);
    bool done = build_all(&build);
    parallel_close(build.crew);
    groups_free(&build.groups);
    return done && tell_repeats(index, duplicate, context);
}

void key_index_free(KeyIndex *index) {
    for (uint32_t worker = 0; index->repeats && worker < PARALLEL_MAX; worker++)
        mem_free(index->repeats[worker].items);
    mem_free(index->repeats);
    mem_free(index->block);
    *index = (KeyIndex){0};
}

/* ---- Finding ---------------------------------------------------------------------------------- */

typedef struct {
    const KeyIndex *index;
    const KeyColumn *keys;
    uint32_t *rows;
    uint64_t step;
    _Atomic uint64_t next;
    atomic_bool failed;
} Finding;

/* The rows of one part of the groups. What an entry will touch is called for AHEAD entries before:
 * the processor would look less far. */
static void find_part(const Finding *finding, const KeyGroups *groups, uint32_t part) {
    const KeyIndex *index = finding->index;
    uint64_t from = part ? group_end(groups, part - 1) : 0, to = group_end(groups, part);
    for (uint64_t i = from; i < to; i++) {
        const KeyEntry *entry = &groups->entries[i];
        if (to - i > AHEAD) {
            __builtin_prefetch(first_bucket(index, part, entry[AHEAD].word));
            __builtin_prefetch(&finding->rows[entry[AHEAD].row], 1);
        }
        unsigned place;
        const struct KeyBucket *bucket = find_bucket(index, part, finding->keys, entry, &place);
        if (place < KEY_BUCKET) finding->rows[entry->row] = bucket->rows[place];
    }
}

/* Rows without a key are in no part, and nowhere. */
static void find_some(const Finding *finding, KeyGroups *groups, uint64_t from, uint64_t to) {
    groups_count(groups, 0, from, to);
    groups_place(groups); /* for which there is room */
    groups_throw(groups, 0, from, to);
    memset(finding->rows + from, 0xFF, (to - from) * sizeof *finding->rows);
    for (uint32_t part = 0; part < groups->parts; part++) find_part(finding, groups, part);
}

static void find_worker(void *context, uint32_t worker) {
    (void)worker;
    Finding *finding = context;
    uint64_t rows = finding->keys->rows;
    KeyGroups groups = {
        .index = finding->index, .keys = finding->keys, .parts = finding->index->parts};
    bool ready = groups_init(&groups, finding->step, 1, groups.parts);
    if (!ready) atomic_store(&finding->failed, true);
    for (uint64_t from; ready && (from = atomic_fetch_add(&finding->next, finding->step)) < rows;)
        find_some(finding, &groups, from,
                  rows - from < finding->step ? rows : from + finding->step);
    groups_free(&groups);
}

bool key_index_find(const KeyIndex *index, const KeyColumn *keys, uint32_t threads,
                    uint32_t *rows) {
    Finding finding = {.index = index, .keys = keys, .rows = rows};
    threads = threads_for(keys->rows, threads);
    finding.step = keys->rows / threads + 1;
    if (finding.step > FIND_ROWS) finding.step = FIND_ROWS;
    parallel_run(threads, find_worker, &finding);
    return !atomic_load(&finding.failed);
}
