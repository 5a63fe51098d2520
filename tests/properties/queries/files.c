/* A batch as a folder: the plan, the people, their events, the areas. Declares only what the
 * questions name, so that a smaller case reads short. */
#include "model.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static FILE *open_file(const char *folder, const char *name) {
    char *path = join("%s/%s", folder, name);
    FILE *out = fopen(path, "wb");
    if (!out) stop("%s: %s", path, strerror(errno));
    return out;
}

static void close_file(FILE *out) {
    if (ferror(out) | fclose(out)) stop("a file cannot be written");
}

/* ---- Rows -------------------------------------------------------------------------------------- */

static void write_field(const Batch *batch, FILE *out, const char *text, int row, bool last) {
    bool quoted = batch->quoted && row % 3 == 0 && *text;
    fprintf(out, quoted ? "\"%s\"%s" : "%s%s", text, last ? batch->crlf ? "\r\n" : "\n" : ",");
}

static const char *key_of(const Batch *batch, const Records *table, int row) {
    if (table->ids) return table->ids[row];
    if (table->person[row] < 0) return join("nobody%d", row);
    const int *rows = batch->tables[0].rows_of[table->person[row]];
    return batch->tables[0].ids[rows[0] >= 0 ? rows[0] : rows[1]];
}

/* The rows in their order, or in a random one. */
static int *order_of(const Records *table, Chance *order) {
    int *rows = take((size_t)table->rows * sizeof *rows);
    for (int i = 0; i < table->rows; i++) {
        int at = order ? (int)pick(order, 0, i) : i;
        rows[i] = rows[at];
        rows[at] = i;
    }
    return rows;
}

static void write_table(const Batch *batch, const Records *table, int snapshot, const char *folder,
                        Chance *order) {
    FILE *out = open_file(folder, snapshot ? "later.csv" : table->file);
    const int *rows = order_of(table, order);
    write_field(batch, out, "id", 1, table->column_count == 0);
    for (int i = 0; i < table->column_count; i++)
        write_field(batch, out, table->columns[i].name, 1, i + 1 == table->column_count);
    for (int n = 0; n < table->rows; n++) {
        int r = rows[n];
        if (in_no_file(batch, table, r)) continue;
        if (table->snapshot && table->snapshot[r] != snapshot) continue;
        write_field(batch, out, key_of(batch, table, r), r, table->column_count == 0);
        for (int i = 0; i < table->column_count; i++)
            write_field(batch, out,
                        table->values[(size_t)r * (size_t)table->column_count + (size_t)i].text, r,
                        i + 1 == table->column_count);
    }
    close_file(out);
}

static void write_geography(const Geography *places, const char *folder) {
    FILE *out = open_file(folder, join("%s.csv", places->name));
    for (int l = 0; l < places->level_count; l++)
        fprintf(out, "%s%s", l ? "," : "", places->levels[l]);
    for (int i = 0; i < places->sizes[0]; i++)
        for (int l = 0; l < places->level_count; l++)
            fprintf(out, "%s%s_%d", l ? "," : "\n", places->levels[l], places->parent[l][i]);
    fputc('\n', out);
    close_file(out);
}

/* ---- The plan ---------------------------------------------------------------------------------- */

static char *type_text(const Batch *batch, const Column *column) {
    static const char *const plain[] = {"integer", "years", "number", "pence",
                                        "pounds",  "date",  "flag"};
    char *text;
    if (column->sort == COLUMN_AREA) {
        text = join("category of %s", batch->geographies[column->geography].name);
    } else if (column->sort == COLUMN_CODE || column->sort == COLUMN_ORDERED) {
        text = join("%s(", column->sort == COLUMN_CODE ? "category" : "ordered");
        for (int i = 0; i < column->member_count; i++)
            text = join("%s%s%s", text, i ? ", " : "", column->members[i]);
        text = join("%s)", text);
    } else {
        text = join("%s", plain[column->sort]);
        if (column->words)
            text = join("flag(no: %s, yes: %s)", flag_words[column->words][0],
                        flag_words[column->words][1]);
        if (column->ranged && column->sort <= COLUMN_YEARS)
            text = join("%s in %lld .. %lld", text, (long long)column->low, (long long)column->high);
    }
    return join("%s%s%s", text, column->may_miss ? " or missing" : "",
                column->unknown ? " as unknown" : "");
}

/* A column of areas is named by any of their levels. */
static bool column_named(const Batch *batch, const Column *column, const char *text) {
    if (column->sort != COLUMN_AREA) return names(text, column->name);
    const Geography *places = &batch->geographies[column->geography];
    for (int l = 0; l < places->level_count; l++)
        if (names(text, places->levels[l])) return true;
    return false;
}

static char *columns_text(const Batch *batch, const Records *table, const char *used) {
    char *text = "";
    for (int i = 0; i < table->column_count; i++) {
        const Column *column = &table->columns[i];
        if (i != table->dated && !column_named(batch, column, used)) continue;
        text = join("%s  column %s : %s\n", text, column->name, type_text(batch, column));
    }
    return text;
}

static char *events_text(const Batch *batch, const Records *table, const char *used) {
    char *text = join("events %s \"Events\" from \"%s\" of people on id as contacts {\n%s", table->name,
                      table->file, columns_text(batch, table, used));
    if (table->dated >= 0)
        text = join("%s  dated %s\n", text, table->columns[table->dated].name);
    if (table->dated >= 0 && table->covered)
        text = join("%s  covers %s .. %s\n", text, day_text(table->from), day_text(table->to));
    return join("%s}\n\n", text);
}

static char *lets_text(const Batch *batch) {
    char **lines = take((size_t)batch->ask_count * sizeof *lines);
    size_t length = 1;
    for (int i = 0; i < batch->ask_count; i++) {
        const Ask *ask = &batch->asks[i];
        lines[i] = join("let q%d", i);
        for (int d = 0; d < ask->dim_count; d++)
            lines[i] = join("%s %s %s", lines[i], d ? "*" : "by", batch->dims[ask->dims[d]].name);
        lines[i] = join("%s = %s\n", lines[i], ask_plan(batch, ask));
        length += strlen(lines[i]);
    }
    char *text = take(length), *at = text;
    for (int i = 0; i < batch->ask_count; i++) at += sprintf(at, "%s", lines[i]);
    return text;
}

/* Segments and dimensions that the text names, and those that these name. */
static char *with_declarations(const Batch *batch, char *text) {
    for (int s = batch->segment_count; s-- > 0;) {
        const Segment *segment = &batch->segments[s];
        const char *of = segment->parent < 0 ? "people" : batch->segments[segment->parent].name;
        if (names(text, segment->name))
            text = join("segment %s of %s where %s\n%s", segment->name, of, cond_plan(segment->where),
                        text);
    }
    for (int d = batch->dim_count; d-- > 0;) {
        const Dim *dim = &batch->dims[d];
        if (dim->declared && names(text, dim->name)) text = join("%s\n%s", dim->declared, text);
    }
    return text;
}

/* Periods are those of all events together, also of those that nothing else is asked of; so is the
 * year that is counted where people are known at two dates. */
static bool by_period(const char *text) {
    return names(text, "fy") || names(text, "quarter") || names(text, "month") || names(text, "week");
}

static char *plan_text(const Batch *batch) {
    char *used = with_declarations(batch, lets_text(batch)), *events = "";
    for (int t = 1; t < batch->table_count; t++)
        if (names(used, batch->tables[t].name) || by_period(used) || batch->snapshots > 1)
            events = join("%s%s", events, events_text(batch, &batch->tables[t], used));
    char *text = join("edition 2026\n\nplan asked \"Asked\" {\n  horizon FY2025/26 .. FY2029/30\n"
                      "  as_of 2026-11-01\n}\n\n");
    char *people = columns_text(batch, &batch->tables[0], used);
    for (int g = 0; g < batch->geography_count; g++) {
        const Geography *places = &batch->geographies[g];
        if (!names(people, places->name) && !names(events, places->name)) continue;
        text = join("%sgeography %s from \"%s.csv\" {\n", text, places->name, places->name);
        for (int l = 0; l < places->level_count; l++)
            text = join("%s  level %s\n", text, places->levels[l]);
        text = join("%s}\n\n", text);
    }
    text = join("%spopulation people \"People\" from \"people.csv\" {\n  as_at %s\n"
                "%s  column id : identifier\n%s}\n\n",
                text, batch->dates[0],
                batch->snapshots > 1
                    ? join("  snapshot from \"later.csv\" at %s\n", batch->dates[1])
                    : "",
                people);
    return join("%s%s%s", text, events, used);
}

void write_batch(const Batch *batch, const char *folder, Chance *order) {
    write_file(join("%s/plan.scp", folder), plan_text(batch));
    for (int t = 0; t < batch->table_count; t++)
        for (int s = 0; s < (t ? 1 : batch->snapshots); s++)
            write_table(batch, &batch->tables[t], s, folder, order);
    for (int g = 0; g < batch->geography_count; g++)
        write_geography(&batch->geographies[g], folder);
}
