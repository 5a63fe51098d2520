/* Values as they are shown: the unit applied, years and members found. Limits of estimates are
 * shown with their value or not at all. */
#include "runtime/report/model.h"

#include <math.h>

#include "runtime/base/exact.h"
#include "runtime/base/number.h"

Shown shown_of(const ReportInput *input, Reg reg, uint16_t unit) {
    const Module *module = input->module;
    if (reg >= module->code.count || unit >= module->units.count) return (Shown){NULL, NULL};
    return (Shown){&input->vm->registers[reg], &module->units.items[unit]};
}

Shown shown_field(const ReportInput *input, const FieldValue *value) {
    if (!value || value->sort != FIELD_REGISTER) return (Shown){NULL, NULL};
    return shown_of(input, value->reg, value->unit);
}

static const Array *scalar(const ReportInput *input, const FieldValue *value, ElemType elem) {
    const Array *array = shown_field(input, value).array;
    bool fits = array && array->count == 1 && array->type.elem == elem;
    return fits && array_absent(array, 0) == ABSENT_NONE ? array : NULL;
}

bool scalar_text(const ReportInput *input, const FieldValue *value, Slice *text) {
    const Array *array = scalar(input, value, ELEM_TEXT);
    if (array) *text = array->as.text[0];
    return array != NULL;
}

bool scalar_date(const ReportInput *input, const FieldValue *value, int32_t *day) {
    const Array *array = scalar(input, value, ELEM_DATE);
    if (array) *day = (int32_t)array->as.integer[0];
    return array != NULL;
}

bool scalar_year(const ReportInput *input, const FieldValue *value, int32_t *year) {
    const Array *array = scalar(input, value, ELEM_YEAR);
    if (array) *year = (int32_t)array->as.integer[0];
    return array != NULL;
}

bool shown_is_number(Shown shown) {
    return shown.array &&
           (shown.array->type.elem == ELEM_REAL || shown.array->type.elem == ELEM_EXACT);
}

bool shown_present(Shown shown, uint32_t cell) {
    return shown.array && cell < shown.array->count &&
           array_absent(shown.array, cell) == ABSENT_NONE;
}

enum { PLAIN_FIGURES = 12 }; /* a number with more is no rounded one */

/* Two roundings (times, divided by) may leave the result one binary place off the number it
 * stands for. */
static double nearest_plain(double value) {
    double plain = number_round_significant(value, PLAIN_FIGURES);
    return fabs(plain - value) <= 4 * 0x1p-53 * fabs(value) ? plain : value;
}

double shown_scaled(Shown shown, double canonical) {
    if (shown.unit->num == shown.unit->den || !isfinite(canonical)) return canonical;
    return nearest_plain(canonical * (double)shown.unit->num / (double)shown.unit->den);
}

double shown_number(Shown shown, uint32_t cell) {
    const Array *array = shown.array;
    bool real = array->type.elem == ELEM_REAL;
    return shown_scaled(shown,
                        real ? array->as.real[cell] : exact_to_double(array->as.exact[cell]));
}

Slice shown_posted(Arena *arena, Shown shown, uint32_t cell) {
    if (shown.array->type.elem == ELEM_REAL)
        return number_format_fixed(arena, shown_number(shown, cell), 2, false);
    Exact factor =
        exact_div(arena, exact_from_int(shown.unit->num), exact_from_int(shown.unit->den));
    Exact amount = exact_mul(arena, shown.array->as.exact[cell], factor);
    return exact_format_fixed(arena, amount, 2);
}

Slice shown_code(const ReportInput *input, Shown shown, uint32_t cell) {
    const ModuleDim *dim = &input->module->dims.items[shown.array->type.code_dim];
    uint64_t code = (uint64_t)shown.array->as.integer[cell];
    return code < dim->member_count ? dim->members[code] : SLICE("");
}

bool shown_interval(const ReportInput *input, Shown shown, uint32_t k, Shown *further,
                    double *level) {
    if (!shown.array || !shown.array->type.estimate || !shown.array->lower) return false;
    Reg reg = (Reg)(shown.array - input->vm->registers);
    VEC_EACH(const ModuleInterval, interval, &input->module->intervals) {
        if (interval->reg != reg || k-- > 0) continue;
        *further = (Shown){&input->vm->registers[interval->further], shown.unit};
        *level = interval->level;
        return true;
    }
    return false;
}

bool shown_limits(Shown shown, uint32_t cell, double *lower, double *upper) {
    if (!shown_present(shown, cell) || !shown.array->type.estimate || !shown.array->lower)
        return false;
    *lower = shown_scaled(shown, shown.array->lower[cell]);
    *upper = shown_scaled(shown, shown.array->upper[cell]);
    return isfinite(*lower) && isfinite(*upper);
}

const ModuleDim *shown_dim(const ReportInput *input, Shown shown, uint32_t axis) {
    return &input->module->dims.items[shown.array->type.dims[axis]];
}

uint32_t shown_member(const ReportInput *input, Shown shown, uint32_t cell, uint32_t axis) {
    for (uint32_t i = shown.array->type.dim_count; i-- > axis + 1;)
        cell /= shown_dim(input, shown, i)->member_count;
    return cell % shown_dim(input, shown, axis)->member_count;
}

bool shown_is_series(const ReportInput *input, Shown shown) {
    return shown.array && shown.array->type.dim_count == 1 &&
           shown_dim(input, shown, 0)->sort == DIM_YEAR;
}

uint32_t shown_year_cell(const ReportInput *input, Shown shown, int32_t year) {
    if (!shown_is_series(input, shown)) return MODULE_NONE;
    const ModuleDim *dim = shown_dim(input, shown, 0);
    bool inside = year >= dim->first && year < dim->first + (int32_t)dim->member_count;
    return inside ? (uint32_t)(year - dim->first) : MODULE_NONE;
}
