/* Units of measurement. Refuses nothing itself: who adds different units decides that. */
#include "compiler/sema/unit.h"

#include <string.h>

#include "runtime/base/buffer.h"

const Unit UNIT_NONE = {{0}, {0}};

void unit_table_init(UnitTable *table, Arena *arena, Interner *interner) {
    static const char *const names[] = {"persons", "years", "days", "gbp"};
    memset(table, 0, sizeof *table);
    table->arena = arena;
    table->interner = interner;
    for (int i = 0; i < BASE_FIRST_DECLARED; i++) {
        Atom name = intern(interner, slice_of(names[i]));
        int base = unit_declare_base(table, name);
        UnitWord word = {.name = name,
                         .unit = unit_base(base),
                         .scale = exact_from_int(1),
                         .base = base,
                         .used = true};
        if (i == BASE_PERSONS) word.prose = SLICE("people");
        if (i == BASE_PERSONS) word.each = SLICE("person");
        if (i == BASE_GBP) word.prose = SLICE("£");
        VEC_PUSH(arena, &table->words, word);
    }
}

UnitWord *unit_find(UnitTable *table, Atom word) {
    VEC_EACH(UnitWord, unit, &table->words) {
        if (unit->name == word || (unit->singular != ATOM_NONE && unit->singular == word))
            return unit;
    }
    return NULL;
}

int unit_declare_base(UnitTable *table, Atom name) {
    if (table->base_count == UNIT_MAX_BASES) return -1;
    table->base_names[table->base_count] = name;
    return table->base_count++;
}

Unit unit_base(int base) {
    Unit unit = UNIT_NONE;
    unit.up[base] = 1;
    return unit;
}

bool unit_equal(const Unit *a, const Unit *b) {
    return memcmp(a, b, sizeof *a) == 0;
}

bool unit_is_none(const Unit *unit) {
    return unit_equal(unit, &UNIT_NONE);
}

bool unit_is(const Unit *unit, int base) {
    Unit wanted = unit_base(base);
    return unit_equal(unit, &wanted);
}

static int8_t clamp_power(int power) {
    return (int8_t)(power > 100 ? 100 : power);
}

/* Takes from both sides what stands on both. */
static void cancel(int8_t *up, int8_t *down) {
    for (int i = 0; i < UNIT_MAX_BASES; i++) {
        int8_t common = up[i] < down[i] ? up[i] : down[i];
        up[i] = (int8_t)(up[i] - common);
        down[i] = (int8_t)(down[i] - common);
    }
}

Unit unit_multiply(Unit a, Unit b) {
    cancel(a.up, b.down);
    cancel(b.up, a.down);
    for (int i = 0; i < UNIT_MAX_BASES; i++) {
        a.up[i] = clamp_power(a.up[i] + b.up[i]);
        a.down[i] = clamp_power(a.down[i] + b.down[i]);
    }
    return a;
}

Unit unit_inverse(Unit a) {
    Unit inverse;
    memcpy(inverse.up, a.down, sizeof a.down);
    memcpy(inverse.down, a.up, sizeof a.up);
    return inverse;
}

Unit unit_divide(Unit a, Unit b) {
    return unit_multiply(a, unit_inverse(b));
}

Unit unit_per(Unit counted, Unit denominator) {
    Unit rate = counted;
    for (int i = 0; i < UNIT_MAX_BASES; i++) {
        rate.down[i] = clamp_power(counted.down[i] + denominator.up[i]);
        rate.up[i] = clamp_power(counted.up[i] + denominator.down[i]);
    }
    return rate;
}

bool unit_power(Unit a, int power, Unit *result) {
    Unit base = power < 0 ? unit_inverse(a) : a;
    int count = power < 0 ? -power : power;
    if (count > 20) return unit_is_none(&a) ? (*result = a, true) : false;
    *result = UNIT_NONE;
    for (int i = 0; i < count; i++) *result = unit_multiply(*result, base);
    return true;
}

/* Of several of them, "bed days"; of one, "bed day": the singular that is declared, else the
 * word without its s. */
static Slice word_in_prose(const UnitTable *table, Arena *arena, const UnitWord *word, bool one) {
    Slice text = word->prose.length ? word->prose : atom_text(table->interner, word->name);
    if (!one) return text;
    if (word->each.length) return word->each;
    if (word->singular == ATOM_NONE)
        return slice_ends_with(text, SLICE("s")) ? slice_sub(text, 0, text.length - 1) : text;
    Slice singular = arena_copy(arena, atom_text(table->interner, word->singular));
    for (char *at = (char *)singular.data; at < singular.data + singular.length; at++)
        if (*at == '_') *at = ' ';
    return singular;
}

static Slice base_word(const UnitTable *table, Arena *arena, int base, UnitProse prose) {
    VEC_EACH(const UnitWord, word, &table->words) {
        if (word->base == base && prose != UNIT_AS_WRITTEN)
            return word_in_prose(table, arena, word, prose == UNIT_OF_ONE);
    }
    return atom_text(table->interner, table->base_names[base]);
}

/* person_years and its like: one declared word for the whole side. */
static Slice side_word(const UnitTable *table, Arena *arena, const int8_t *side,
                       UnitProse prose) {
    VEC_EACH(const UnitWord, word, &table->words) {
        if (word->base >= 0 || memcmp(word->unit.up, side, UNIT_MAX_BASES) != 0) continue;
        Unit unit = word->unit;
        int8_t nothing[UNIT_MAX_BASES] = {0};
        int bases = 0;
        for (int i = 0; i < UNIT_MAX_BASES; i++) bases += side[i];
        if (memcmp(unit.down, nothing, sizeof nothing) == 0 && bases > 1 &&
            exact_compare(word->scale, exact_from_int(1)) == 0)
            return prose == UNIT_AS_WRITTEN
                       ? atom_text(table->interner, word->name)
                       : word_in_prose(table, arena, word, prose == UNIT_OF_ONE);
    }
    return (Slice){0};
}

Slice unit_side_text(const UnitTable *table, Arena *arena, const int8_t *side, UnitProse prose) {
    Slice whole = side_word(table, arena, side, prose);
    if (whole.length) return whole;
    Buffer text;
    buffer_init(&text, arena);
    for (int i = 0; i < table->base_count; i++) {
        if (!side[i]) continue;
        if (text.length) buffer_add(&text, prose ? SLICE(" ") : SLICE(" * "));
        buffer_add(&text, base_word(table, arena, i, prose));
        if (side[i] > 1) buffer_printf(&text, "^%d", side[i]);
    }
    return buffer_slice(&text);
}

Slice unit_text(const UnitTable *table, Arena *arena, const Unit *unit) {
    if (unit_is_none(unit)) return SLICE("a number without a unit");
    if (unit_is(unit, BASE_GBP)) return SLICE("pounds");
    bool money = unit->up[BASE_GBP] || unit->down[BASE_GBP];
    Slice up = unit_side_text(table, arena, unit->up, money ? UNIT_OF_MANY : UNIT_AS_WRITTEN);
    Slice down = unit_side_text(table, arena, unit->down, money ? UNIT_OF_ONE : UNIT_AS_WRITTEN);
    if (!down.length) return up;
    if (!up.length) return arena_printf(arena, "per %.*s", SLICE_FMT(down));
    return arena_printf(arena, "%.*s per %.*s", SLICE_FMT(up), SLICE_FMT(down));
}

Slice unit_word_of_one(const UnitTable *table, Arena *arena, const int8_t *side) {
    Slice text = arena_copy(arena, unit_side_text(table, arena, side, UNIT_OF_ONE));
    for (char *at = (char *)text.data; at < text.data + text.length; at++)
        if (*at == ' ' || *at == '-') *at = '_';
    Atom word = intern(table->interner, text);
    for (uint32_t i = 0; i < table->words.count; i++) {
        const UnitWord *known = &table->words.items[i];
        if (known->name == word || known->singular == word) return text;
    }
    return unit_side_text(table, arena, side, UNIT_AS_WRITTEN);
}
