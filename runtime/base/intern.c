/* Interned words: a map from text to its number, the number being its place of entry. */
#include "runtime/base/intern.h"

#include "runtime/base/hashmap.h"

#include <assert.h>

struct Interner {
    TextMap words; /* the value is the atom; entry i holds atom i + 1 */
};

Interner *interner_new(Arena *arena, uint64_t seed) {
    Interner *interner = ARENA_NEW(arena, Interner);
    text_map_init(&interner->words, arena, seed);
    return interner;
}

Atom intern(Interner *interner, Slice text) {
    Atom atom = intern_find(interner, text);
    if (atom) return atom;
    atom = interner->words.count + 1;
    text_map_put(&interner->words, text, atom);
    return atom;
}

Atom intern_find(const Interner *interner, Slice text) {
    uint64_t atom;
    return text_map_get(&interner->words, text, &atom) ? (Atom)atom : ATOM_NONE;
}

Slice atom_text(const Interner *interner, Atom atom) {
    assert(atom <= interner->words.count);
    return atom ? interner->words.entries[atom - 1].key : SLICE("");
}

uint32_t interner_count(const Interner *interner) {
    return interner->words.count;
}
