/* Modules and data made by hand, for tests of what works on people: tables, row expressions and
 * queries in a few words, without a compiler and without a file. Data are freed with
 * fixture_free. */
#ifndef TESTS_UNIT_STRATA_FIXTURE_H
#define TESTS_UNIT_STRATA_FIXTURE_H

#include "tests/unit/test.h"

#include "runtime/base/memory.h"
#include "runtime/data/dataset.h"
#include "runtime/data/parallel.h"
#include "runtime/strata/strata.h"

typedef struct {
    Arena *arena;
    Module module;
    Dataset data;
} Fixture;

static inline void fixture_init(Fixture *fixture, Arena *arena) {
    memset(fixture, 0, sizeof *fixture);
    fixture->arena = fixture->module.arena = arena;
    fixture->data.tables = arena_alloc_array(arena, 16, sizeof *fixture->data.tables);
}

static inline void fixture_free(Fixture *fixture) { dataset_free(&fixture->data); }

/* A dimension of `count` members "0", "1", …; its number. */
static inline uint16_t fixture_dim(Fixture *fixture, const char *name, uint32_t count) {
    Arena *arena = fixture->arena;
    ModuleDim dim = {.name = slice_of(name), .title = slice_of(name), .member_count = count};
    dim.members = dim.titles = ARENA_NEW_ARRAY(arena, Slice, count);
    for (uint32_t i = 0; i < count; i++)
        dim.members[i] = arena_printf(arena, "%u", i);
    VEC_PUSH(arena, &fixture->module.dims, dim);
    return (uint16_t)(fixture->module.dims.count - 1);
}

/* A table of so many rows in each of `snapshots` snapshots; its number. Its first column is the
 * key. Events name their population (a number below), and have its snapshots. */
static inline uint32_t fixture_table(Fixture *fixture, const char *name, TableSort sort,
                                     uint32_t population, uint32_t snapshots) {
    Arena *arena = fixture->arena;
    ModuleTable table = {.name = slice_of(name),
                         .sort = sort,
                         .population = population,
                         .dated = MODULE_NONE,
                         .unit = slice_of(name)};
    for (uint32_t s = 0; s < (sort == TABLE_EVENTS ? 1 : snapshots); s++)
        VEC_PUSH(arena, &table.snapshots,
                 ((ModuleSnapshot){arena_printf(arena, "%s-%u.csv", name, s), (int32_t)s * 366}));
    VEC_PUSH(arena, &table.columns,
             ((ModuleColumn){.name = SLICE("id"), .sort = COLUMN_IDENTIFIER}));
    VEC_PUSH(arena, &fixture->module.tables, table);
    uint32_t t = fixture->module.tables.count - 1;
    fixture->data.table_count = t + 1;
    fixture->data.tables[t].snapshots = ARENA_NEW_ARRAY(arena, TableData, snapshots);
    fixture->data.tables[t].snapshot_count = snapshots;
    return t;
}

/* A further column; its number. */
static inline uint32_t fixture_column(Fixture *fixture, uint32_t table, const char *name,
                                      ColumnSort sort, uint16_t dim) {
    ModuleTable *declared = &fixture->module.tables.items[table];
    VEC_PUSH(fixture->arena, &declared->columns,
             ((ModuleColumn){.name = slice_of(name), .sort = sort, .may_miss = true, .dim = dim}));
    return declared->columns.count - 1;
}

/* Makes room for the columns declared so far; fill them with fixture_set_*. */
static inline TableData *fixture_rows(Fixture *fixture, uint32_t table, uint32_t snapshot,
                                      uint64_t rows) {
    const ModuleTable *declared = &fixture->module.tables.items[table];
    TableData *data = &fixture->data.tables[table].snapshots[snapshot];
    data->rows = rows;
    data->column_count = declared->columns.count;
    data->columns = ARENA_NEW_ARRAY(fixture->arena, Column, data->column_count);
    for (uint32_t c = 0; c < data->column_count; c++) {
        data->columns[c].sort = declared->columns.items[c].sort;
        data->columns[c].real = data->columns[c].sort == COLUMN_REAL;
    }
    return data;
}

static inline void fixture_set_missing(Column *column, uint64_t rows, const uint8_t *missing) {
    if (!missing) return;
    column->missing = mem_alloc(rows / 8 + 1);
    for (uint64_t r = 0; r < rows; r++) {
        column->missing[r / 8] |= (uint8_t)((missing[r] != 0) << r % 8);
        column->missing_count += missing[r] != 0;
    }
    if (column->missing_count) return;
    mem_free(column->missing);
    column->missing = NULL;
}

/* Whole numbers, held as narrow as a file's would be; missing[r] not 0: none in row r. */
static inline void fixture_set_whole(TableData *data, uint32_t c, const int64_t *values,
                                     const uint8_t *missing) {
    Column *column = &data->columns[c];
    fixture_set_missing(column, data->rows, missing);
    bool any = false;
    for (uint64_t r = 0; r < data->rows; r++) {
        if (missing && missing[r]) continue;
        if (!any || values[r] < column->low) column->low = values[r];
        if (!any || values[r] > column->high) column->high = values[r];
        any = true;
    }
    int64_t low = column->low, high = column->high;
    bool bits = column->sort == COLUMN_FLAG;
    column->width = bits                                          ? 0
                    : low >= 0 && high <= 255                       ? 1
                    : low >= 0 && high <= 65535                   ? 2
                    : low >= INT32_MIN && high <= INT32_MAX       ? 4
                                                                  : 8;
    column->values = mem_alloc(values_size(data->rows, column->width));
    for (uint64_t r = 0; r < data->rows; r++) {
        int64_t value = missing && missing[r] ? 0 : values[r];
        switch (column->width) {
        case 0: ((uint8_t *)column->values)[r / 8] |= (uint8_t)(value << r % 8); break;
        case 1: ((uint8_t *)column->values)[r] = (uint8_t)value; break;
        case 2: ((uint16_t *)column->values)[r] = (uint16_t)value; break;
        case 4: ((int32_t *)column->values)[r] = (int32_t)value; break;
        case 8: ((int64_t *)column->values)[r] = value; break;
        }
    }
}

static inline void fixture_set_real(TableData *data, uint32_t c, const double *values,
                                    const uint8_t *missing) {
    Column *column = &data->columns[c];
    fixture_set_missing(column, data->rows, missing);
    column->width = 8;
    column->values = mem_alloc_array(data->rows, sizeof(double));
    for (uint64_t r = 0; r < data->rows; r++)
        ((double *)column->values)[r] = missing && missing[r] ? 0 : values[r];
}

/* Joins the rows of an events table to people of a snapshot (DATA_NO_PERSON: nobody). The first
 * snapshot has the columns; a further one shares them. */
static inline void fixture_join(Fixture *fixture, uint32_t table, uint32_t snapshot,
                                const uint32_t *person) {
    TableData *data = fixture->data.tables[table].snapshots;
    if (snapshot) data[snapshot] = data[0];
    data[snapshot].person = mem_alloc_array(data->rows, sizeof *person);
    data[snapshot].unmatched = 0;
    for (uint64_t r = 0; r < data->rows; r++) {
        data[snapshot].person[r] = person[r];
        data[snapshot].unmatched += person[r] == DATA_NO_PERSON;
    }
}

/* After the last fixture_join of the table: its rows in the order of their people. */
static inline void fixture_cluster(Fixture *fixture, uint32_t table) {
    if (!dataset_cluster(fixture->data.tables[table].snapshots,
                         fixture->data.tables[table].snapshot_count, 1, NULL))
        fail_msg("no memory to cluster");
}

/* ---- Row expressions ----------------------------------------------------------------------- */

static inline uint32_t fixture_node(Fixture *fixture, RowNode node) {
    VEC_PUSH(fixture->arena, &fixture->module.rows, node);
    return fixture->module.rows.count - 1;
}

static inline uint32_t fixture_op(Fixture *fixture, RowOp op, uint32_t a, uint32_t b, uint32_t c) {
    const RowNode *nodes = fixture->module.rows.items;
    bool compared = op == ROW_EQ || op == ROW_NE || op == ROW_LT || op == ROW_LE;
    bool whole = compared || op == ROW_IS_MISSING || op == ROW_COLUMN || op == ROW_TABLE;
    uint8_t real = op == ROW_SELECT ? nodes[b].real : whole ? 0 : nodes[a].real;
    return fixture_node(fixture, (RowNode){.op = (uint8_t)op, .real = real, .a = a, .b = b, .c = c});
}

static inline uint32_t fixture_read(Fixture *fixture, uint32_t column, bool real) {
    return fixture_node(fixture, (RowNode){.op = ROW_COLUMN, .real = real, .a = column});
}

static inline uint32_t fixture_read_person(Fixture *fixture, uint32_t column, bool real) {
    return fixture_node(fixture, (RowNode){.op = ROW_PERSON_COLUMN, .real = real, .a = column});
}

static inline uint32_t fixture_const(Fixture *fixture, int64_t value) {
    return fixture_node(fixture, (RowNode){.op = ROW_CONST, .value = value});
}

static inline uint32_t fixture_const_real(Fixture *fixture, double number) {
    return fixture_node(fixture, (RowNode){.op = ROW_CONST, .real = 1, .number = number});
}

/* ---- Queries ------------------------------------------------------------------------------- */

/* A query without filter, breakdown and value; its number. */
static inline uint32_t fixture_query(Fixture *fixture, uint32_t table, AggSort agg) {
    StrataQuery query = {.table = table,
                         .filter = MODULE_NONE,
                         .agg = agg,
                         .value = MODULE_NONE,
                         .rank = MODULE_NONE,
                         .valued = MODULE_NONE,
                         .scale_num = 1,
                         .scale_den = 1,
                         .text = SLICE("a query of the test")};
    VEC_PUSH(fixture->arena, &fixture->module.queries, query);
    return fixture->module.queries.count - 1;
}

static inline void fixture_by(Fixture *fixture, uint32_t query, uint16_t dim, uint32_t node) {
    StrataQuery *made = &fixture->module.queries.items[query];
    made->dims[made->dim_count] = dim;
    made->groups[made->dim_count++] = node;
}

/* All queries of the fixture's module over its data, which must succeed. */
static inline StrataResult fixture_run(Fixture *fixture, uint32_t threads) {
    StrataResult result;
    Slice error = SLICE("");
    fixture->data.crew = parallel_open(threads);
    ScpStatus status = strata_run(&fixture->module, &fixture->data, &(StrataOptions){0},
                                  fixture->arena, &result, &error);
    parallel_close(fixture->data.crew);
    fixture->data.crew = NULL;
    if (status != SCP_OK) fail_msg("%.*s", SLICE_FMT(error));
    return result;
}

#endif
