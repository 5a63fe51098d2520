/* Whether a snapshot holds what a plan declares, and the columns of a table out of it. Values are
 * neither read nor copied here. A snapshot may hold more than is declared: other tables, further
 * columns, narrower bounds. */
#include "runtime/data/snapshot.h"

#include <inttypes.h>
#include <string.h>

#include "runtime/base/date.h"
#include "runtime/data/problem.h"

typedef struct {
    const Snapshot *snapshot;
    const Module *module;
    const ModuleTable *table;
    Arena *arena;
    DataReport *report;
    bool fits;
} Fitting;

static void differs(Fitting *f, Slice column, Slice message) {
    f->fits = false;
    data_report_add(f->report, f->arena,
                    (DataProblem){DIAG_SNAPSHOT_MISMATCH, f->snapshot->file, 0, 0, column, message});
}

/* ---- Columns -------------------------------------------------------------------------------- */

static const char *sort_name(uint32_t sort) {
    switch ((ColumnSort)sort) {
    case COLUMN_IDENTIFIER: return "identifiers";
    case COLUMN_INTEGER: return "whole numbers";
    case COLUMN_REAL: return "numbers";
    case COLUMN_MONEY: return "pounds";
    case COLUMN_DATE: return "dates";
    case COLUMN_FLAG: return "flags";
    case COLUMN_CATEGORY: break;
    }
    return "categories";
}

/* Categories the plan declares after those that were packed change no code. */
static void compare_members(Fitting *f, Slice name, const SnapshotColumn *held,
                            const ModuleDim *dim) {
    for (uint32_t i = 0; i < held->members.count; i++) {
        bool there = i < dim->member_count;
        if (there && slice_equal(held->members.items[i], dim->members[i])) continue;
        Slice packed = held->members.items[i];
        Slice message =
            there ? arena_printf(f->arena,
                                 "it was packed with `%.*s` as category %" PRIu32
                                 ", where the plan now declares `%.*s`",
                                 SLICE_FMT(packed), i + 1, SLICE_FMT(dim->members[i]))
                  : arena_printf(f->arena,
                                 "it was packed with the category `%.*s`, which the plan does "
                                 "not declare",
                                 SLICE_FMT(packed));
        differs(f, name, message);
        return;
    }
}

/* The range of numbers that are not whole is held against each of them when they are verified. */
static void compare_column(Fitting *f, const ModuleColumn *declared, const SnapshotPart *part,
                           const SnapshotColumn *held) {
    bool bounded = part->rows > held->missing_count && held->sort != COLUMN_REAL;
    if (declared->sort != held->sort) {
        differs(f, declared->name,
                arena_printf(f->arena, "it was packed as %s, the plan declares %s",
                             sort_name(held->sort), sort_name(declared->sort)));
        return;
    }
    if (declared->sort == COLUMN_CATEGORY)
        compare_members(f, declared->name, held, &f->module->dims.items[declared->dim]);
    if (held->missing_count && !declared->may_miss)
        differs(f, declared->name,
                SLICE("values are missing in it; the column is not declared `or missing`"));
    if (bounded && declared->has_range &&
        (held->low < declared->low || held->high > declared->high))
        differs(f, declared->name, SLICE("it holds values outside the range the plan declares"));
}

static const SnapshotColumn *find_column(const SnapshotPart *part, Slice name) {
    VEC_EACH(const SnapshotColumn, column, &part->columns)
        if (slice_equal(column->name, name)) return column;
    return NULL;
}

static void fit_columns(Fitting *f, const SnapshotPart *part, SnapshotUse *use) {
    for (uint32_t c = 0; c < f->table->columns.count; c++) {
        const ModuleColumn *declared = &f->table->columns.items[c];
        if (declared->sort == COLUMN_IDENTIFIER) continue;
        const SnapshotColumn *held = use->columns[c] = find_column(part, declared->name);
        if (held) compare_column(f, declared, part, held);
        else differs(f, declared->name, SLICE("it was packed without this column"));
    }
}

/* ---- Tables --------------------------------------------------------------------------------- */

static const SnapshotPart *find_part(const Snapshot *snapshot, const ModuleTable *table,
                                     uint32_t day) {
    VEC_EACH(const SnapshotPart, part, &snapshot->directory.parts) {
        if (part->sort != (uint32_t)table->sort || !slice_equal(part->name, table->name)) continue;
        if (table->sort == TABLE_EVENTS || part->as_at == table->snapshots.items[day].as_at)
            return part;
    }
    return NULL;
}

static void no_part(Fitting *f, uint32_t day) {
    Slice name = f->table->name;
    if (f->table->sort == TABLE_EVENTS) {
        differs(f, SLICE(""), arena_printf(f->arena, "it holds no events `%.*s`", SLICE_FMT(name)));
        return;
    }
    Slice date = date_format_iso(f->arena, f->table->snapshots.items[day].as_at);
    differs(f, SLICE(""), arena_printf(f->arena, "it holds no population `%.*s` as at %.*s",
                                       SLICE_FMT(name), SLICE_FMT(date)));
}

/* Views into the map; nobody writes through them. */
static void *view(const Snapshot *snapshot, const SnapshotArray *array) {
    return snapshot->arrays + array->offset;
}

static void take_columns(const Fitting *f, SnapshotUse *use, TableData *data) {
    data->column_count = f->table->columns.count;
    data->columns = ARENA_NEW_ARRAY(f->arena, Column, data->column_count);
    for (uint32_t c = 0; c < data->column_count; c++) {
        const SnapshotColumn *held = use->columns[c];
        Column *column = &data->columns[c];
        column->sort = f->table->columns.items[c].sort;
        if (!held) continue;
        column->width = (uint8_t)held->width;
        column->real = column->sort == COLUMN_REAL;
        column->values = view(f->snapshot, &held->values);
        column->missing_count = held->missing_count;
        if (held->missing_count) column->missing = view(f->snapshot, &held->missing);
        column->low = held->low;
        column->high = held->high;
        column->unverified = true;
    }
}

ScpStatus snapshot_take(const Snapshot *snapshot, const Module *module, uint32_t table,
                        uint32_t day, Arena *arena, TableData *data, DataReport *report) {
    Fitting f = {snapshot, module, &module->tables.items[table], arena, report, true};
    const SnapshotPart *part = find_part(snapshot, f.table, day);
    if (!part) {
        no_part(&f, day);
        return SCP_DATA;
    }
    SnapshotUse *use = ARENA_NEW(arena, SnapshotUse);
    use->snapshot = snapshot;
    use->part = part;
    use->table = f.table;
    use->columns = arena_alloc_array(arena, f.table->columns.count, sizeof *use->columns);
    fit_columns(&f, part, use);
    if (!f.fits) return SCP_DATA;
    data->rows = part->rows;
    data->blank_lines = part->blank_lines;
    data->file = part->file;
    memcpy(data->sha256, part->sha256.data, SHA256_HEX_SIZE - 1);
    data->stored = use;
    take_columns(&f, use, data);
    return SCP_OK;
}

ScpStatus snapshot_join(const Module *module, uint32_t table, const TableData *people,
                        TableData *data, Arena *arena, DataReport *report) {
    const SnapshotUse *events = data->stored;
    const ModuleTable *declared = &module->tables.items[table];
    const ModuleTable *population = &module->tables.items[declared->population];
    Fitting f = {events->snapshot, module, declared, arena, report, true};
    for (uint32_t j = 0; j < events->part->joins.count; j++) {
        const SnapshotJoin *join = &events->part->joins.items[j];
        bool same = people->stored && people->stored->snapshot == events->snapshot;
        if (!same || &events->snapshot->directory.parts.items[join->part] != people->stored->part)
            continue;
        SnapshotUse *use = ARENA_NEW(arena, SnapshotUse);
        *use = *events;
        use->join = j;
        data->stored = use;
        data->person = view(events->snapshot, &join->rows);
        data->unmatched = join->unmatched;
        data->clustered = true;
        return SCP_OK;
    }
    differs(&f, SLICE(""),
            arena_printf(arena,
                         "`%.*s` is joined to people of its own: take `%.*s` from the same "
                         "snapshot",
                         SLICE_FMT(declared->name), SLICE_FMT(population->name)));
    return SCP_DATA;
}
