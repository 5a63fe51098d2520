/* Tables of cells. */
#include "tests/vectors/table.h"

#include <math.h>

#include "runtime/base/number.h"

Table *table_new(Arena *arena, size_t rows) {
    Table *table = ARENA_NEW(arena, Table);
    table->arena = arena;
    table->rows = rows;
    return table;
}

const Column *table_column(const Table *table, Slice name) {
    for (uint32_t i = 0; i < table->columns.count; i++)
        if (slice_equal(table->columns.items[i].name, name)) return &table->columns.items[i];
    return NULL;
}

static Cell *cell_at(Table *table, size_t row, Slice name) {
    const Column *column = table_column(table, name);
    if (!column) {
        Column fresh = {name, ARENA_NEW_ARRAY(table->arena, Cell, table->rows + 1)};
        VEC_PUSH(table->arena, &table->columns, fresh);
        column = &table->columns.items[table->columns.count - 1];
    }
    return &column->cells[row];
}

/* One field from *at on; *at is left behind the comma or at the line end. */
static Slice read_field(Arena *arena, Slice csv, size_t *at) {
    size_t i = *at, length = 0;
    if (i >= csv.length || csv.data[i] != '"') {
        while (i < csv.length && csv.data[i] != ',' && csv.data[i] != '\n' && csv.data[i] != '\r')
            i++;
        Slice plain = slice_sub(csv, *at, i);
        *at = i;
        return plain;
    }
    char *text = ARENA_NEW_ARRAY(arena, char, csv.length - i + 1);
    for (i++; i < csv.length; i++) {
        if (csv.data[i] == '"' && !(i + 1 < csv.length && csv.data[++i] == '"')) break;
        text[length++] = csv.data[i];
    }
    *at = i;
    return (Slice){text, length};
}

/* The fields of the line at *at, which is left at the next line. */
static void read_line(Arena *arena, Slice csv, size_t *at, Slice *fields, size_t limit,
                      size_t *count) {
    *count = 0;
    for (;;) {
        Slice field = read_field(arena, csv, at);
        if (*count < limit) fields[*count] = field;
        ++*count;
        if (*at >= csv.length || csv.data[*at] != ',') break;
        ++*at;
    }
    while (*at < csv.length && (csv.data[*at] == '\r' || csv.data[*at] == '\n')) ++*at;
}

static size_t count_lines(Slice csv) {
    size_t lines = 0;
    for (size_t i = 0; i < csv.length; i++) lines += csv.data[i] == '\n';
    return lines + 1;
}

enum { FIELD_LIMIT = 64 };

Table *table_read(Arena *arena, Slice csv) {
    Slice names[FIELD_LIMIT], fields[FIELD_LIMIT];
    size_t columns, count, at = 0, rows = 0;
    Table *table = table_new(arena, count_lines(csv));
    read_line(arena, csv, &at, names, FIELD_LIMIT, &columns);
    if (columns > FIELD_LIMIT) return NULL;
    for (size_t i = 0; i < columns; i++) cell_at(table, 0, names[i]);
    while (at < csv.length) {
        read_line(arena, csv, &at, fields, FIELD_LIMIT, &count);
        if (count != columns) return NULL;
        for (size_t i = 0; i < columns; i++)
            if (!slice_equal(fields[i], SLICE("NA")))
                table_set_text(table, rows, names[i], fields[i]);
        rows++;
    }
    table->rows = rows;
    return table;
}

bool cell_parse(Slice text, double *number) {
    const struct {
        const char *text;
        double number;
    } special[] = {{"NaN", NAN}, {"Inf", INFINITY}, {"-Inf", -INFINITY}};
    for (size_t i = 0; i < sizeof special / sizeof *special; i++) {
        if (!slice_equal(text, slice_of(special[i].text))) continue;
        *number = special[i].number;
        return true;
    }
    return number_parse(text, number);
}

double table_number(const Table *table, size_t row, Slice name) {
    const Column *column = table_column(table, name);
    double number = NAN;
    if (!column || column->cells[row].kind == CELL_NA) return NAN;
    if (column->cells[row].kind == CELL_NUMBER) return column->cells[row].number;
    return cell_parse(column->cells[row].text, &number) ? number : NAN;
}

bool table_is_na(const Table *table, size_t row, Slice name) {
    const Column *column = table_column(table, name);
    return !column || column->cells[row].kind == CELL_NA;
}

Slice table_text(const Table *table, size_t row, Slice name) {
    const Column *column = table_column(table, name);
    return column && column->cells[row].kind == CELL_TEXT ? column->cells[row].text : SLICE("NA");
}

void table_set_number(Table *table, size_t row, Slice name, double value) {
    *cell_at(table, row, name) = (Cell){CELL_NUMBER, value, {NULL, 0}};
}

void table_set_text(Table *table, size_t row, Slice name, Slice text) {
    *cell_at(table, row, name) = (Cell){CELL_TEXT, 0, text};
}

void table_set_bool(Table *table, size_t row, Slice name, bool value) {
    table_set_text(table, row, name, value ? SLICE("TRUE") : SLICE("FALSE"));
}

void table_copy_row(Table *table, size_t row, const Table *from, size_t from_row) {
    for (uint32_t i = 0; i < from->columns.count; i++) {
        Column source = from->columns.items[i];
        *cell_at(table, row, source.name) = source.cells[from_row];
    }
}
