/* Interned words: equal text has the same Atom, so names compare as integers. */
#ifndef RUNTIME_BASE_INTERN_H
#define RUNTIME_BASE_INTERN_H

#include "runtime/base/arena.h"

typedef uint32_t Atom; /* 0 is no name */
#define ATOM_NONE ((Atom)0)

typedef struct Interner Interner;

/* `seed` scatters the hash table; it changes no result. The interner lives in the arena. */
Interner *interner_new(Arena *arena, uint64_t seed);
Atom intern(Interner *interner, Slice text);
Atom intern_find(const Interner *interner, Slice text); /* ATOM_NONE where never interned */
Slice atom_text(const Interner *interner, Atom atom);   /* NUL-terminated */
uint32_t interner_count(const Interner *interner);      /* atoms are 1 .. count */

#endif
