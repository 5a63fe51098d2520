/* Numbers, days and amounts for readers. */
#include "runtime/report/format.h"

#include <math.h>
#include <string.h>

#include "runtime/base/date.h"
#include "runtime/base/number.h"

/* The hyphen of a negative number as a minus sign. */
static Slice with_minus(Arena *arena, Slice text) {
    if (!slice_starts_with(text, SLICE("-"))) return text;
    return arena_printf(arena, "\u2212%.*s", (int)text.length - 1, text.data + 1);
}

static Slice fixed(Arena *arena, double value, int places) {
    return with_minus(arena, number_format_fixed(arena, value, places, true));
}

static int least_places(double value, int most) {
    int places = 0;
    while (places < most && number_round_places(value, places) != number_round_places(value, 9))
        places++;
    return places;
}

/* ---- Places ---------------------------------------------------------------------------------- */

typedef struct {
    double largest;
    bool whole;
} Extent;

static void extend(Extent *extent, double value) {
    if (!isfinite(value)) return;
    extent->largest = fmax(extent->largest, fabs(value));
    if (value != floor(value)) extent->whole = false;
}

static Extent extent_of(Shown shown) {
    Extent extent = {0, true};
    for (uint32_t cell = 0; cell < shown.array->count; cell++) {
        double lower, upper;
        if (!shown_present(shown, cell)) continue;
        extend(&extent, shown_number(shown, cell));
        if (!shown_limits(shown, cell, &lower, &upper)) continue;
        extend(&extent, lower);
        extend(&extent, upper);
    }
    return extent;
}

int format_places(Shown shown) {
    if (!shown_is_number(shown)) return 0;
    if (shown.unit->sort == UNIT_MONEY) return PLACES_MONEY;
    Extent extent = extent_of(shown);
    if (extent.whole || shown.unit->whole) return 0;
    if (shown.unit->sort != UNIT_PLAIN) return 1;
    if (extent.largest >= 100) return 0;
    if (extent.largest >= 10) return 1;
    return extent.largest >= 0.1 ? 2 : 4;
}

/* ---- Numbers --------------------------------------------------------------------------------- */

static Slice amount(Arena *arena, double pounds) {
    double size = fabs(pounds);
    const char *sign = pounds < 0 ? "\u2212" : "";
    const char *letter = size >= 999500000 ? "bn" : size >= 999500 ? "m" : "";
    double scaled = size >= 999500000 ? size / 1e9 : size >= 999500 ? size / 1e6 : size;
    int places = *letter ? least_places(scaled, 2) : size == floor(size) || size >= 1000 ? 0 : 2;
    Slice number = number_format_fixed(arena, scaled, places, true);
    return arena_printf(arena, "%s£%.*s%s", sign, SLICE_FMT(number), letter);
}

Slice format_number(Arena *arena, const ModuleUnit *unit, double value, int places) {
    if (!isfinite(value)) return SLICE("");
    if (unit->sort == UNIT_MONEY) return amount(arena, value);
    Slice number = fixed(arena, value, places);
    if (unit->sort == UNIT_PERCENT) return arena_printf(arena, "%.*s%%", SLICE_FMT(number));
    return number;
}

Slice format_count(Arena *arena, double value) {
    return isfinite(value) ? fixed(arena, value, least_places(value, 2)) : SLICE("");
}

Slice format_millions(Arena *arena, double pounds, int places) {
    return fixed(arena, pounds / 1e6, places);
}

int format_million_places(Shown shown, int at_least) {
    int places = at_least;
    for (uint32_t cell = 0; shown.array && cell < shown.array->count; cell++)
        if (shown_present(shown, cell)) {
            int needed = least_places(shown_number(shown, cell) / 1e6, 3);
            if (needed > places) places = needed;
        }
    return places;
}

Slice format_share(Arena *arena, double share) {
    Slice number = fixed(arena, share * 100, 1);
    return arena_printf(arena, "%.*s%%", SLICE_FMT(number));
}

Slice format_year(Arena *arena, int32_t year) {
    return financial_year_format_short(arena, year);
}

Slice format_dim(Arena *arena, const ModuleDim *dim) {
    if (dim->title.length && !slice_equal(dim->title, dim->name)) return dim->title;
    return word_for_readers(arena, dim->name);
}

Slice format_member(const ModuleDim *dim, uint32_t member) {
    Slice title = dim->titles ? dim->titles[member] : (Slice){"", 0};
    return title.length ? title : dim->members[member];
}

static Slice code_title(const ReportInput *input, Shown shown, uint32_t cell) {
    const ModuleDim *dim = &input->module->dims.items[shown.array->type.code_dim];
    uint64_t code = (uint64_t)shown.array->as.integer[cell];
    return code < dim->member_count ? format_member(dim, (uint32_t)code) : SLICE("");
}

Slice format_cell(Arena *arena, const ReportInput *input, Shown shown, uint32_t cell, int places) {
    const Array *array = shown.array;
    switch ((ElemType)array->type.elem) {
    case ELEM_BOOL: return array->as.integer[cell] ? SLICE("Yes") : SLICE("No");
    case ELEM_REAL:
    case ELEM_EXACT: return format_number(arena, shown.unit, shown_number(shown, cell), places);
    case ELEM_DATE: return date_format_long(arena, (int32_t)array->as.integer[cell]);
    case ELEM_YEAR: return format_year(arena, (int32_t)array->as.integer[cell]);
    case ELEM_CODE: return code_title(input, shown, cell);
    case ELEM_TEXT: return array->as.text[cell];
    }
    return SLICE("");
}

Slice format_level(Arena *arena, double level) {
    double percent = level * 100;
    int places = 0;
    for (double unit = 1; places < 9 && fabs(nearbyint(percent * unit) / unit - percent) > 1e-10;
         unit *= 10)
        places++;
    return arena_printf(arena, "%.*s%%",
                        SLICE_FMT(number_format_fixed(arena, percent, places, false)));
}

Slice format_limits(Arena *arena, Shown shown, uint32_t cell, int places) {
    double lower, upper;
    if (!shown_limits(shown, cell, &lower, &upper)) return SLICE("");
    Slice low = format_number(arena, shown.unit, lower, places);
    Slice high = format_number(arena, shown.unit, upper, places);
    return arena_printf(arena, "%.*s to %.*s", SLICE_FMT(low), SLICE_FMT(high));
}

/* ---- Units ----------------------------------------------------------------------------------- */

Slice format_unit(const ModuleUnit *unit) {
    switch (unit->sort) {
    case UNIT_MONEY: return SLICE("£");
    case UNIT_PERCENT: return SLICE("%");
    case UNIT_POINTS: return SLICE("percentage points");
    case UNIT_PLAIN: return unit->prose.length ? unit->prose : unit->label;
    }
    return SLICE("");
}

Slice format_with_unit(Arena *arena, const ReportInput *input, Shown shown, uint32_t cell) {
    Slice number = format_cell(arena, input, shown, cell, format_places(shown));
    UnitSort sort = shown.unit->sort;
    Slice unit = format_unit(shown.unit);
    if (!shown_is_number(shown) || sort == UNIT_MONEY || sort == UNIT_PERCENT || !unit.length)
        return number;
    if (slice_starts_with(unit, SLICE("£ per ")) && shown_number(shown, cell) >= 0)
        return arena_printf(arena, "£%.*s %.*s", SLICE_FMT(number),
                            SLICE_FMT(slice_sub(unit, strlen("£ "), unit.length)));
    return arena_printf(arena, "%.*s %.*s", SLICE_FMT(number), SLICE_FMT(unit));
}

Slice format_change(Arena *arena, const ReportInput *input, const FieldValue *value) {
    Shown shown = shown_field(input, value);
    Slice written = shown.array ? value->word : SLICE("");
    bool is_signed = written.length && (written.data[0] == '-' || written.data[0] == '+');
    bool scalar = is_signed && !shown.array->type.dim_count;
    if (!scalar || !shown_is_number(shown) || !shown_present(shown, 0)) return SLICE("");
    Slice text = format_with_unit(arena, input, shown, 0);
    bool relative = slice_ends_with(written, SLICE(" relative"));
    return arena_printf(arena, "%s%.*s%s", shown_number(shown, 0) > 0 ? "+" : "", SLICE_FMT(text),
                        relative ? " relative" : "");
}

Slice format_in_sentence(Arena *arena, Slice text) {
    if (text.length < 2 || text.data[0] < 'A' || text.data[0] > 'Z') return text;
    if (text.data[1] < 'a' || text.data[1] > 'z') return text;
    return arena_printf(arena, "%c%.*s", text.data[0] + ('a' - 'A'), (int)text.length - 1,
                        text.data + 1);
}
