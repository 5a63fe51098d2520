/* Memory of columns that are being read. Large blocks grow and shrink by moving pages, not bytes;
 * room that is never written costs nothing. */
#include "runtime/data/store.h"

#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/data/bits.h"

enum { FEW = 1024 };

bool store_init(TableStore *store, TablePlan *plan) {
    *store = (TableStore){.plan = plan,
                          .values = mem_alloc_array(plan->count, sizeof *store->values),
                          .missing = mem_alloc_array(plan->count, sizeof *store->missing)};
    return store->values && store->missing;
}

static bool reserve_column(TableStore *store, uint32_t c, uint64_t rows) {
    const ColumnPlan *column = &store->plan->columns[c];
    if (!column->kept) return true;
    if (column->width && rows > PTRDIFF_MAX / column->width) return false;
    void *larger = mem_realloc(store->values[c], values_size(rows, column->width));
    if (!larger) return false;
    store->values[c] = larger;
    if (!column->may_miss) return true;
    larger = mem_realloc(store->missing[c], bits_size(rows));
    if (!larger) return false;
    store->missing[c] = larger;
    return true;
}

bool store_reserve(TableStore *store, uint64_t rows) {
    if (rows <= store->capacity) return true;
    for (uint32_t c = 0; c < store->plan->count; c++)
        if (!reserve_column(store, c, rows)) return false;
    store->capacity = rows;
    return true;
}

/* From the end, for wide and narrow share their place. */
#define WIDEN(narrow_type, wide_type)                                 \
    for (uint64_t row = rows; row-- > 0;) {                           \
        narrow_type narrow;                                           \
        memcpy(&narrow, values + row * sizeof narrow, sizeof narrow); \
        wide_type wide = narrow;                                      \
        memcpy(values + row * sizeof wide, &wide, sizeof wide);       \
    }

static void widen_values(char *values, uint8_t from, uint8_t to, uint64_t rows) {
    switch (from * 10 + to) {
    case 12: WIDEN(uint8_t, uint16_t) break;
    case 14: WIDEN(uint8_t, int32_t) break;
    case 18: WIDEN(uint8_t, int64_t) break;
    case 24: WIDEN(uint16_t, int32_t) break;
    case 28: WIDEN(uint16_t, int64_t) break;
    case 48: WIDEN(int32_t, int64_t) break;
    }
}

bool store_widen(TableStore *store, uint32_t column, uint8_t width, uint64_t rows) {
    ColumnPlan *plan = &store->plan->columns[column];
    if (plan->width >= width) return true;
    if (store->capacity > PTRDIFF_MAX / width) return false;
    char *values = mem_realloc(store->values[column], store->capacity * width);
    if (!values) return false;
    store->values[column] = values;
    widen_values(values, plan->width, width, rows);
    plan->width = width;
    return true;
}

/* From wider to narrower in place, by way of a few values elsewhere: what is written never reaches
 * what is still to be read. */
#define NARROW(wide_type, narrow_type)                                       \
    for (uint64_t at = 0; at < rows; at += FEW) {                            \
        const wide_type *wide = (const wide_type *)values + at;              \
        uint64_t count = rows - at < FEW ? rows - at : FEW;                  \
        narrow_type few[FEW];                                                \
        for (uint64_t i = 0; i < count; i++) few[i] = (narrow_type)wide[i];  \
        memcpy((char *)values + at * sizeof *few, few, count * sizeof *few); \
    }

static void narrow_values(void *values, uint8_t from, uint8_t to, uint64_t rows) {
    switch (from * 10 + to) {
    case 21: NARROW(uint16_t, uint8_t) break;
    case 41: NARROW(int32_t, uint8_t) break;
    case 42: NARROW(int32_t, uint16_t) break;
    case 81: NARROW(int64_t, uint8_t) break;
    case 82: NARROW(int64_t, uint16_t) break;
    case 84: NARROW(int64_t, int32_t) break;
    }
}

void store_narrow(TableStore *store, uint32_t column, uint8_t width, uint64_t rows) {
    ColumnPlan *plan = &store->plan->columns[column];
    if (width >= plan->width) return;
    narrow_values(store->values[column], plan->width, width, rows);
    plan->width = width;
}

static void end_bits(uint8_t *bits, uint64_t rows) {
    if (rows % 8) bits[rows / 8] &= (uint8_t)((1u << rows % 8) - 1);
}

bool store_trim(TableStore *store, uint32_t column, uint64_t rows) {
    uint8_t width = store->plan->columns[column].width;
    void *smaller = mem_realloc(store->values[column], values_size(rows, width));
    if (!smaller) return false;
    store->values[column] = smaller;
    if (!width) end_bits(smaller, rows);
    if (!store->missing[column]) return true;
    smaller = mem_realloc(store->missing[column], bits_size(rows));
    if (!smaller) return false;
    store->missing[column] = smaller;
    end_bits(smaller, rows);
    return true;
}

void *store_take(TableStore *store, uint32_t column) {
    void *values = store->values[column];
    store->values[column] = NULL;
    return values;
}

uint8_t *store_take_missing(TableStore *store, uint32_t column) {
    uint8_t *missing = store->missing[column];
    store->missing[column] = NULL;
    return missing;
}

void store_free(TableStore *store) {
    for (uint32_t c = 0; store->values && c < store->plan->count; c++) mem_free(store->values[c]);
    for (uint32_t c = 0; store->missing && c < store->plan->count; c++)
        mem_free(store->missing[c]);
    mem_free(store->values);
    mem_free(store->missing);
    *store = (TableStore){0};
}

void store_put(void *to, uint8_t width, int64_t value) {
    switch (width) {
    case 1: *(uint8_t *)to = (uint8_t)value; break;
    case 2: *(uint16_t *)to = (uint16_t)value; break;
    case 4: *(int32_t *)to = (int32_t)value; break;
    case 8: *(int64_t *)to = value; break;
    }
}

uint8_t store_width(int64_t low, int64_t high) {
    if (low >= 0 && high <= UINT8_MAX) return 1;
    if (low >= 0 && high <= UINT16_MAX) return 2;
    return low >= INT32_MIN && high <= INT32_MAX ? 4 : 8;
}
