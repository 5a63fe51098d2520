/* Units of measurement: products of base units to whole powers. A rate keeps what is counted
 * and what it is counted in apart, so that persons above the line never cancel persons below
 * it; an ordinary quotient cancels. */
#ifndef COMPILER_SEMA_UNIT_H
#define COMPILER_SEMA_UNIT_H

#include "runtime/base/exact.h"
#include "runtime/base/intern.h"
#include "runtime/base/span.h"
#include "runtime/base/vec.h"

#define UNIT_MAX_BASES 32

enum { BASE_PERSONS, BASE_YEARS, BASE_DAYS, BASE_GBP, BASE_FIRST_DECLARED };

/* Powers above and below the line, none negative. Both zero everywhere: a plain number. */
typedef struct {
    int8_t up[UNIT_MAX_BASES];
    int8_t down[UNIT_MAX_BASES];
} Unit;

/* A word for a unit: `scale` of `unit`. */
typedef struct {
    Atom name;
    Atom singular; /* ATOM_NONE: none */
    Slice prose;   /* for readers; empty: the name */
    Slice each;    /* of one, for readers; empty: made of the singular or the prose */
    Unit unit;
    Exact scale;
    int base; /* the base unit it declares, or -1 */
    Span span;
    bool used;
} UnitWord;

typedef struct {
    Arena *arena;
    Interner *interner;
    VEC(UnitWord) words;
    int base_count;
    Atom base_names[UNIT_MAX_BASES];
} UnitTable;

extern const Unit UNIT_NONE;

void unit_table_init(UnitTable *table, Arena *arena, Interner *interner);
UnitWord *unit_find(UnitTable *table, Atom word); /* NULL; singulars count */
/* A new base unit; -1 where there are too many. */
int unit_declare_base(UnitTable *table, Atom name);

Unit unit_base(int base);
bool unit_equal(const Unit *a, const Unit *b);
bool unit_is_none(const Unit *unit);
bool unit_is(const Unit *unit, int base); /* that base alone, above the line */
Unit unit_multiply(Unit a, Unit b);       /* what is above cancels the other's below */
Unit unit_inverse(Unit a);
Unit unit_divide(Unit a, Unit b);              /* a quotient: cancels on both sides */
Unit unit_per(Unit counted, Unit denominator); /* a rate: does not cancel */
bool unit_power(Unit a, int power, Unit *result);

/* "admissions per person_years"; "a number without a unit" for none. */
Slice unit_text(const UnitTable *table, Arena *arena, const Unit *unit);
/* In whose words a side is told: the language's, "bed_days"; the readers', "bed days"; or theirs
 * of a single one, "bed day", as behind "per". */
typedef enum { UNIT_AS_WRITTEN, UNIT_OF_MANY, UNIT_OF_ONE } UnitProse;

/* One side of the line: "persons * years". Empty where nothing stands there. */
Slice unit_side_text(const UnitTable *table, Arena *arena, const int8_t *side, UnitProse prose);

/* "bed_day": the word of the language that stands behind `per` for one of that side. */
Slice unit_word_of_one(const UnitTable *table, Arena *arena, const int8_t *side);

#endif
