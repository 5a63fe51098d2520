/* Making arrays and their absent cells. Never reads what an absent cell holds. */
#include "runtime/vm/array.h"

#include <assert.h>
#include <math.h>

#include "runtime/bytecode/verify.h"

static void allocate_values(Arena *arena, Array *array) {
    switch ((ElemType)array->type.elem) {
    case ELEM_REAL:
        array->as.real = ARENA_NEW_ARRAY(arena, double, array->count);
        break;
    case ELEM_EXACT:
        array->as.exact = ARENA_NEW_ARRAY(arena, Exact, array->count);
        for (uint32_t i = 0; i < array->count; i++) array->as.exact[i] = EXACT_ZERO;
        break;
    case ELEM_TEXT:
        array->as.text = ARENA_NEW_ARRAY(arena, Slice, array->count);
        for (uint32_t i = 0; i < array->count; i++) array->as.text[i] = SLICE("");
        break;
    case ELEM_BOOL:
    case ELEM_DATE:
    case ELEM_YEAR:
    case ELEM_CODE:
        array->as.integer = ARENA_NEW_ARRAY(arena, int64_t, array->count);
        break;
    }
}

static double *unknown_numbers(Arena *arena, uint32_t count) {
    double *numbers = ARENA_NEW_ARRAY(arena, double, count);
    for (uint32_t i = 0; i < count; i++) numbers[i] = NAN;
    return numbers;
}

Array array_new(Arena *arena, const Module *module, RegType type) {
    uint64_t cells = regtype_cells(module, &type);
    assert(cells <= MODULE_MAX_CELLS);
    Array array = {.type = type, .count = (uint32_t)cells, .absent_note = SLICE("")};
    allocate_values(arena, &array);
    if (type.estimate) {
        array.lower = unknown_numbers(arena, array.count);
        array.upper = unknown_numbers(arena, array.count);
        array.numerator = unknown_numbers(arena, array.count);
        array.denominator = unknown_numbers(arena, array.count);
        array.method = ARENA_NEW_ARRAY(arena, uint8_t, array.count);
    }
    return array;
}

void array_keep_confidential(Arena *arena, Array *array) {
    array->confidential = unknown_numbers(arena, array->count);
    array->people = unknown_numbers(arena, array->count);
}

static void blank_cell(Array *array, uint32_t cell) {
    switch ((ElemType)array->type.elem) {
    case ELEM_REAL:
        array->as.real[cell] = NAN;
        break;
    case ELEM_EXACT:
        array->as.exact[cell] = EXACT_ZERO;
        break;
    case ELEM_TEXT:
        array->as.text[cell] = SLICE("");
        break;
    case ELEM_BOOL:
    case ELEM_DATE:
    case ELEM_YEAR:
    case ELEM_CODE:
        array->as.integer[cell] = 0;
        break;
    }
}

void array_set_absent(Arena *arena, Array *array, uint32_t cell, AbsentReason reason) {
    assert(cell < array->count && reason != ABSENT_NONE);
    if (!array->absent) array->absent = ARENA_NEW_ARRAY(arena, uint8_t, array->count);
    array->absent[cell] = (uint8_t)reason;
    blank_cell(array, cell);
    if (array->lower) array->lower[cell] = array->upper[cell] = NAN;
}

static void copy_value(Array *to, uint32_t cell, const Array *from, uint32_t at) {
    assert(to->type.elem == from->type.elem);
    switch ((ElemType)to->type.elem) {
    case ELEM_REAL:
        to->as.real[cell] = from->as.real[at];
        break;
    case ELEM_EXACT:
        to->as.exact[cell] = from->as.exact[at];
        break;
    case ELEM_TEXT:
        to->as.text[cell] = from->as.text[at];
        break;
    case ELEM_BOOL:
    case ELEM_DATE:
    case ELEM_YEAR:
    case ELEM_CODE:
        to->as.integer[cell] = from->as.integer[at];
        break;
    }
}

void array_copy_cell(Arena *arena, Array *to, uint32_t cell, const Array *from, uint32_t at) {
    if (array_absent(from, at))
        array_set_absent(arena, to, cell, array_absent(from, at));
    else
        copy_value(to, cell, from, at);
    if (to->lower && from->lower) {
        to->lower[cell] = from->lower[at];
        to->upper[cell] = from->upper[at];
        to->numerator[cell] = from->numerator[at];
        to->denominator[cell] = from->denominator[at];
        to->method[cell] = from->method[at];
    }
    if (to->confidential && from->confidential) {
        to->confidential[cell] = from->confidential[at];
        to->people[cell] = from->people[at];
    }
}
