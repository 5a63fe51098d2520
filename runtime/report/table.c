/* Tables for a terminal. */
#include "runtime/report/table.h"

#include "runtime/base/utf8.h"

void plain_text(Buffer *out, Slice text) {
    for (size_t at = 0; at < text.length;) {
        uint32_t code;
        size_t size = utf8_decode_lossy(text, at, &code);
        if (utf8_is_control(code) || utf8_is_bidirectional(code))
            buffer_printf(out, "\\u{%X}", (unsigned)code);
        else
            buffer_add_code_point(out, code);
        at += size;
    }
}

static Slice made_plain(Arena *arena, Slice text) {
    Buffer out;
    buffer_init(&out, arena);
    plain_text(&out, text);
    return buffer_slice(&out);
}

void table_begin(Table *table, Arena *arena) {
    *table = (Table){.arena = arena};
}

void table_column(Table *table, Slice heading, bool right) {
    if (table->columns == TABLE_MAX_COLUMNS) return;
    table->right[table->columns++] = right;
    table_cell(table, heading);
}

void table_cell(Table *table, Slice text) {
    VEC_PUSH(table->arena, &table->cells, made_plain(table->arena, text));
}

static size_t column_width(const Table *table, uint32_t column) {
    size_t width = 0;
    for (uint32_t i = column; i < table->cells.count; i += table->columns) {
        size_t length = utf8_count(table->cells.items[i]);
        if (length > width) width = length;
    }
    return width;
}

/* Blanks are owed until something follows them, so that no line ends in any. */
static void print_row(const Table *table, Buffer *out, uint32_t first, const size_t *widths,
                      size_t indent) {
    size_t owed = indent;
    for (uint32_t column = 0; column < table->columns; column++) {
        Slice cell = table->cells.items[first + column];
        size_t blanks = widths[column] - utf8_count(cell);
        if (table->right[column]) owed += blanks;
        if (cell.length) {
            buffer_add_repeated(out, ' ', owed);
            owed = 0;
        }
        buffer_add(out, cell);
        if (!table->right[column]) owed += blanks;
        owed += 2;
    }
    buffer_add_char(out, '\n');
}

void table_print(const Table *table, Buffer *out, int indent) {
    size_t widths[TABLE_MAX_COLUMNS];
    for (uint32_t column = 0; column < table->columns; column++)
        widths[column] = column_width(table, column);
    for (uint32_t i = 0; i + table->columns <= table->cells.count; i += table->columns)
        print_row(table, out, i, widths, (size_t)indent);
}
