/* Identifiers: words that stand for them, the index of a population by them, and the join of
 * events to people. Only equality is ever asked of an identifier, and none leaves this file. */
#ifndef RUNTIME_DATA_KEYS_H
#define RUNTIME_DATA_KEYS_H

#include "runtime/base/slice.h"

/* A key word: the two top bits say what it is.
 *   00  a whole number as it is usually written, below 10^18
 *   01  up to seven bytes of text, with their number
 *   10  62 bits of a keyed hash; the bytes lie in a pool and are compared too
 *   11  no key: never found, never a duplicate
 * Equal text has equal words; different text has different words but in the third case. */
#define KEY_POOLED(word) ((word) >> 62 == 2)
#define KEY_NONE UINT64_MAX

uint64_t key_word(Slice text, uint64_t seed);

/* The keys of one table, by row. */
typedef struct {
    uint64_t rows;
    uint64_t *words;
    uint64_t *offsets; /* of pooled words: their length (4 bytes) and bytes; NULL: no such */
    char *pool;
} KeyColumn;

void key_column_free(KeyColumn *keys);

typedef enum { KEYS_DISTINCT, KEYS_UNSURE, KEYS_NO_MEMORY } KeysAre;

/* Whether no two keys are equal: surely not, or an index must tell which. Takes less time and far
 * less memory than one. */
KeysAre keys_look(const KeyColumn *keys, uint64_t seed, uint32_t threads);

#define KEY_NO_ROW UINT32_MAX

enum { KEY_BUCKET = 5 };

/* An open-addressing table of buckets, each a line of the cache. */
typedef struct {
    const KeyColumn *keys;
    struct KeyBucket {
        uint64_t words[KEY_BUCKET]; /* KEY_NONE: free */
        uint32_t rows[KEY_BUCKET];
        uint32_t count;
    } *buckets;
    void *block; /* that the buckets lie in */
    struct KeyRepeats { /* by worker: rows whose key stands in an earlier row, in order */
        struct KeyRepeat {
            uint32_t row, first;
        } *items;
        size_t count, capacity;
    } *repeats;
    uint32_t parts; /* of `part_size` buckets, each small enough to stay in the cache */
    uint64_t part_size;
    uint64_t seed;
} KeyIndex;

/* Indexes the keys. Where a key stands again, `duplicate` is told the row and the row it first
 * stood in, in order of rows. False: no memory; the index is to be freed all the same. */
bool key_index_build(KeyIndex *index, const KeyColumn *keys, uint64_t seed, uint32_t threads,
                     void (*duplicate)(void *context, uint32_t row, uint32_t first),
                     void *context);
void key_index_free(KeyIndex *index);

/* The rows in which the keys stand, or KEY_NO_ROW, into rows[0 …). False: no memory. */
bool key_index_find(const KeyIndex *index, const KeyColumn *keys, uint32_t threads,
                    uint32_t *rows);

#endif
