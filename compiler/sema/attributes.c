/* What is known of every area of a geography beside where it lies: a rank of deprivation, whether
 * it is rural. Read with the areas, held as a look-up from the finest area to a whole number, so
 * that a condition on people can ask it of theirs. Refuses what no whole number of 31 bits and a
 * scale can hold exactly. */
#include "compiler/sema/people.h"

#include <string.h>

#include "runtime/base/number.h"
#include "runtime/data/field.h"
#include "runtime/data/problem.h"

enum { MOST_PLACES = 9 };

/* One column while it is read. */
typedef struct {
    const Decl *decl;
    uint32_t column; /* of the file */
    ModuleColumn spec;
    TableColumn info;
    Dictionary categories; /* COLUMN_CATEGORY; of a COLUMN_FLAG with texts: no and yes */
    int places;          /* COLUMN_REAL: the most decimals of a number so far */
    VEC(int64_t) values; /* COLUMN_REAL: mantissas; NO_VALUE: none */
    VEC(int) powers;     /* COLUMN_REAL: of ten */
} Reading;

struct AttributeReader {
    Compilation *c;
    const Decl *geography;
    Slice file;
    VEC(Reading) columns;
};

#define NO_VALUE INT64_MIN

static bool complain(const AttributeReader *r, DiagName name, uint64_t line, const char *text,
                     Slice what) {
    area_fault(r->c, r->geography, r->file, name, line, text, what);
    return false;
}

static bool can_be_held(const AttributeReader *r, const Reading *column) {
    switch (column->spec.sort) {
    case COLUMN_INTEGER:
    case COLUMN_REAL:
    case COLUMN_MONEY:
    case COLUMN_FLAG: return true;
    case COLUMN_CATEGORY:
        if (!column->info.geography) return true;
        break;
    case COLUMN_DATE:
    case COLUMN_IDENTIFIER: break;
    }
    sema_error(r->c, NULL, DIAG_TYPE_MISMATCH, column->decl->name_span,
               "of an area a plan can know a number, a flag or a category; larger areas are "
               "further levels");
    return false;
}

static bool find_heading(const AttributeReader *r, const CsvReader *header, Reading *column) {
    for (column->column = 0; column->column < header->count; column->column++) {
        if (slice_equal(header->fields[column->column], column->spec.name)) return true;
    }
    return complain(r, DIAG_DATA_COLUMN_MISSING, 1, "there is no column", column->spec.name);
}

static void begin_column(AttributeReader *r, const Decl *decl) {
    Reading column = {.decl = decl};
    declare_column(r->c, decl, &column.spec, &column.info);
    if (column.info.broken || !can_be_held(r, &column)) return;
    if (column_has_texts(&column.spec)) {
        Slice *texts = ARENA_NEW_ARRAY(r->c->arena, Slice, 2);
        memcpy(texts, column.spec.texts, sizeof column.spec.texts);
        dictionary_init(&column.categories, r->c->arena, texts, 2);
    }
    if (column.spec.sort == COLUMN_CATEGORY) {
        const ModuleDim *dim = &r->c->module->dims.items[column.spec.dim];
        dictionary_init(&column.categories, r->c->arena, dim->members, dim->member_count);
    }
    VEC_PUSH(r->c->arena, &r->columns, column);
}

AttributeReader *attributes_begin(Compilation *c, const Decl *geography, Slice file) {
    AttributeReader *r = ARENA_NEW(c->arena, AttributeReader);
    *r = (AttributeReader){.c = c, .geography = geography, .file = file};
    for (uint32_t i = 0; i < geography->children.count; i++) {
        const Decl *child = geography->children.items[i];
        if (child->kind->sort == SORT_COLUMN) begin_column(r, child);
    }
    return r;
}

bool attributes_find(AttributeReader *r, const CsvReader *header) {
    VEC_EACH(Reading, column, &r->columns) {
        if (!find_heading(r, header, column)) return false;
    }
    return true;
}

/* ---- One area ------------------------------------------------------------------------- */

static FieldOutcome read_real(Slice text, Reading *column, int64_t *value, int *power) {
    double real;
    FieldOutcome outcome = field_real(text, &real);
    if (outcome != FIELD_SOUND) return outcome;
    number_shortest_decimal(real, value, power);
    if (-*power > column->places) column->places = -*power;
    return FIELD_SOUND;
}

static FieldOutcome read_value(Slice text, Reading *column, int64_t *value, int *power) {
    *power = 0;
    switch (column->spec.sort) {
    case COLUMN_INTEGER: return field_integer(text, value);
    case COLUMN_REAL: return read_real(text, column, value, power);
    case COLUMN_MONEY: return field_money(text, value);
    case COLUMN_FLAG:
        if (!column_has_texts(&column->spec)) return field_flag(text, value);
        *value = dictionary_find(&column->categories, text);
        return *value < 0 ? FIELD_MALFORMED : FIELD_SOUND;
    case COLUMN_CATEGORY:
        *value = dictionary_find(&column->categories, text);
        return *value < 0 ? FIELD_MALFORMED : FIELD_SOUND;
    case COLUMN_DATE:
    case COLUMN_IDENTIFIER: break;
    }
    return FIELD_MALFORMED;
}

/* Areas are nobody's: what stands in the field is shown. */
static bool wrong_field(const AttributeReader *r, const Reading *column, uint64_t line, int fault,
                        Slice text) {
    Slice words = data_field_words(r->c->module, r->c->arena, &column->spec, fault);
    Slice place = arena_printf(r->c->arena, "\"%.*s\": %.*s%s", SLICE_FMT(column->spec.name),
                               SLICE_FMT(words), text.length ? "; it says" : "");
    return complain(r, data_fault_name(fault), line, place.data, text);
}

/* The fault of a field that is not empty, or CSV_SOUND. */
static int fault_of(const ModuleColumn *spec, Slice text, FieldOutcome outcome, int64_t value) {
    bool outside = spec->has_range && (value < spec->low || value > spec->high);
    if (outcome == FIELD_MALFORMED && spec->sort == COLUMN_CATEGORY) return PIECE_FAULT_CATEGORY;
    if (outcome == FIELD_MALFORMED)
        return (int)PIECE_FAULT_TYPE + (int)field_fault(spec->sort, text);
    return outcome == FIELD_TOO_LARGE || outside ? (int)PIECE_FAULT_RANGE : (int)CSV_SOUND;
}

static bool read_field(AttributeReader *r, Reading *column, const CsvReader *record) {
    Slice text = record->fields[column->column];
    int64_t value = NO_VALUE;
    int power = 0, fault = column->spec.may_miss ? (int)CSV_SOUND : (int)PIECE_FAULT_EMPTY;
    if (text.length) {
        FieldOutcome outcome = read_value(text, column, &value, &power);
        fault = fault_of(&column->spec, text, outcome, value);
    }
    if (fault != CSV_SOUND) return wrong_field(r, column, record->record_line, fault, text);
    VEC_PUSH(r->c->arena, &column->values, value);
    VEC_PUSH(r->c->arena, &column->powers, power);
    return true;
}

bool attributes_read(AttributeReader *r, const CsvReader *record) {
    VEC_EACH(Reading, column, &r->columns) {
        if (!read_field(r, column, record)) return false;
    }
    return true;
}

/* ---- All of them ---------------------------------------------------------------------- */

/* Numbers with decimals as whole ones of the smallest that occurs. False: too fine or too large. */
static bool to_whole(Reading *column) {
    if (column->places > MOST_PLACES) return false;
    for (uint32_t i = 0; i < column->values.count; i++) {
        int64_t *value = &column->values.items[i];
        for (int left = column->powers.items[i] + column->places; left > 0; left--) {
            if (*value == NO_VALUE) break;
            if (*value > INT64_MAX / 10 || *value < INT64_MIN / 10) return false;
            *value *= 10;
        }
    }
    for (int i = 0; i < column->places; i++) column->info.scale_den *= 10;
    return true;
}

/* What is taken from every value so that those left are no less than 0; false: what is left does
 * not fit. */
static bool find_offset(const Reading *column, int64_t *offset) {
    int64_t low = 0, high = 0;
    bool any = false;
    for (uint32_t i = 0; i < column->values.count; i++) {
        int64_t value = column->values.items[i];
        if (value == NO_VALUE) continue;
        if (!any || value < low) low = value;
        if (!any || value > high) high = value;
        any = true;
    }
    *offset = low >= 0 && high <= INT32_MAX ? 0 : low;
    return (uint64_t)high - (uint64_t)*offset <= INT32_MAX;
}

static AreaAttribute keep_column(Compilation *c, const Reading *column, int64_t offset) {
    AreaAttribute attribute = {.name = column->info.name,
                               .type = column->info.type,
                               .table = c->module->row_tables.count,
                               .offset = offset,
                               .scale_num = column->info.scale_num,
                               .scale_den = column->info.scale_den,
                               .span = column->info.span};
    uint32_t count = column->values.count;
    RowTable table = {.count = count ? count : 1};
    table.codes = ARENA_NEW_ARRAY(c->arena, int32_t, table.count);
    table.codes[0] = -1;
    for (uint32_t i = 0; i < count; i++) {
        int64_t value = column->values.items[i];
        table.codes[i] = value == NO_VALUE ? -1 : (int32_t)(value - offset);
    }
    VEC_PUSH(c->arena, &c->module->row_tables, table);
    return attribute;
}

void attributes_keep(AttributeReader *r, AreaAttributes *attributes) {
    VEC_EACH(Reading, column, &r->columns) {
        int64_t offset = 0;
        bool whole = column->spec.sort != COLUMN_REAL || to_whole(column);
        if (!whole || !find_offset(column, &offset)) {
            complain(r, DIAG_DATA_RANGE, 0,
                     "the numbers of this column are too large, or have too many decimals, for "
                     "what is known of an area:",
                     column->spec.name);
            column->values.count = 0;
        }
        VEC_PUSH(r->c->arena, attributes, keep_column(r->c, column, offset));
    }
}

Node *attribute_of_row(Compilation *c, Node *area, const AreaAttribute *attribute, Span span) {
    Node *node = node_new(c, NODE_ROW_TABLE, attribute->type, span);
    node->args = ARENA_NEW_ARRAY(c->arena, Node *, 1);
    node->args[0] = area;
    node->arg_count = 1;
    node->member = attribute->table;
    node->integer = attribute->offset;
    node->scale_num = attribute->scale_num;
    node->scale_den = attribute->scale_den;
    return node;
}
