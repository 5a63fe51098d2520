/* The walk over a module's fields. Reading, it believes nothing: each number has its most,
 * each count is held against what is left of the input, and what indices point at is the
 * verifier's affair. Writing, it only looks. */
#include "runtime/bytecode/codec.h"

#include <assert.h>
#include <string.h>

/* A sign, two numbers of so many binary digits, and the line between them. */
enum { EXACT_TEXT_MOST = 2 + 2 * (EXACT_BITS / 3 + 1) };

/* ---- Pieces ------------------------------------------------------------------------------ */

void codec_break(Codec *codec, const char *rule) {
    if (!codec->broken) codec->broken = rule;
    codec->at = codec->end;
}

const uint8_t *codec_bytes(Codec *codec, const void *bytes, size_t length) {
    if (!codec->reading) {
        buffer_add(codec->bytes, (Slice){bytes, length});
        return bytes;
    }
    if ((size_t)(codec->end - codec->at) < length) {
        codec_break(codec, "truncated");
        return NULL;
    }
    const uint8_t *start = codec->at;
    codec->at += length;
    return start;
}

static void write_leb(Codec *codec, uint64_t value) {
    while (value >= 0x80) {
        buffer_add_char(codec->bytes, (char)(uint8_t)(value | 0x80));
        value >>= 7;
    }
    buffer_add_char(codec->bytes, (char)(uint8_t)value);
}

static uint64_t read_leb(Codec *codec) {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        const uint8_t *byte = codec_bytes(codec, NULL, 1);
        if (!byte) return 0;
        uint64_t bits = *byte & 0x7f;
        bool overlong = (shift && !*byte) || (shift == 63 && bits > 1);
        if (overlong) break;
        value |= bits << shift;
        if (!(*byte & 0x80)) return value;
    }
    codec_break(codec, "number-overlong");
    return 0;
}

void codec_unsigned(Codec *codec, uint64_t *value, uint64_t most) {
    if (!codec->reading) {
        write_leb(codec, *value);
        return;
    }
    *value = read_leb(codec);
    if (*value <= most) return;
    codec_break(codec, "number-out-of-range");
    *value = 0;
}

void codec_signed(Codec *codec, int64_t *value, int64_t least, int64_t most) {
    uint64_t zigzag = ((uint64_t)*value << 1) ^ (*value < 0 ? UINT64_MAX : 0);
    codec_unsigned(codec, &zigzag, UINT64_MAX);
    if (!codec->reading) return;
    uint64_t bits = (zigzag >> 1) ^ (zigzag & 1 ? UINT64_MAX : 0);
    *value = bits <= INT64_MAX ? (int64_t)bits : -(int64_t)(UINT64_MAX - bits) - 1;
    if (*value >= least && *value <= most) return;
    codec_break(codec, "number-out-of-range");
    *value = 0;
}

/* Fields of any unsigned or signed width, enums and bools among them. */
#define NUMBER(codec, field, most)                            \
    do {                                                      \
        uint64_t number_ = (uint64_t)(field);                 \
        codec_unsigned((codec), &number_, (most));            \
        if ((codec)->reading) (field) = number_;              \
    } while (0)

#define SIGNED(codec, field, least, most)                     \
    do {                                                      \
        int64_t signed_ = (field);                            \
        codec_signed((codec), &signed_, (least), (most));     \
        if ((codec)->reading) (field) = signed_;              \
    } while (0)

#define DAY(codec, field) SIGNED(codec, field, INT32_MIN, INT32_MAX)
#define FLAG(codec, field) NUMBER(codec, field, 1)

/* A list; reading takes its memory only after the count was held against the input. */
#define LIST(codec, vec, least_bytes, each)                                               \
    do {                                                                                  \
        uint32_t count_ = codec_count((codec), (vec)->count, (least_bytes));              \
        if ((codec)->reading) {                                                           \
            (vec)->items = arena_alloc_array((codec)->arena, count_, sizeof *(vec)->items); \
            (vec)->count = (vec)->capacity = count_;                                      \
        }                                                                                 \
        for (uint32_t i_ = 0; i_ < count_ && !(codec)->broken; i_++)                      \
            each((codec), &(vec)->items[i_]);                                             \
    } while (0)

uint32_t codec_count(Codec *codec, uint32_t count, size_t least_bytes) {
    uint64_t number = count;
    codec_unsigned(codec, &number, UINT32_MAX);
    if (codec->reading && number > (size_t)(codec->end - codec->at) / least_bytes) {
        codec_break(codec, "count-too-large");
        return 0;
    }
    return (uint32_t)number;
}

static void codec_reference(Codec *codec, uint32_t *index) {
    uint64_t number = (uint32_t)(*index + 1);
    codec_unsigned(codec, &number, UINT32_MAX);
    if (codec->reading) *index = (uint32_t)number - 1;
}

static void codec_u32(Codec *codec, uint32_t *number) { NUMBER(codec, *number, UINT32_MAX); }

static void codec_double(Codec *codec, double *number) {
    uint8_t bytes[8];
    uint64_t bits = 0;
    memcpy(&bits, number, sizeof bits);
    for (unsigned i = 0; i < 8; i++) bytes[i] = (uint8_t)(bits >> (8 * i));
    const uint8_t *read = codec_bytes(codec, bytes, sizeof bytes);
    if (!codec->reading) return;
    bits = 0;
    for (unsigned i = 0; read && i < 8; i++) bits |= (uint64_t)read[i] << (8 * i);
    memcpy(number, &bits, sizeof bits);
}

static void codec_text(Codec *codec, Slice *text) {
    uint64_t number = 0;
    if (!codec->reading && !text_map_get(codec->text_numbers, *text, &number)) {
        number = codec->text_numbers->count;
        text_map_put(codec->text_numbers, *text, number);
    }
    codec_unsigned(codec, &number, UINT32_MAX);
    if (!codec->reading || codec->broken) return;
    if (number < codec->text_count)
        *text = codec->texts[number];
    else
        codec_break(codec, "text-out-of-range");
}

static void codec_span(Codec *codec, Span *span) {
    uint32_t length = span->end - span->start;
    codec_u32(codec, &span->start);
    codec_u32(codec, &length);
    if (codec->reading) span->end = span->start + length;
}

/* ---- Sections -------------------------------------------------------------------------------- */

static void codec_head(Codec *codec, Module *module) {
    codec_text(codec, &module->compiler_version);
    DAY(codec, module->edition);
    DAY(codec, module->as_of);
    FLAG(codec, module->final_status);
    NUMBER(codec, module->policy, UINT8_MAX);
    DAY(codec, module->horizon_first);
    DAY(codec, module->horizon_last);
    DAY(codec, module->price_year);
    codec_reference(codec, &module->plan);
}

static void codec_unit(Codec *codec, ModuleUnit *unit) {
    codec_text(codec, &unit->label);
    codec_text(codec, &unit->prose);
    NUMBER(codec, unit->sort, UNIT_POINTS);
    SIGNED(codec, unit->num, INT64_MIN, INT64_MAX);
    SIGNED(codec, unit->den, INT64_MIN, INT64_MAX);
    FLAG(codec, unit->whole);
    DAY(codec, unit->price_year);
}

static void codec_dim(Codec *codec, ModuleDim *dim) {
    codec_text(codec, &dim->name);
    codec_text(codec, &dim->title);
    NUMBER(codec, dim->sort, DIM_LIST);
    FLAG(codec, dim->ordered);
    DAY(codec, dim->first);
    dim->member_count = codec_count(codec, dim->member_count, 2);
    if (codec->reading) {
        dim->members = ARENA_NEW_ARRAY(codec->arena, Slice, dim->member_count);
        dim->titles = ARENA_NEW_ARRAY(codec->arena, Slice, dim->member_count);
    }
    for (uint32_t i = 0; i < dim->member_count && !codec->broken; i++) {
        codec_text(codec, &dim->members[i]);
        codec_text(codec, &dim->titles[i]);
    }
}

/* An exact number as its canonical text, of which the longest is known beforehand. */
static void codec_exact(Codec *codec, Exact *exact) {
    Slice text = codec->reading ? (Slice){NULL, 0} : exact_format_fraction(codec->arena, *exact);
    uint32_t length = codec_count(codec, (uint32_t)text.length, 1);
    if (length > EXACT_TEXT_MOST) codec_break(codec, "exact-malformed");
    const uint8_t *bytes = codec_bytes(codec, text.data, length);
    if (!codec->reading || codec->broken) return;
    if (!exact_parse_fraction(codec->arena, (Slice){(const char *)bytes, length}, exact))
        codec_break(codec, "exact-malformed");
}

static void codec_const(Codec *codec, ModuleConst *constant) {
    NUMBER(codec, constant->sort, CONST_ABSENT);
    NUMBER(codec, constant->elem, ELEM_TEXT);
    codec_double(codec, &constant->real);
    if (codec->reading) constant->exact = EXACT_ZERO;
    if (constant->sort == CONST_EXACT) codec_exact(codec, &constant->exact);
    SIGNED(codec, constant->integer, INT64_MIN, INT64_MAX);
    NUMBER(codec, constant->dim, UINT16_MAX);
    codec_text(codec, &constant->text);
}

static void codec_type(Codec *codec, RegType *type) {
    NUMBER(codec, type->elem, ELEM_TEXT);
    NUMBER(codec, type->label, LABEL_AGGREGATE);
    FLAG(codec, type->estimate);
    NUMBER(codec, type->code_dim, UINT16_MAX);
    NUMBER(codec, type->dim_count, MODULE_MAX_DIMS);
    for (unsigned i = 0; i < type->dim_count; i++) NUMBER(codec, type->dims[i], UINT16_MAX);
}

static void codec_instr(Codec *codec, Instr *instr) {
    NUMBER(codec, instr->op, OPCODE_COUNT - 1);
    codec_u32(codec, &instr->a);
    codec_u32(codec, &instr->b);
    codec_u32(codec, &instr->c);
    codec_type(codec, &instr->type);
    codec_span(codec, &instr->span);
}

static void codec_snapshot(Codec *codec, ModuleSnapshot *snapshot) {
    codec_text(codec, &snapshot->file);
    DAY(codec, snapshot->as_at);
}

static void codec_column(Codec *codec, ModuleColumn *column) {
    codec_text(codec, &column->name);
    NUMBER(codec, column->sort, COLUMN_CATEGORY);
    NUMBER(codec, column->form, IDENTIFIER_LSOA);
    FLAG(codec, column->may_miss);
    FLAG(codec, column->has_range);
    SIGNED(codec, column->low, INT64_MIN, INT64_MAX);
    SIGNED(codec, column->high, INT64_MIN, INT64_MAX);
    NUMBER(codec, column->dim, UINT16_MAX);
    codec_text(codec, &column->texts[0]);
    codec_text(codec, &column->texts[1]);
    codec_span(codec, &column->span);
}

static void codec_table(Codec *codec, ModuleTable *table) {
    codec_text(codec, &table->name);
    codec_text(codec, &table->title);
    NUMBER(codec, table->sort, TABLE_EVENTS);
    NUMBER(codec, table->encoding, ENCODING_UTF_16);
    NUMBER(codec, table->delimiter, INT8_MAX);
    FLAG(codec, table->headless);
    LIST(codec, &table->snapshots, 2, codec_snapshot);
    LIST(codec, &table->columns, 10, codec_column);
    codec_reference(codec, &table->key);
    codec_reference(codec, &table->population);
    codec_reference(codec, &table->dated);
    DAY(codec, table->covers_from);
    DAY(codec, table->covers_to);
    codec_text(codec, &table->unit);
    codec_span(codec, &table->span);
}

static void codec_row(Codec *codec, RowNode *node) {
    NUMBER(codec, node->op, ROW_OP_COUNT - 1);
    FLAG(codec, node->real);
    codec_u32(codec, &node->a);
    codec_u32(codec, &node->b);
    codec_u32(codec, &node->c);
    SIGNED(codec, node->value, INT64_MIN, INT64_MAX);
    codec_double(codec, &node->number);
}

static void codec_row_table(Codec *codec, RowTable *table) {
    SIGNED(codec, table->first, INT64_MIN, INT64_MAX);
    table->count = codec_count(codec, table->count, 1);
    if (codec->reading) table->codes = ARENA_NEW_ARRAY(codec->arena, int32_t, table->count);
    for (uint32_t i = 0; i < table->count && !codec->broken; i++) DAY(codec, table->codes[i]);
}

static void codec_ranking(Codec *codec, RowRanking *ranking) {
    codec_reference(codec, &ranking->table);
    codec_reference(codec, &ranking->value);
    codec_reference(codec, &ranking->stratum);
    NUMBER(codec, ranking->stratum_count, UINT32_MAX);
    NUMBER(codec, ranking->groups, UINT32_MAX);
    FLAG(codec, ranking->highest_first);
}

static void codec_query(Codec *codec, StrataQuery *query) {
    codec_reference(codec, &query->table);
    codec_reference(codec, &query->snapshot);
    codec_reference(codec, &query->filter);
    NUMBER(codec, query->dim_count, MODULE_MAX_DIMS);
    for (unsigned i = 0; i < query->dim_count; i++) {
        NUMBER(codec, query->dims[i], UINT16_MAX);
        codec_reference(codec, &query->groups[i]);
    }
    NUMBER(codec, query->agg, AGG_ORDERED);
    codec_reference(codec, &query->value);
    codec_reference(codec, &query->rank);
    codec_reference(codec, &query->valued);
    SIGNED(codec, query->scale_num, INT64_MIN, INT64_MAX);
    SIGNED(codec, query->scale_den, INT64_MIN, INT64_MAX);
    codec_text(codec, &query->text);
    codec_span(codec, &query->span);
}

static void codec_measured(Codec *codec, ModuleMeasured *series) {
    codec_text(codec, &series->name);
    codec_text(codec, &series->title);
    codec_text(codec, &series->file);
    NUMBER(codec, series->encoding, ENCODING_UTF_16);
    NUMBER(codec, series->delimiter, INT8_MAX);
    NUMBER(codec, series->dim, UINT16_MAX);
    codec_text(codec, &series->period);
    FLAG(codec, series->estimate);
    NUMBER(codec, series->limits, UINT8_MAX);
    for (int i = 0; i < MEASURED_COLUMNS; i++) {
        MeasuredColumn *column = &series->columns[i];
        codec_text(codec, &column->header);
        FLAG(codec, column->may_miss);
        SIGNED(codec, column->scale_num, INT64_MIN, INT64_MAX);
        SIGNED(codec, column->scale_den, INT64_MIN, INT64_MAX);
    }
    codec_span(codec, &series->span);
}

static void codec_field_value(Codec *codec, FieldValue *value) {
    NUMBER(codec, value->sort, FIELD_MISSING);
    codec_reference(codec, &value->reg);
    NUMBER(codec, value->unit, UINT16_MAX);
    codec_reference(codec, &value->decl);
    codec_text(codec, &value->word);
}

static void codec_field_label(Codec *codec, FieldLabel *label) {
    codec_text(codec, &label->label);
    LIST(codec, &label->values, 5, codec_field_value);
}

static void codec_field(Codec *codec, ModuleField *field) {
    codec_text(codec, &field->name);
    FLAG(codec, field->derived);
    LIST(codec, &field->values, 5, codec_field_value);
    LIST(codec, &field->labels, 2, codec_field_label);
    codec_span(codec, &field->span);
}

static void codec_decl(Codec *codec, ModuleDecl *decl) {
    codec_text(codec, &decl->kind);
    codec_text(codec, &decl->name);
    codec_text(codec, &decl->title);
    codec_text(codec, &decl->doc);
    codec_reference(codec, &decl->parent);
    LIST(codec, &decl->fields, 6, codec_field);
    codec_span(codec, &decl->span);
    codec_text(codec, &decl->path);
}

static void codec_interval(Codec *codec, ModuleInterval *interval) {
    codec_reference(codec, &interval->reg);
    codec_reference(codec, &interval->further);
    codec_double(codec, &interval->level);
}

static void codec_output(Codec *codec, ModuleOutput *output) {
    codec_text(codec, &output->name);
    codec_text(codec, &output->title);
    codec_reference(codec, &output->reg);
    NUMBER(codec, output->unit, UINT16_MAX);
    codec_span(codec, &output->span);
}

static void codec_sub_value(Codec *codec, ModuleSubValue *value) {
    codec_text(codec, &value->text);
    codec_reference(codec, &value->reg);
    NUMBER(codec, value->unit, UINT16_MAX);
}

static void codec_requirement(Codec *codec, ModuleRequirement *requirement) {
    codec_text(codec, &requirement->rule);
    codec_reference(codec, &requirement->decl);
    codec_reference(codec, &requirement->condition);
    codec_reference(codec, &requirement->message);
    NUMBER(codec, requirement->severity, UINT8_MAX);
    NUMBER(codec, requirement->draft_severity, UINT8_MAX);
    DAY(codec, requirement->from);
    DAY(codec, requirement->until);
    codec_text(codec, &requirement->source);
    codec_text(codec, &requirement->why);
    FLAG(codec, requirement->waivable);
    codec_span(codec, &requirement->span);
    LIST(codec, &requirement->values, 3, codec_sub_value);
}

static void codec_allow(Codec *codec, ModuleAllow *allow) {
    codec_text(codec, &allow->rule);
    codec_reference(codec, &allow->decl);
    codec_text(codec, &allow->because);
    codec_text(codec, &allow->by);
    DAY(codec, allow->until);
    codec_span(codec, &allow->span);
}

static void codec_source(Codec *codec, ModuleSource *source) {
    codec_text(codec, &source->path);
    codec_text(codec, &source->sha256);
    FLAG(codec, source->library);
    codec_u32(codec, &source->base);
    LIST(codec, &source->line_starts, 1, codec_u32);
}

static void codec_input(Codec *codec, ModuleInput *input) {
    codec_text(codec, &input->name);
    codec_text(codec, &input->file);
    codec_text(codec, &input->sha256);
}

static void codec_unknown(Codec *codec, ModuleUnknown *unknown) {
    DAY(codec, unknown->until);
    codec_span(codec, &unknown->span);
}

void codec_section(Codec *codec, Section section, Module *module) {
    switch (section) {
    case SECTION_TEXTS:
    case SECTION_COUNT:
        assert(!"texts are kept by load.c and save.c");
        break;
    case SECTION_HEAD:
        codec_head(codec, module);
        break;
    case SECTION_UNITS:
        LIST(codec, &module->units, 7, codec_unit);
        break;
    case SECTION_DIMS:
        LIST(codec, &module->dims, 6, codec_dim);
        break;
    case SECTION_CONSTS:
        LIST(codec, &module->consts, 13, codec_const);
        break;
    case SECTION_CODE:
        LIST(codec, &module->code, 11, codec_instr);
        break;
    case SECTION_ARGS:
        LIST(codec, &module->args, 1, codec_u32);
        break;
    case SECTION_TABLES:
        LIST(codec, &module->tables, 13, codec_table);
        break;
    case SECTION_ROWS:
        LIST(codec, &module->rows, 14, codec_row);
        break;
    case SECTION_ROW_TABLES:
        LIST(codec, &module->row_tables, 2, codec_row_table);
        break;
    case SECTION_RANKINGS:
        LIST(codec, &module->rankings, 6, codec_ranking);
        break;
    case SECTION_QUERIES:
        LIST(codec, &module->queries, 13, codec_query);
        break;
    case SECTION_MEASURED:
        LIST(codec, &module->measured, 30, codec_measured);
        break;
    case SECTION_DECLS:
        LIST(codec, &module->decls, 9, codec_decl);
        break;
    case SECTION_OUTPUTS:
        LIST(codec, &module->outputs, 6, codec_output);
        break;
    case SECTION_INTERVALS:
        LIST(codec, &module->intervals, 10, codec_interval);
        break;
    case SECTION_REQUIREMENTS:
        LIST(codec, &module->requirements, 14, codec_requirement);
        break;
    case SECTION_ALLOWS:
        LIST(codec, &module->allows, 7, codec_allow);
        break;
    case SECTION_SOURCES:
        LIST(codec, &module->sources, 5, codec_source);
        break;
    case SECTION_INPUTS:
        LIST(codec, &module->inputs, 3, codec_input);
        break;
    case SECTION_UNKNOWNS:
        LIST(codec, &module->unknowns, 3, codec_unknown);
        break;
    }
}
