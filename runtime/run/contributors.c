/* A sum's contributors, counted by a query of their own. */
#include "runtime/run/contributors.h"

#include <string.h>

static bool is_sum(const StrataQuery *query) {
    return query->agg == AGG_SUM || query->agg == AGG_SUM_SQUARES;
}

static uint32_t add_row(Module *module, RowNode node) {
    module->rows.items[module->rows.count] = node;
    return module->rows.count++;
}

/* Rows of the sum whose value is not 0; where it is missing that is not so either. */
static void add_count(Module *module, const StrataQuery *sum) {
    bool real = module->rows.items[sum->value].real;
    uint32_t zero = add_row(module, (RowNode){.op = ROW_CONST, .real = real});
    uint32_t filter = add_row(module, (RowNode){.op = ROW_NE, .a = sum->value, .b = zero});
    if (sum->filter != MODULE_NONE)
        filter = add_row(module, (RowNode){.op = ROW_AND, .a = sum->filter, .b = filter});
    StrataQuery *count = &module->queries.items[module->queries.count++];
    *count = *sum;
    count->agg = AGG_ROWS;
    count->filter = filter;
    count->value = MODULE_NONE;
    count->scale_num = count->scale_den = 1;
}

Module *contributors_ask(const Module *module, Arena *arena) {
    enum { ROWS_A_SUM = 3 };
    Module *asked = ARENA_NEW(arena, Module);
    *asked = *module;
    uint32_t sums = 0;
    for (uint32_t i = 0; i < module->queries.count; i++) sums += is_sum(&module->queries.items[i]);
    if (!sums) return asked;
    asked->rows.capacity = module->rows.count + ROWS_A_SUM * sums;
    asked->rows.items = ARENA_NEW_ARRAY(arena, RowNode, asked->rows.capacity);
    if (module->rows.count)
        memcpy(asked->rows.items, module->rows.items,
               module->rows.count * sizeof *asked->rows.items);
    asked->queries.capacity = module->queries.count + sums;
    asked->queries.items = ARENA_NEW_ARRAY(arena, StrataQuery, asked->queries.capacity);
    memcpy(asked->queries.items, module->queries.items,
           module->queries.count * sizeof *asked->queries.items);
    for (uint32_t i = 0; i < module->queries.count; i++)
        if (is_sum(&module->queries.items[i])) add_count(asked, &module->queries.items[i]);
    return asked;
}

void contributors_put(const Module *module, StrataResult *result) {
    uint32_t count = module->queries.count;
    for (uint32_t i = 0; i < module->queries.count; i++) {
        if (!is_sum(&module->queries.items[i])) continue;
        result->cells[i].rows = result->cells[count].rows;
        result->cells[i].people = result->cells[count].people;
        count++;
    }
}
