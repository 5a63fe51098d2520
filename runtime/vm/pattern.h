/* Patterns for text: anchored at both ends, and matched in time proportional to the pattern
 * times the text, whatever both hold (Thompson's construction, Communications of the ACM 11,
 * 1968): there is no backtracking. Bytes and code points: a class or `.` takes one code point.
 *
 *   x       the character x; \x the character x where x is one of . [ ] ( ) { } * + ? | \ - ^
 *   .       any character
 *   [a-z0]  one of; [^a-z] none of
 *   a{3} a{2,4} a{2,} a* a+ a?
 *   a|b  (ab)
 * Refused: anything else with a special character, a range that runs backwards, counts over
 * 100, and patterns that come to over 2,000 steps. */
#ifndef RUNTIME_VM_PATTERN_H
#define RUNTIME_VM_PATTERN_H

#include "runtime/base/arena.h"

typedef struct Pattern Pattern;

/* NULL: the pattern is refused, and `why` says what is wrong, in a few words. The pattern holds
 * the memory that matching needs: one match at a time. */
Pattern *pattern_compile(Arena *arena, Slice text, Slice *why);

/* Whether the whole of the text, well-formed UTF-8, matches. */
bool pattern_matches(Pattern *pattern, Slice text);

/* Steps that a match takes at most, for whoever counts them; and compiling, at most. */
uint64_t pattern_cost(const Pattern *pattern, Slice text);
#define PATTERN_COMPILE_COST 20000

#endif
