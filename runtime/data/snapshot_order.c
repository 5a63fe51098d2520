/* People in order of where they live: who counts by area then meets an area at a time. The order
 * of rows means nothing to any result. */
#include "runtime/base/memory.h"
#include "runtime/data/cluster.h"
#include "runtime/data/snapshot.h"

/* The column by which people are put in order; MODULE_NONE: there is none. */
static uint32_t geography_column(const Module *module, const ModuleTable *table) {
    for (uint32_t c = 0; c < table->columns.count; c++) {
        const ModuleColumn *column = &table->columns.items[c];
        if (column->sort == COLUMN_CATEGORY &&
            module->dims.items[column->dim].sort == DIM_GEOGRAPHY)
            return c;
    }
    return MODULE_NONE;
}

/* Codes are one or two bytes, and four where an area has more than 65,535 neighbours. */
static uint32_t code_at(const Column *column, uint64_t row) {
    switch (column->width) {
    case 1: return ((const uint8_t *)column->values)[row];
    case 2: return ((const uint16_t *)column->values)[row];
    default: return ((const uint32_t *)column->values)[row];
    }
}

/* A counting sort that keeps the order of rows with one code. */
static void order_rows(const Column *column, uint64_t rows, uint32_t *starts, uint32_t codes,
                       uint32_t *order) {
    for (uint64_t row = 0; row < rows; row++) starts[code_at(column, row) + 1]++;
    for (uint32_t code = 0; code < codes; code++) starts[code + 1] += starts[code];
    for (uint64_t row = 0; row < rows; row++) order[starts[code_at(column, row)]++] = (uint32_t)row;
}

static bool move_people(TableData *people, const uint32_t *order) {
    for (uint32_t c = 0; c < people->column_count; c++)
        if (!column_move(&people->columns[c], order, people->rows)) return false;
    return true;
}

static void renumber(TableData *events, const uint32_t *places) {
    for (uint64_t row = 0; row < events->rows; row++)
        if (events->person[row] != DATA_NO_PERSON) events->person[row] = places[events->person[row]];
}

static bool order_day(const Module *module, Dataset *dataset, uint32_t table, uint32_t day,
                      uint32_t column, uint32_t *order, uint32_t *starts, uint32_t *places) {
    TableData *people = &dataset->tables[table].snapshots[day];
    uint32_t codes = module->dims.items[module->tables.items[table].columns.items[column].dim]
                         .member_count;
    order_rows(&people->columns[column], people->rows, starts, codes, order);
    if (!move_people(people, order)) return false;
    for (uint64_t row = 0; row < people->rows; row++) places[order[row]] = (uint32_t)row;
    for (uint32_t t = 0; t < dataset->table_count; t++)
        if (module->tables.items[t].sort == TABLE_EVENTS &&
            module->tables.items[t].population == table)
            renumber(&dataset->tables[t].snapshots[day], places);
    people->ordered_by = module->tables.items[table].columns.items[column].name;
    return true;
}

static bool order_table(const Module *module, Dataset *dataset, uint32_t table) {
    uint32_t column = geography_column(module, &module->tables.items[table]);
    if (column == MODULE_NONE) return true;
    uint32_t codes =
        module->dims.items[module->tables.items[table].columns.items[column].dim].member_count;
    bool done = true;
    for (uint32_t day = 0; day < dataset->tables[table].snapshot_count && done; day++) {
        uint64_t rows = dataset->tables[table].snapshots[day].rows;
        uint32_t *order = mem_alloc_array(rows, sizeof *order);
        uint32_t *places = mem_alloc_array(rows, sizeof *places);
        uint32_t *starts = mem_alloc_array((size_t)codes + 2, sizeof *starts);
        done = order && places && starts &&
               order_day(module, dataset, table, day, column, order, starts, places);
        mem_free(order);
        mem_free(places);
        mem_free(starts);
    }
    return done;
}

static bool in_memory(const Dataset *dataset, uint32_t table) {
    for (uint32_t s = 0; s < dataset->tables[table].snapshot_count; s++)
        if (dataset->tables[table].snapshots[s].stored) return false;
    return true;
}

bool dataset_order_people(const Module *module, Dataset *dataset, uint32_t threads) {
    progress_begin(dataset->progress, "putting people in order", 0);
    for (uint32_t t = 0; t < dataset->table_count; t++)
        if (module->tables.items[t].sort == TABLE_POPULATION && in_memory(dataset, t) &&
            !order_table(module, dataset, t))
            return false;
    for (uint32_t t = 0; t < dataset->table_count; t++) {
        struct DatasetTable *table = &dataset->tables[t];
        if (module->tables.items[t].sort == TABLE_EVENTS && in_memory(dataset, t) &&
            !dataset_cluster(table->snapshots, table->snapshot_count, threads))
            return false;
    }
    return true;
}
