/* A module as text, for people and for comparing: one line an entry, in the order of the file,
 * with nothing that depends on where or when it is printed. Of a verified module only. Texts
 * are quoted, and what would act on a terminal is escaped, as a module may come from anywhere.
 *
 *   unit 1 "percent" "%" percent 100/1
 *   dim 0 "place" geography 3: "north" "south" "east"
 *   const 4 exact 19/20
 *   table 0 "residents" population
 *     column 1 "age" integer 0 .. 120
 *   row 2 table 0, table 0
 *   query 0 rows of table 0 snapshot 0 where row 8 by 0 (row 1), 2 (row 2)  "count(residents)"
 *   r7 const 4                        exact open
 *   r12 call stats.rate r1 r0 r7      estimate [place age_band] aggregate
 *
 * Registers are r0, r1, … and everything else is named by its kind and number. */
#include "runtime/base/buffer.h"
#include "runtime/base/date.h"
#include "runtime/base/number.h"
#include "runtime/base/utf8.h"
#include "runtime/bytecode/instr.h"
#include "runtime/bytecode/natives.h"

typedef struct {
    const Module *module;
    Arena *arena;
    Buffer out;
} Listing;

static void say(Listing *l, const char *text) { buffer_add_text(&l->out, text); }

static void say_slice(Listing *l, Slice text) { buffer_add(&l->out, text); }

static void say_escaped(Listing *l, Slice text) {
    for (size_t at = 0; at < text.length;) {
        uint32_t code;
        size_t length = utf8_decode_lossy(text, at, &code);
        at += length;
        if (code == '"' || code == '\\') buffer_add_char(&l->out, '\\');
        if (code == '\n')
            say(l, "\\n");
        else if (utf8_is_control(code) || utf8_is_bidirectional(code))
            buffer_printf(&l->out, "\\u{%X}", (unsigned)code);
        else
            buffer_add_code_point(&l->out, code);
    }
}

static void say_quoted(Listing *l, Slice text) {
    say(l, " \"");
    say_escaped(l, text);
    say(l, "\"");
}

static void say_date(Listing *l, int32_t days) {
    say(l, " ");
    say_slice(l, date_format_iso(l->arena, days));
}

static void say_real(Listing *l, double value) {
    char text[NUMBER_TEXT_SIZE];
    say(l, " ");
    buffer_add(&l->out, (Slice){text, number_format_shortest(value, text)});
}

static void say_reference(Listing *l, const char *what, uint32_t index) {
    if (index != MODULE_NONE) buffer_printf(&l->out, " %s %u", what, index);
}

/* ---- Names of what module.h enumerates ------------------------------------------------------ */

static const char *const unit_sorts[] = {"plain", "percent", "money", "points"};
static const char *const dim_sorts[] = {"category", "band",  "geography", "year",
                                        "quarter",  "month", "week",      "list"};
static const char *const elem_names[] = {"bool", "real", "exact", "date", "year", "code", "text"};
static const char *const label_names[] = {"open", "released", "aggregate"};
static const char *const identifier_forms[] = {"any", "nhs_number", "lsoa"};
static const char *const text_encodings[] = {"utf_8", "windows_1252", "utf_16"};
static const char *const column_sorts[] = {"identifier", "integer", "real",    "money",
                                           "date",       "flag",    "category"};
static const char *const agg_names[] = {"rows", "people", "sum", "sum of squares",
                                        "sum of squared events", "values in order"};
static const char *const const_names[] = {"bool", "real", "exact", "date",
                                          "year", "code", "text",  "absent"};
static const char *const severities[] = {"note", "warning", "error"};

/* ---- Parts --------------------------------------------------------------------------------------- */

static void list_head(Listing *l) {
    const Module *m = l->module;
    say(l, "module");
    say_quoted(l, m->compiler_version);
    buffer_printf(&l->out, " edition %d as of", m->edition);
    say_date(l, m->as_of);
    buffer_printf(&l->out, " %s policy %u horizon %d .. %d prices %d",
                  m->final_status ? "final" : "draft", m->policy, m->horizon_first,
                  m->horizon_last, m->price_year);
    say_reference(l, "plan", m->plan);
    say(l, "\n");
}

static void list_unit(Listing *l, uint32_t i) {
    const ModuleUnit *unit = &l->module->units.items[i];
    buffer_printf(&l->out, "unit %u", i);
    say_quoted(l, unit->label);
    say_quoted(l, unit->prose);
    buffer_printf(&l->out, " %s %lld/%lld", unit_sorts[unit->sort], (long long)unit->num,
                  (long long)unit->den);
    if (unit->whole) say(l, " whole");
    if (unit->price_year) buffer_printf(&l->out, " prices %d", unit->price_year);
    say(l, "\n");
}

static void list_dim(Listing *l, uint32_t i) {
    const ModuleDim *dim = &l->module->dims.items[i];
    buffer_printf(&l->out, "dim %u", i);
    say_quoted(l, dim->name);
    if (!slice_equal(dim->name, dim->title)) say_quoted(l, dim->title);
    buffer_printf(&l->out, " %s%s", dim_sorts[dim->sort], dim->ordered ? " ordered" : "");
    if (dim->first) buffer_printf(&l->out, " first %d", dim->first);
    buffer_printf(&l->out, " %u:", dim->member_count);
    for (uint32_t k = 0; k < dim->member_count; k++) {
        say_quoted(l, dim->members[k]);
        if (slice_equal(dim->members[k], dim->titles[k])) continue;
        say(l, " =");
        say_quoted(l, dim->titles[k]);
    }
    say(l, "\n");
}

static void list_const(Listing *l, uint32_t i) {
    const ModuleConst *constant = &l->module->consts.items[i];
    buffer_printf(&l->out, "const %u %s", i, const_names[constant->sort]);
    switch (constant->sort) {
    case CONST_REAL:
        say_real(l, constant->real);
        break;
    case CONST_EXACT:
        say(l, " ");
        say_slice(l, exact_format_fraction(l->arena, constant->exact));
        break;
    case CONST_DATE:
        say_date(l, (int32_t)constant->integer);
        break;
    case CONST_TEXT:
        say_quoted(l, constant->text);
        break;
    case CONST_ABSENT:
        buffer_printf(&l->out, " %s reason %lld", elem_names[constant->elem],
                      (long long)constant->integer);
        if (constant->text.length) say_quoted(l, constant->text);
        break;
    case CONST_CODE:
        buffer_printf(&l->out, " %lld of dim %u", (long long)constant->integer, constant->dim);
        break;
    case CONST_BOOL:
    case CONST_YEAR:
        buffer_printf(&l->out, " %lld", (long long)constant->integer);
        break;
    }
    say(l, "\n");
}

static void list_column(Listing *l, uint32_t i, const ModuleColumn *column) {
    buffer_printf(&l->out, "  column %u", i);
    say_quoted(l, column->name);
    buffer_printf(&l->out, " %s", column_sorts[column->sort]);
    if (column->form) buffer_printf(&l->out, " %s", identifier_forms[column->form]);
    if (column->sort == COLUMN_CATEGORY) buffer_printf(&l->out, " of dim %u", column->dim);
    if (column_has_texts(column)) {
        for (int yes = 0; yes <= 1; yes++) {
            say(l, yes ? " yes" : " no");
            say_quoted(l, column->texts[yes]);
        }
    }
    if (column->has_range)
        buffer_printf(&l->out, " %lld .. %lld", (long long)column->low, (long long)column->high);
    if (column->may_miss) say(l, " or missing");
    say(l, "\n");
}

static void list_table(Listing *l, uint32_t i) {
    const ModuleTable *table = &l->module->tables.items[i];
    bool events = table->sort == TABLE_EVENTS;
    buffer_printf(&l->out, "table %u", i);
    say_quoted(l, table->name);
    buffer_printf(&l->out, " %s key %u", events ? "events" : "population", table->key);
    if (table->encoding) buffer_printf(&l->out, " in %s", text_encodings[table->encoding]);
    if (table->delimiter) {
        say(l, " between fields");
        say_quoted(l, (Slice){&table->delimiter, 1});
    }
    if (table->headless) say(l, " without headings");
    if (events) say_reference(l, "of table", table->population);
    if (events) say_reference(l, "dated", table->dated);
    if (events && (table->covers_from || table->covers_to)) {
        say(l, " covers");
        say_date(l, table->covers_from);
        say(l, " ..");
        say_date(l, table->covers_to);
    }
    say(l, "\n");
    for (uint32_t k = 0; k < table->snapshots.count; k++) {
        buffer_printf(&l->out, "  snapshot %u", k);
        say_quoted(l, table->snapshots.items[k].file);
        if (!events) say_date(l, table->snapshots.items[k].as_at);
        say(l, "\n");
    }
    for (uint32_t k = 0; k < table->columns.count; k++)
        list_column(l, k, &table->columns.items[k]);
}

static const char *row_name(uint8_t op) {
    static const char *const names[] = {
#define ROWOP(name, text, prose) text,
#include "runtime/bytecode/rowops.def"
#undef ROWOP
    };
    return names[op];
}

static void list_row(Listing *l, uint32_t i) {
    const RowNode *node = &l->module->rows.items[i];
    buffer_printf(&l->out, "row %u %s%s", i, row_name(node->op), node->real ? " real" : "");
    buffer_printf(&l->out, " %u %u %u", node->a, node->b, node->c);
    if (node->value) buffer_printf(&l->out, " value %lld", (long long)node->value);
    if (node->number != 0) {
        say(l, " number");
        say_real(l, node->number);
    }
    say(l, "\n");
}

static void list_row_table(Listing *l, uint32_t i) {
    const RowTable *table = &l->module->row_tables.items[i];
    buffer_printf(&l->out, "look-up %u from %lld:", i, (long long)table->first);
    for (uint32_t k = 0; k < table->count; k++) buffer_printf(&l->out, " %d", table->codes[k]);
    say(l, "\n");
}

static void list_ranking(Listing *l, uint32_t i) {
    const RowRanking *ranking = &l->module->rankings.items[i];
    buffer_printf(&l->out, "ranking %u of table %u: row %u within row %u of %u, %u groups%s\n", i,
                  ranking->table, ranking->value, ranking->stratum, ranking->stratum_count,
                  ranking->groups, ranking->highest_first ? ", highest first" : "");
}

static void list_query(Listing *l, uint32_t i) {
    const StrataQuery *query = &l->module->queries.items[i];
    buffer_printf(&l->out, "query %u %s of table %u snapshot %u", i, agg_names[query->agg],
                  query->table, query->snapshot);
    say_reference(l, "value row", query->value);
    say_reference(l, "rank row", query->rank);
    say_reference(l, "valued row", query->valued);
    say_reference(l, "where row", query->filter);
    for (unsigned k = 0; k < query->dim_count; k++)
        buffer_printf(&l->out, "%s %u (row %u)", k ? "," : " by", query->dims[k],
                      query->groups[k]);
    if (query->scale_num != 1 || query->scale_den != 1)
        buffer_printf(&l->out, " times %lld/%lld", (long long)query->scale_num,
                      (long long)query->scale_den);
    say(l, " ");
    say_quoted(l, query->text);
    say(l, "\n");
}

static void list_measured(Listing *l, uint32_t i) {
    static const char *const roles[MEASURED_COLUMNS] = {"value", "lower", "upper", "numerator",
                                                        "denominator"};
    static const char *const limits[] = {"none", "given", "rate", "proportion"};
    const ModuleMeasured *series = &l->module->measured.items[i];
    buffer_printf(&l->out, "series %u over dim %u limits %s ", i, series->dim,
                  limits[series->limits]);
    say_quoted(l, series->file);
    for (int k = 0; k < MEASURED_COLUMNS; k++) {
        const MeasuredColumn *column = &series->columns[k];
        if (!column->header.length) continue;
        buffer_printf(&l->out, " %s times %lld/%lld ", roles[k], (long long)column->scale_num,
                      (long long)column->scale_den);
        say_quoted(l, column->header);
    }
    say(l, "\n");
}

/* ---- Code -------------------------------------------------------------------------------------------- */

static void say_type(Listing *l, const RegType *type) {
    say(l, type->estimate ? "estimate" : elem_names[type->elem]);
    if (type->elem == ELEM_CODE) buffer_printf(&l->out, " of dim %u", type->code_dim);
    for (unsigned i = 0; i < type->dim_count; i++) {
        say(l, i ? " " : " [");
        say_escaped(l, l->module->dims.items[type->dims[i]].name);
    }
    if (type->dim_count) say(l, "]");
    buffer_printf(&l->out, " %s", label_names[type->label]);
}

static void say_operand(Listing *l, OperandSort sort, uint32_t operand) {
    switch (sort) {
    case OPERAND_NONE:
    case OPERAND_ARGS:
    case OPERAND_COUNT:
        break;
    case OPERAND_REG:
        buffer_printf(&l->out, " r%u", operand);
        break;
    case OPERAND_KONST:
    case OPERAND_IMM:
        buffer_printf(&l->out, " %u", operand);
        break;
    case OPERAND_QUERY:
        buffer_printf(&l->out, " query %u", operand);
        break;
    case OPERAND_SERIES:
        buffer_printf(&l->out, " series %u", operand);
        break;
    case OPERAND_DIM:
        buffer_printf(&l->out, " dim %u", operand);
        break;
    case OPERAND_UNIT:
        buffer_printf(&l->out, " unit %u", operand);
        break;
    case OPERAND_NATIVE:
        say(l, " ");
        say_slice(l, native_info(operand)->name);
        break;
    }
}

static void list_instr(Listing *l, uint32_t i) {
    enum { TYPE_COLUMN = 40 };
    const Instr *instr = &l->module->code.items[i];
    const OpcodeInfo *info = opcode_info(instr->op);
    const uint32_t operands[] = {instr->a, instr->b, instr->c};
    size_t start = l->out.length;
    buffer_printf(&l->out, "r%u %s", i, info->text);
    for (unsigned k = 0; k < 3; k++) say_operand(l, info->operands[k], operands[k]);
    InstrArgs args = instr_arguments(l->module, instr);
    for (uint32_t k = 0; k < args.count; k++) buffer_printf(&l->out, " r%u", args.registers[k]);
    if (instr->op == OPCODE_CALL) {
        InstrDims dims = instr_call_dims(l->module, instr);
        for (uint32_t k = 0; k < dims.count; k++)
            buffer_printf(&l->out, "%s dim %u", k ? "" : " over", dims.dims[k]);
    }
    size_t length = l->out.length - start;
    buffer_add_repeated(&l->out, ' ', length < TYPE_COLUMN ? TYPE_COLUMN - length : 2);
    say_type(l, &instr->type);
    say(l, "\n");
}

/* ---- Declarations and what rests on them ---------------------------------------------------------------- */

static void say_values(Listing *l, const FieldValue *values, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        const FieldValue *value = &values[i];
        if (value->sort == FIELD_REGISTER)
            buffer_printf(&l->out, " r%u unit %u", value->reg, value->unit);
        if (value->sort == FIELD_DECL) buffer_printf(&l->out, " decl %u", value->decl);
        if (value->sort == FIELD_MISSING) say(l, " missing");
        if (value->word.length) say_quoted(l, value->word);
    }
}

static void list_decl(Listing *l, uint32_t i) {
    const ModuleDecl *decl = &l->module->decls.items[i];
    buffer_printf(&l->out, "decl %u", i);
    say_quoted(l, decl->kind);
    say_quoted(l, decl->name);
    say_quoted(l, decl->title);
    say_reference(l, "in decl", decl->parent);
    say(l, "\n");
    for (uint32_t k = 0; k < decl->fields.count; k++) {
        const ModuleField *field = &decl->fields.items[k];
        say(l, field->derived ? "  derived" : "  field");
        say_quoted(l, field->name);
        say_values(l, field->values.items, field->values.count);
        for (uint32_t j = 0; j < field->labels.count; j++) {
            say(l, " label");
            say_quoted(l, field->labels.items[j].label);
            say_values(l, field->labels.items[j].values.items, field->labels.items[j].values.count);
        }
        say(l, "\n");
    }
}

static void list_output(Listing *l, uint32_t i) {
    const ModuleOutput *output = &l->module->outputs.items[i];
    buffer_printf(&l->out, "output %u", i);
    say_quoted(l, output->name);
    buffer_printf(&l->out, " r%u unit %u\n", output->reg, output->unit);
}

static void list_interval(Listing *l, uint32_t i) {
    const ModuleInterval *interval = &l->module->intervals.items[i];
    buffer_printf(&l->out, "interval of r%u at %g in r%u\n", interval->reg, interval->level,
                  interval->further);
}

static void list_requirement(Listing *l, uint32_t i) {
    const ModuleRequirement *rule = &l->module->requirements.items[i];
    buffer_printf(&l->out, "requirement %u", i);
    say_quoted(l, rule->rule);
    say_reference(l, "of decl", rule->decl);
    buffer_printf(&l->out, " r%u message r%u %s in draft %s%s", rule->condition, rule->message,
                  severities[rule->severity], severities[rule->draft_severity],
                  rule->waivable ? "" : " never waived");
    if (rule->from) say(l, " from"), say_date(l, rule->from);
    if (rule->until) say(l, " until"), say_date(l, rule->until);
    say(l, "\n");
    for (uint32_t k = 0; k < rule->values.count; k++) {
        say(l, "  value");
        say_quoted(l, rule->values.items[k].text);
        buffer_printf(&l->out, " r%u unit %u\n", rule->values.items[k].reg,
                      rule->values.items[k].unit);
    }
}

static void list_allow(Listing *l, uint32_t i) {
    const ModuleAllow *allow = &l->module->allows.items[i];
    buffer_printf(&l->out, "allow %u", i);
    say_quoted(l, allow->rule);
    say_reference(l, "in decl", allow->decl);
    say_quoted(l, allow->because);
    if (allow->until) say(l, " until"), say_date(l, allow->until);
    say(l, "\n");
}

static void list_source(Listing *l, uint32_t i) {
    const ModuleSource *source = &l->module->sources.items[i];
    buffer_printf(&l->out, "source %u", i);
    say_quoted(l, source->path);
    say_quoted(l, source->sha256);
    buffer_printf(&l->out, "%s lines %u\n", source->library ? " library" : "",
                  source->line_starts.count);
}

static void list_input(Listing *l, uint32_t i) {
    const ModuleInput *input = &l->module->inputs.items[i];
    buffer_printf(&l->out, "input %u", i);
    say_quoted(l, input->name);
    say_quoted(l, input->file);
    say_quoted(l, input->sha256);
    say(l, "\n");
}

static void list_unknown(Listing *l, uint32_t i) {
    buffer_printf(&l->out, "unknown %u until", i);
    say_date(l, l->module->unknowns.items[i].until);
    say(l, "\n");
}

static void list_each(Listing *l, uint32_t count, void (*each)(Listing *, uint32_t)) {
    for (uint32_t i = 0; i < count; i++) each(l, i);
}

Slice module_disassemble(const Module *module, Arena *arena) {
    Listing l = {.module = module, .arena = arena};
    buffer_init(&l.out, arena);
    list_head(&l);
    list_each(&l, module->units.count, list_unit);
    list_each(&l, module->dims.count, list_dim);
    list_each(&l, module->consts.count, list_const);
    list_each(&l, module->tables.count, list_table);
    list_each(&l, module->row_tables.count, list_row_table);
    list_each(&l, module->rankings.count, list_ranking);
    list_each(&l, module->rows.count, list_row);
    list_each(&l, module->queries.count, list_query);
    list_each(&l, module->measured.count, list_measured);
    list_each(&l, module->code.count, list_instr);
    list_each(&l, module->decls.count, list_decl);
    list_each(&l, module->outputs.count, list_output);
    list_each(&l, module->intervals.count, list_interval);
    list_each(&l, module->requirements.count, list_requirement);
    list_each(&l, module->allows.count, list_allow);
    list_each(&l, module->sources.count, list_source);
    list_each(&l, module->inputs.count, list_input);
    list_each(&l, module->unknowns.count, list_unknown);
    return buffer_slice(&l.out);
}
