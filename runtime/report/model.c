/* Reading declarations, their clauses and labels, and what is derived from a KPI. */
#include "runtime/report/model.h"

#include <string.h>

#include "runtime/base/buffer.h"

bool text_is(Slice text, const char *word) {
    return slice_equal(text, slice_of(word));
}

static bool is_acronym(const char *letters, size_t length) {
    static const char *const acronyms[] = {"copd", "ed",  "esp", "fy",  "gp",  "hwb",
                                           "icb",  "icp", "ics", "imd", "jfp", "jsna",
                                           "kpi",  "nhs", "pcn", "sii", "smi", "vcse"};
    for (size_t i = 0; i < sizeof acronyms / sizeof *acronyms; i++)
        if (strlen(acronyms[i]) == length && !memcmp(acronyms[i], letters, length)) return true;
    return false;
}

static void capitals(char *letters, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (letters[i] >= 'a' && letters[i] <= 'z') letters[i] += 'A' - 'a';
}

Slice word_for_readers(Arena *arena, Slice word) {
    Slice text = arena_copy(arena, word);
    char *letters = (char *)text.data; /* our own copy */
    size_t from = 0;
    for (size_t i = 0; i <= text.length; i++) {
        if (i < text.length && letters[i] != '_') continue;
        if (i < text.length) letters[i] = ' ';
        if (is_acronym(letters + from, i - from)) capitals(letters + from, i - from);
        from = i + 1;
    }
    capitals(letters, text.length ? 1 : 0);
    return text;
}

Slice decl_title(Arena *arena, const ModuleDecl *decl) {
    return decl->title.length ? decl->title : word_for_readers(arena, decl->name);
}

/* ---- Declarations -------------------------------------------------------------------- */

const ModuleDecl *model_decl(const ReportInput *input, uint32_t decl) {
    return decl < input->module->decls.count ? &input->module->decls.items[decl] : NULL;
}

uint32_t decl_index(const ReportInput *input, const ModuleDecl *decl) {
    return decl ? (uint32_t)(decl - input->module->decls.items) : MODULE_NONE;
}

bool decl_is(const ModuleDecl *decl, const char *kind) {
    return text_is(decl->kind, kind);
}

const ModuleDecl *next_decl(const ReportInput *input, const ModuleDecl *after, const char *kind,
                            const ModuleDecl *parent) {
    uint32_t parent_index = decl_index(input, parent);
    for (uint32_t i = after ? decl_index(input, after) + 1 : 0; i < input->module->decls.count;
         i++) {
        const ModuleDecl *decl = &input->module->decls.items[i];
        if (kind && !decl_is(decl, kind)) continue;
        if (parent && decl->parent != parent_index) continue;
        return decl;
    }
    return NULL;
}

const ModuleDecl *plan_decl(const ReportInput *input) {
    return model_decl(input, input->module->plan);
}

/* ---- Clauses ------------------------------------------------------------------------------ */

const ModuleField *next_field(const ModuleDecl *decl, const ModuleField *after, const char *name) {
    if (!decl) return NULL;
    const ModuleField *end = decl->fields.items + decl->fields.count;
    for (const ModuleField *field = after ? after + 1 : decl->fields.items; field < end; field++)
        if (text_is(field->name, name)) return field;
    return NULL;
}

const ModuleField *decl_field(const ModuleDecl *decl, const char *name) {
    return next_field(decl, NULL, name);
}

static const FieldValue *first_given(const FieldValue *items, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        if (items[i].sort != FIELD_MISSING) return &items[i];
    return NULL;
}

const FieldValue *field_value(const ModuleField *field) {
    return field ? first_given(field->values.items, field->values.count) : NULL;
}

const FieldLabel *field_label(const ModuleField *field, const char *label) {
    for (uint32_t i = 0; field && i < field->labels.count; i++)
        if (text_is(field->labels.items[i].label, label)) return &field->labels.items[i];
    return NULL;
}

const FieldValue *label_value(const ModuleField *field, const char *label) {
    const FieldLabel *found = field_label(field, label);
    return found ? first_given(found->values.items, found->values.count) : NULL;
}

bool field_is_head(const ModuleField *field) {
    return !field->name.length || text_is(field->name, "head");
}

static const FieldLabel *head_label(const ModuleDecl *decl, const char *label) {
    for (uint32_t i = 0; decl && i < decl->fields.count; i++) {
        const ModuleField *field = &decl->fields.items[i];
        const FieldLabel *found = field_is_head(field) ? field_label(field, label) : NULL;
        if (found) return found;
    }
    return NULL;
}

FieldValues decl_values(const ModuleDecl *decl, const char *name) {
    const ModuleField *field = decl_field(decl, name);
    if (field && field_value(field)) return (FieldValues){field->values.items, field->values.count};
    const FieldLabel *label = head_label(decl, name);
    if (label) return (FieldValues){label->values.items, label->values.count};
    return (FieldValues){NULL, 0};
}

const FieldValue *decl_value(const ModuleDecl *decl, const char *name) {
    FieldValues values = decl_values(decl, name);
    return first_given(values.items, values.count);
}

const ModuleDecl *value_decl(const ReportInput *input, const FieldValue *value) {
    return value && value->sort == FIELD_DECL ? model_decl(input, value->decl) : NULL;
}

Slice value_word(const FieldValue *value) {
    return value && value->sort == FIELD_WORD ? value->word : (Slice){"", 0};
}

/* ---- Money by year ------------------------------------------------------------------------ */

static void add_derived(const ReportInput *input, Arena *arena, const ModuleDecl *decl,
                        FinanceLines *lines) {
    Shown by_year = shown_field(input, decl_value(decl, "by_year"));
    if (!shown_is_series(input, by_year)) return;
    Shown after = shown_field(input, decl_value(decl, "after_shifts"));
    if (!shown_is_series(input, after)) after = (Shown){NULL, NULL};
    VEC_PUSH(arena, lines, (FinanceLine){.decl = decl, .by_year = by_year, .after = after});
}

static void add_costs(const ReportInput *input, Arena *arena, const ModuleDecl *decl,
                      FinanceLines *lines) {
    for (const ModuleField *cost = decl_field(decl, "cost"); cost;
         cost = next_field(decl, cost, "cost")) {
        Shown by_year = shown_field(input, field_value(cost));
        if (!shown_is_series(input, by_year)) continue;
        Slice as = value_word(label_value(cost, "as"));
        VEC_PUSH(arena, lines, (FinanceLine){.decl = decl, .as = as, .by_year = by_year});
    }
}

FinanceLines finance_read(const ReportInput *input, Arena *arena) {
    FinanceLines lines = {0};
    EACH_DECL(input, decl, NULL, NULL) {
        add_derived(input, arena, decl, &lines);
        add_costs(input, arena, decl, &lines);
    }
    return lines;
}

/* ---- Requirements --------------------------------------------------------------------------- */

const ModuleRequirement *finding_rule(const ReportInput *input, const ReportFinding *finding) {
    return &input->module->requirements.items[finding->requirement];
}

Slice finding_message(const ReportInput *input, const ReportFinding *finding) {
    const ModuleRequirement *rule = finding_rule(input, finding);
    FieldValue value = {.sort = FIELD_REGISTER, .reg = rule->message};
    Slice text = {"", 0};
    scalar_text(input, &value, &text);
    return text;
}

/* ---- Names ----------------------------------------------------------------------------------- */

Slice policy_name(const ReportInput *input) {
    switch (input->policy) {
    case POLICY_HES: return SLICE("hes");
    case POLICY_MIDPOINT6: return SLICE("midpoint6");
    case POLICY_EXACT_INTERNAL: return SLICE("internal");
    }
    return SLICE("");
}

Slice internal_watermark(void) {
    return SLICE("INTERNAL: exact figures, not protected; not for publication");
}

const char *reason_text(AbsentReason reason) {
    switch (reason) {
    case ABSENT_UNKNOWN: return "unknown until";
    case ABSENT_NO_DATA: return "no data";
    default: return absent_text(reason);
    }
}

bool count_released(const ReportInput *input, bool people, int64_t count, int64_t *released) {
    Protected shown =
        people ? protect_people(input->policy, count) : protect_events(input->policy, count, count);
    if (shown.suppressed) return false;
    *released = (int64_t)shown.value;
    return true;
}

bool rows_released(const ReportInput *input, const ReportData *data, int64_t *released) {
    *released = data->rows;
    return data->open || count_released(input, data->people, data->rows, released);
}
