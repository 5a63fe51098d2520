/* Open addressing over key words. Rows to come are fetched ahead, for nearly every look-up
 * misses the cache. The seed scatters the index and changes no result. */
#include "runtime/data/keys.h"

#include <string.h>

#include "runtime/base/hashmap.h"
#include "runtime/base/memory.h"

enum { AHEAD = 16 };

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

/* The slot of the key, or the free one where it would stand. */
static struct KeySlot *find_slot(const KeyIndex *index, const KeyColumn *keys, uint64_t row) {
    uint64_t at = scatter(keys->words[row], index->seed) & index->mask;
    while (index->slots[at].used && !same_key(index, &index->slots[at], keys, row))
        at = (at + 1) & index->mask;
    return &index->slots[at];
}

static void fetch_ahead(const KeyIndex *index, const KeyColumn *keys, uint64_t row, uint64_t to) {
    if (row + AHEAD >= to) return;
    uint64_t at = scatter(keys->words[row + AHEAD], index->seed) & index->mask;
    __builtin_prefetch(&index->slots[at]);
}

bool key_index_build(KeyIndex *index, const KeyColumn *keys, uint64_t seed,
                     void (*duplicate)(void *context, uint32_t row, uint32_t first),
                     void *context) {
    uint64_t size = 16;
    while (size < keys->rows + keys->rows / 2)
        size *= 2;
    struct KeySlot *slots = mem_alloc_array(size, sizeof *slots);
    *index = (KeyIndex){keys, slots, size - 1, seed};
    if (!slots) return false;
    for (uint64_t row = 0; row < keys->rows; row++) {
        fetch_ahead(index, keys, row, keys->rows);
        if (keys->words[row] == KEY_NONE) continue;
        struct KeySlot *slot = find_slot(index, keys, row);
        if (slot->used)
            duplicate(context, (uint32_t)row, slot->row);
        else
            *slot = (struct KeySlot){keys->words[row], (uint32_t)row, 1};
    }
    return true;
}

void key_index_free(KeyIndex *index) {
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
