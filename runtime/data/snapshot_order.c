/* People in order of where they live: who counts by area then meets an area at a time. The order
 * of rows means nothing to any result. */
#include "runtime/base/memory.h"
#include "runtime/data/reorder.h"
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

static bool move_people(Reorder *reorder, TableData *people) {
    for (uint32_t c = 0; c < people->column_count; c++)
        if (!reorder_column(reorder, &people->columns[c])) return false;
    return true;
}

static void renumber(TableData *events, const uint32_t *places) {
    for (uint64_t row = 0; row < events->rows; row++)
        if (events->person[row] != DATA_NO_PERSON) events->person[row] = places[events->person[row]];
}

/* Tells the events where their people are now. */
static bool follow_people(const Module *module, Dataset *dataset, uint32_t table, uint32_t day,
                          Reorder *reorder) {
    uint64_t rows = dataset->tables[table].snapshots[day].rows;
    if (!dataset_has_events(module, table)) return true;
    uint32_t *before = mem_alloc_array(rows, sizeof *before);
    uint32_t *places = mem_alloc_array(rows, sizeof *places);
    bool done = before && places;
    for (uint64_t row = 0; done && row < rows; row++) before[row] = (uint32_t)row;
    done = done && reorder_values(reorder, before, sizeof *before);
    for (uint64_t row = 0; done && row < rows; row++) places[before[row]] = (uint32_t)row;
    for (uint32_t t = 0; done && t < dataset->table_count; t++)
        if (module->tables.items[t].sort == TABLE_EVENTS &&
            module->tables.items[t].population == table)
            renumber(&dataset->tables[t].snapshots[day], places);
    mem_free(before);
    mem_free(places);
    return done;
}

static bool order_day(const Module *module, Dataset *dataset, uint32_t table, uint32_t day,
                      uint32_t column, uint32_t threads) {
    TableData *people = &dataset->tables[table].snapshots[day];
    const ModuleColumn *declared = &module->tables.items[table].columns.items[column];
    const Column *codes = &people->columns[column];
    Reorder *reorder = reorder_open(codes->values, codes->width, people->rows,
                                    module->dims.items[declared->dim].member_count, threads,
                                    NULL);
    bool done = reorder && move_people(reorder, people) &&
                follow_people(module, dataset, table, day, reorder);
    reorder_close(reorder);
    people->ordered_by = declared->name;
    return done;
}

static bool order_table(const Module *module, Dataset *dataset, uint32_t table, uint32_t threads) {
    uint32_t column = geography_column(module, &module->tables.items[table]);
    if (column == MODULE_NONE) return true;
    for (uint32_t day = 0; day < dataset->tables[table].snapshot_count; day++)
        if (!order_day(module, dataset, table, day, column, threads)) return false;
    return true;
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
            !order_table(module, dataset, t, threads))
            return false;
    for (uint32_t t = 0; t < dataset->table_count; t++) {
        struct DatasetTable *table = &dataset->tables[t];
        if (module->tables.items[t].sort == TABLE_EVENTS && in_memory(dataset, t) &&
            !dataset_cluster(table->snapshots, table->snapshot_count, threads, NULL))
            return false;
    }
    return true;
}
