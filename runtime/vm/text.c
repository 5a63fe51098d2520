/* Numbers, dates and names for readers. What is printed is the canonical value in its unit,
 * rounded half away from zero; an absent cell reads as its reason, never as a number. */
#include <math.h>

#include "runtime/base/buffer.h"
#include "runtime/base/date.h"
#include "runtime/base/number.h"
#include "runtime/vm/machine.h"

/* FORMAT's c. */
typedef enum { FORMAT_OWN, FORMAT_PERCENT, FORMAT_POUNDS, FORMAT_MILLIONS, FORMAT_WHOLE } Format;

/* Texts of one cell; a plan's texts are pages, not books. */
enum { TEXT_LIMIT = 1 << 20 };

/* A number on its way to the page: exact where it was exact. */
typedef struct {
    bool is_exact;
    Exact exact;
    double real;
} Shown;

/* value * num / den */
static Shown shown_value(Arena *arena, const Array *array, uint32_t cell, int64_t num,
                         int64_t den) {
    if (array->type.elem == ELEM_EXACT) {
        Exact factor = exact_from_ratio(arena, num, den);
        return (Shown){true, exact_mul(arena, array->as.exact[cell], factor), 0};
    }
    return (Shown){false, EXACT_ZERO, array->as.real[cell] * (double)num / (double)den};
}

static Slice fixed(Arena *arena, const Shown *shown, int places) {
    if (shown->is_exact) return exact_format_grouped(arena, shown->exact, places);
    if (!isfinite(shown->real)) return slice_of(absent_text(ABSENT_NOT_CALCULABLE));
    return number_format_fixed(arena, shown->real, places, true);
}

/* Without the zeros that end a fraction. */
static Slice trimmed(Slice text) {
    size_t point = 0;
    while (point < text.length && text.data[point] != '.') point++;
    if (point == text.length) return text;
    while (text.data[text.length - 1] == '0') text.length--;
    if (text.length == point + 1) text.length--;
    return text;
}

static double magnitude(const Shown *shown) {
    return fabs(shown->is_exact ? exact_to_double(shown->exact) : shown->real);
}

/* Places that say enough and not more: exact numbers up to six, measured ones by their size. */
static Slice plain(Arena *arena, const Shown *shown) {
    if (shown->is_exact) return trimmed(fixed(arena, shown, 6));
    double size = magnitude(shown);
    if (size >= 10 || size == 0) return trimmed(fixed(arena, shown, 1));
    if (size >= 1) return trimmed(fixed(arena, shown, 2));
    return isfinite(size) ? number_format_significant(arena, shown->real, 2, true)
                          : fixed(arena, shown, 0);
}

/* `£` after the sign; pence only where there are some. */
static Slice pounds(Arena *arena, const Shown *shown, int places) {
    Slice digits = fixed(arena, shown, places);
    bool no_pence = places == 2 && slice_ends_with(digits, SLICE(".00"));
    if (no_pence) digits.length -= 3;
    bool minus = slice_starts_with(digits, SLICE("-"));
    if (minus) digits = slice_sub(digits, 1, digits.length);
    return arena_printf(arena, "%s£%.*s", minus ? "-" : "", SLICE_FMT(digits));
}

static Slice millions(Arena *arena, const Array *array, uint32_t cell, bool money) {
    Shown shown = shown_value(arena, array, cell, 1, 1000000);
    Slice digits = trimmed(fixed(arena, &shown, 1));
    bool minus = slice_starts_with(digits, SLICE("-"));
    if (minus) digits = slice_sub(digits, 1, digits.length);
    const char *sign = minus ? "-" : "";
    if (money) return arena_printf(arena, "%s£%.*sm", sign, SLICE_FMT(digits));
    return arena_printf(arena, "%s%.*s million", sign, SLICE_FMT(digits));
}

static Slice with_prose(Arena *arena, Slice digits, const ModuleUnit *unit) {
    if (!unit->prose.length) return digits;
    return arena_printf(arena, "%.*s %.*s", SLICE_FMT(digits), SLICE_FMT(unit->prose));
}

/* In the unit, with so many places; -1: as many as the unit's sort says enough. */
static Slice in_unit(Arena *arena, const ModuleUnit *unit, const Shown *shown, int places) {
    switch (unit->sort) {
    case UNIT_MONEY:
        return pounds(arena, shown, places < 0 ? 2 : places);
    case UNIT_PERCENT:
        return arena_printf(arena, "%.*s%%",
                            SLICE_FMT(places < 0 ? trimmed(fixed(arena, shown, 1))
                                                 : fixed(arena, shown, places)));
    case UNIT_POINTS:
        return with_prose(arena, places < 0 ? trimmed(fixed(arena, shown, 1))
                                            : fixed(arena, shown, places), unit);
    case UNIT_PLAIN:
        break;
    }
    if (places >= 0) return with_prose(arena, fixed(arena, shown, places), unit);
    Slice digits = unit->whole ? fixed(arena, shown, 0) : plain(arena, shown);
    return with_prose(arena, digits, unit);
}

static Slice number_text(Arena *arena, const ModuleUnit *unit, const Array *array, uint32_t cell,
                         uint32_t format) {
    Shown canonical = shown_value(arena, array, cell, 1, 1);
    Shown shown = shown_value(arena, array, cell, unit->num, unit->den);
    switch (format) {
    case FORMAT_OWN:
        return in_unit(arena, unit, &shown, -1);
    case FORMAT_PERCENT:
        shown = shown_value(arena, array, cell, 100, 1);
        return arena_printf(arena, "%.*s%%", SLICE_FMT(trimmed(fixed(arena, &shown, 1))));
    case FORMAT_POUNDS:
        return pounds(arena, &canonical, 0);
    case FORMAT_MILLIONS:
        return millions(arena, array, cell, unit->sort == UNIT_MONEY);
    case FORMAT_WHOLE:
        return in_unit(arena, unit, &shown, 0);
    default:
        return in_unit(arena, unit, &shown, (int)(format - INSTR_FORMAT_PLACES));
    }
}

static Slice absent_words(Arena *arena, const Array *array, AbsentReason reason) {
    const char *words = absent_text(reason);
    if (reason != ABSENT_UNKNOWN || !array->absent_note.length) return slice_of(words);
    return arena_printf(arena, "%s %.*s", words, SLICE_FMT(array->absent_note));
}

static Slice member_title(const Module *module, const Array *array, uint32_t cell) {
    const ModuleDim *dim = &module->dims.items[array->type.code_dim];
    int64_t code = array->as.integer[cell];
    Slice title = dim->titles[code];
    return title.length ? title : dim->members[code];
}

static Slice cell_text(Arena *arena, const Module *module, const Array *array, uint32_t cell,
                       uint16_t unit, uint32_t format) {
    AbsentReason reason = array_absent(array, cell);
    if (reason) return absent_words(arena, array, reason);
    switch ((ElemType)array->type.elem) {
    case ELEM_BOOL:
        return array->as.integer[cell] ? SLICE("yes") : SLICE("no");
    case ELEM_DATE:
        return date_format_long(arena, (int32_t)array->as.integer[cell]);
    case ELEM_YEAR:
        return financial_year_format_short(arena, (int)array->as.integer[cell]);
    case ELEM_CODE:
        return member_title(module, array, cell);
    case ELEM_TEXT:
        return array->as.text[cell];
    case ELEM_REAL:
    case ELEM_EXACT:
        break;
    }
    return number_text(arena, &module->units.items[unit], array, cell, format);
}

Slice vm_cell_text(Arena *arena, const Module *module, const Array *array, uint32_t cell,
                   uint16_t unit) {
    return cell_text(arena, module, array, cell, unit, FORMAT_OWN);
}

/* ---- Instructions ---------------------------------------------------------------------------- */

bool vm_format(Vm *vm, const Instr *instr, Array *out) {
    const Array *a = &vm->registers[instr->a];
    for (uint32_t i = 0; i < out->count; i++) {
        if (array_absent(a, i)) {
            array_set_absent(vm->arena, out, i, array_absent(a, i));
            continue;
        }
        out->as.text[i] = cell_text(vm->arena, vm->module, a, i, (uint16_t)instr->b, instr->c);
        if (!vm_charge(vm, 16 + out->as.text[i].length)) return false;
    }
    return true;
}

static Slice part_text(const Vm *vm, Reg reg) {
    const Array *part = &vm->registers[reg];
    AbsentReason reason = array_absent(part, 0);
    return reason ? absent_words(vm->arena, part, reason) : part->as.text[0];
}

bool vm_concat(Vm *vm, const Instr *instr, Array *out) {
    InstrArgs parts = instr_arguments(vm->module, instr);
    Buffer text;
    buffer_init(&text, vm->arena);
    for (uint32_t i = 0; i < parts.count; i++) {
        Slice part = part_text(vm, parts.registers[i]);
        if (text.length + part.length > TEXT_LIMIT)
            return vm_refuse(vm, "a text is longer than 1 MiB");
        if (!vm_charge(vm, part.length)) return false;
        buffer_add(&text, part);
    }
    if (text.length) out->as.text[0] = buffer_slice(&text);
    return true;
}
