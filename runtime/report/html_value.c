/* Clauses of declarations for readers: the words of the plan as titles, values with their
 * labels, and a card for a declaration of any kind, known here or not. */
#include <string.h>

#include "runtime/report/html.h"

enum { INLINE_TEXT_MAX = 240 }; /* longer texts are paragraphs of their own */

/* ---- Words -------------------------------------------------------------------------------- */

typedef struct {
    const char *word, *title;
} Title;

/* Where a word with its underscores taken out is not what a reader expects. */
static const Title words[] = {
    {"icb", "Integrated care board"},
    {"nhs_england", "NHS England"},
    {"pan_icb_office", "Office of pan-ICB commissioning"},
    {"pcn", "Primary care network"},
    {"vcse", "Voluntary, community and social enterprise"},
    {"multi_system", "Multi-system"},
    {"one_off", "One-off"},
    {"co_designer", "Co-designer"},
    {"co_production", "Co-production"},
    {"jsna", "Joint strategic needs assessment"},
    {"hwb_strategy", "Health and wellbeing board strategy"},
    {"ics_strategy", "Integrated care system strategy"},
    {"psr", "Provider Selection Regime"},
    {"direct_award_a", "Direct award A"},
    {"direct_award_b", "Direct award B"},
    {"direct_award_c", "Direct award C"},
    {"section_75", "Section 75"},
    {"iho", "Integrated health organisation"},
    {"snp", "Single neighbourhood provider"},
    {"mnp", "Multi-neighbourhood provider"},
    {"sii", "the slope index of inequality"},
    {"gap", "the gap between the extremes"},
};

static const Title clauses[] = {
    {"as_at", "People as at"},
    {"achieves", "Outcomes this supports"},
    {"affects", "Effect on indicators"},
    {"co_production", "Co-production"},
    {"core20plus5", "Core20PLUS5 group"},
    {"evidenced_by", "Evidence"},
    {"existing_value", "Value of the existing contract"},
    {"new_value", "Value of the new contract"},
    {"notice", "Notice published"},
    {"only_capable", "Only one provider is capable"},
    {"patient_choice", "Patients choose the provider"},
    {"provider_satisfies", "Existing provider satisfies"},
    {"starts", "Contract starts"},
    {"value_criterion", "Value"},
    {"governed_by", "Governance"},
    {"gss", "GSS code"},
    {"measure", "How it is measured"},
    {"meets", "Meets"},
    {"ods", "ODS code"},
    {"reports", "Reports"},
    {"shift", "National shifts"},
    {"sub_contractors", "Sub-contractors"},
    {"service_change", "Change to services"},
    {"why", "Why it matters"},
    {"rationale", "Why"},
};

static Slice title_of(Html *html, const Title *titles, size_t count, Slice word) {
    for (size_t i = 0; i < count; i++)
        if (text_is(word, titles[i].word)) return slice_of(titles[i].title);
    return word_for_readers(html->arena, word);
}

/* A dimension goes by its own title. */
Slice word_title(Html *html, Slice word) {
    for (uint32_t i = 0; i < html->input->module->dims.count; i++)
        if (slice_equal(html->input->module->dims.items[i].name, word))
            return format_dim(html->arena, &html->input->module->dims.items[i]);
    return title_of(html, words, sizeof words / sizeof *words, word);
}

Slice clause_title(Html *html, Slice clause) {
    return title_of(html, clauses, sizeof clauses / sizeof *clauses, clause);
}

/* ---- Declarations --------------------------------------------------------------------------- */

/* Kinds that say how the plan is made, not what it says. */
bool decl_published(const ModuleDecl *decl) {
    static const char *const inner[] = {"column", "level",   "let",    "fn",    "unit",   "kind",
                                        "use",    "rule",    "table",  "allow", "moved",  "test",
                                        "extend", "edition", "extern", "plan",  "section"};
    for (size_t i = 0; i < sizeof inner / sizeof *inner; i++)
        if (decl_is(decl, inner[i])) return false;
    return decl->name.length > 0;
}

static bool same_name_before(Html *html, const ModuleDecl *decl) {
    for (const ModuleDecl *other = html->input->module->decls.items; other < decl; other++)
        if (slice_equal(other->name, decl->name) && slice_equal(other->kind, decl->kind))
            return true;
    return false;
}

/* Names within a parent need not be unique in the plan; ids must be. */
Slice decl_id(Html *html, const ModuleDecl *decl) {
    if (!same_name_before(html, decl))
        return arena_printf(html->arena, "%.*s-%.*s", SLICE_FMT(decl->kind), SLICE_FMT(decl->name));
    return arena_printf(html->arena, "%.*s-%.*s-%u", SLICE_FMT(decl->kind), SLICE_FMT(decl->name),
                        decl_index(html->input, decl));
}

void html_link(Html *html, const ModuleDecl *decl) {
    bool published = decl_published(decl);
    if (published) {
        html_raw(html, "<a href=\"#");
        html_text(html, decl_id(html, decl));
        html_raw(html, "\">");
    }
    html_text(html, decl_title(html->arena, decl));
    if (published) html_raw(html, "</a>");
}

void html_decl_heading(Html *html, int level, const ModuleDecl *decl) {
    int shown = level > 6 ? 6 : level;
    buffer_printf(html->out, "<h%d id=\"", shown);
    html_text(html, decl_id(html, decl));
    html_raw(html, "\">");
    html_text(html, decl_title(html->arena, decl));
    buffer_printf(html->out, "</h%d>\n", shown);
}

/* ---- Values --------------------------------------------------------------------------------- */

static bool is_block(Slice text) {
    return text.length > INLINE_TEXT_MAX || memchr(text.data, '\n', text.length);
}

/* "£1.2m in 2026/27, £2.4m in 2027/28" */
static void year_series(Html *html, Shown shown) {
    int places = format_places(shown);
    bool first = true;
    for (uint32_t cell = 0; cell < shown.array->count; cell++) {
        if (!shown_present(shown, cell)) continue;
        html_raw(html, first ? "" : ", ");
        html_text(html, format_cell(html->arena, html->input, shown, cell, places));
        html_raw(html, " in ");
        html_text(html, format_member(shown_dim(html->input, shown, 0), cell));
        first = false;
    }
}

static void shown_value(Html *html, Shown shown) {
    if (!shown.array) return;
    if (shown_is_series(html->input, shown)) {
        year_series(html, shown);
    } else if (shown.array->type.dim_count) {
        html_array_table(html, SLICE("By group"), shown, NULL);
    } else if (shown.array->type.elem == ELEM_TEXT && shown_present(shown, 0)) {
        Slice text = shown.array->as.text[0];
        if (text.length && is_block(text))
            html_markdown(html, text);
        else
            html_inline(html, text);
    } else {
        html_scalar(html, shown);
    }
}

/* People are named by the title of the segment or population, or by its name. */
static const ModuleDecl *people_named(Html *html, Slice word) {
    EACH_DECL(html->input, decl, NULL, NULL) {
        bool people = decl_is(decl, "segment") || decl_is(decl, "population");
        if (people && (slice_equal(decl->name, word) || slice_equal(decl->title, word)))
            return decl;
    }
    return NULL;
}

/* What was written as an expression is shown as it was written. */
static bool is_expression(Slice word) {
    for (size_t i = 0; i < word.length; i++)
        if (strchr("()<>=*/[]", word.data[i]) && word.data[i]) return true;
    return false;
}

static void word_value(Html *html, Slice word) {
    const ModuleDecl *people = people_named(html, word);
    if (people)
        html_link(html, people);
    else if (is_expression(word))
        html_element(html, "code", word);
    else
        html_text(html, word_title(html, word));
}

/* A condition is shown as it is written, and whether it holds. */
static bool is_condition(Shown shown, const FieldValue *value) {
    return shown.array && shown.array->type.elem == ELEM_BOOL && value->word.length;
}

static void register_value(Html *html, const FieldValue *value) {
    Shown shown = shown_field(html->input, value);
    Slice change = format_change(html->arena, html->input, value);
    if (change.length) {
        html_text(html, change);
        return;
    }
    if (is_condition(shown, value)) {
        html_element(html, "code", value->word);
        html_raw(html, ": ");
    }
    shown_value(html, shown);
}

void html_value(Html *html, const FieldValue *value) {
    if (!value) return;
    switch (value->sort) {
    case FIELD_REGISTER: register_value(html, value); return;
    case FIELD_DECL: {
        const ModuleDecl *decl = model_decl(html->input, value->decl);
        if (decl) html_link(html, decl);
        return;
    }
    case FIELD_WORD: word_value(html, value->word); return;
    case FIELD_MISSING: return;
    }
}

/* A word that is not the first of a list begins small. */
static void list_value(Html *html, const FieldValue *value, bool goes_on) {
    if (goes_on && value->sort == FIELD_WORD && !people_named(html, value->word) &&
        !is_expression(value->word))
        html_text(html, format_in_sentence(html->arena, word_title(html, value->word)));
    else
        html_value(html, value);
}

/* The title of what is linked to, or a text, may have a comma of its own. */
static bool has_comma(Html *html, const FieldValue *value) {
    Slice text = {0};
    if (value->sort == FIELD_DECL) {
        const ModuleDecl *decl = model_decl(html->input, value->decl);
        text = decl ? decl_title(html->arena, decl) : text;
    } else {
        scalar_text(html->input, value, &text);
    }
    return text.length && memchr(text.data, ',', text.length);
}

static bool value_list(Html *html, const FieldValue *items, uint32_t count) {
    bool any = false, commas = false;
    for (uint32_t i = 0; i < count; i++) commas |= has_comma(html, &items[i]);
    for (uint32_t i = 0; i < count; i++) {
        if (items[i].sort == FIELD_MISSING) continue;
        if (any) html_raw(html, commas ? "; " : ", ");
        list_value(html, &items[i], any);
        any = true;
    }
    return any;
}

void html_values(Html *html, FieldValues values) {
    value_list(html, values.items, values.count);
}

void html_label_values(Html *html, const FieldLabel *label) {
    bool condition = text_is(label->label, "where");
    for (uint32_t i = 0; condition && i < label->values.count; i++)
        if (label->values.items[i].sort == FIELD_WORD) {
            html_element(html, "code", label->values.items[i].word);
            return;
        }
    value_list(html, label->values.items, label->values.count);
}

/* `at organisation` reads as a second part of the name; other labels are said. */
static void label_text(Html *html, const FieldLabel *label, bool after) {
    bool at_body = text_is(label->label, "at") && label->values.count &&
                   label->values.items[0].sort == FIELD_DECL;
    if (at_body) {
        html_raw(html, after ? ", " : "");
    } else {
        html_raw(html, after ? " " : "");
        html_text(html, label->label);
        html_raw(html, " ");
    }
    html_label_values(html, label);
}

void html_field(Html *html, const ModuleField *field) {
    bool any = value_list(html, field->values.items, field->values.count);
    for (uint32_t i = 0; i < field->labels.count; i++) {
        if (!field->labels.items[i].values.count) continue;
        label_text(html, &field->labels.items[i], any);
        any = true;
    }
}

/* ---- Clauses as terms ------------------------------------------------------------------------ */

static bool says_something(const ModuleField *field) {
    return field && (field_value(field) || field->labels.count);
}

/* One term for all repetitions of the clause. */
static void clause_term(Html *html, const ModuleDecl *decl, const ModuleField *first) {
    Slice name = first->name;
    uint32_t more = 0;
    const ModuleField *end = decl->fields.items + decl->fields.count;
    for (const ModuleField *field = first + 1; field < end; field++)
        if (slice_equal(field->name, name)) more++;
    html_term(html, clause_title(html, name));
    if (more) html_raw(html, "<ul>");
    for (const ModuleField *field = first; field < end; field++) {
        if (!slice_equal(field->name, name)) continue;
        if (more) html_raw(html, "<li>");
        html_field(html, field);
        if (more) html_raw(html, "</li>");
    }
    if (more) html_raw(html, "</ul>");
    html_term_end(html);
}

static bool is_listed(Slice name, const char *const *names) {
    for (; names && *names; names++)
        if (text_is(name, *names)) return true;
    return false;
}

static bool is_repetition(const ModuleDecl *decl, const ModuleField *field) {
    for (const ModuleField *other = decl->fields.items; other < field; other++)
        if (slice_equal(other->name, field->name)) return true;
    return false;
}

void html_clauses(Html *html, const ModuleDecl *decl, const char *const *names) {
    bool open = false;
    for (; *names; names++) {
        const ModuleField *field = decl_field(decl, *names);
        if (!says_something(field)) continue;
        if (!open) html_terms_begin(html);
        open = true;
        clause_term(html, decl, field);
    }
    if (open) html_terms_end(html);
}

/* What follows the `=` of a declaration, unless it is derived by year and shown so. */
static bool shows_head_value(const ModuleDecl *decl, const ModuleField *head) {
    return field_value(head) && !decl_field(decl, "by_year");
}

/* What stands in the declaration's own line: `from acute to community` is a term each. */
static void head_terms(Html *html, const ModuleDecl *decl, const ModuleField *head, bool *open,
                       const char *const *but) {
    if (shows_head_value(decl, head) && !is_listed(SLICE("value"), but)) {
        if (!*open) html_terms_begin(html);
        *open = true;
        html_term(html, SLICE("Value"));
        value_list(html, head->values.items, head->values.count);
        html_term_end(html);
    }
    for (uint32_t i = 0; i < head->labels.count; i++) {
        const FieldLabel *label = &head->labels.items[i];
        if (!label->values.count || is_listed(label->label, but)) continue;
        if (!*open) html_terms_begin(html);
        *open = true;
        html_term(html, clause_title(html, label->label));
        html_label_values(html, label);
        html_term_end(html);
    }
}

void html_other_clauses(Html *html, const ModuleDecl *decl, const char *const *but) {
    bool open = false;
    VEC_EACH(const ModuleField, field, &decl->fields) {
        if (field->derived || is_listed(field->name, but)) continue;
        if (field_is_head(field)) {
            head_terms(html, decl, field, &open, but);
            continue;
        }
        if (is_repetition(decl, field) || !says_something(field)) continue;
        if (!open) html_terms_begin(html);
        open = true;
        clause_term(html, decl, field);
    }
    if (open) html_terms_end(html);
}

/* ---- Cards ----------------------------------------------------------------------------------- */

void html_card(Html *html, int level, const ModuleDecl *decl) {
    html_raw(html, "<article class=\"card\">\n");
    html_decl_heading(html, level, decl);
    html_markdown(html, decl->doc);
    html_other_clauses(html, decl, NULL);
    Shown by_year = shown_field(html->input, decl_value(decl, "by_year"));
    if (shown_is_series(html->input, by_year)) {
        MoneyRows rows = {0};
        VEC_PUSH(html->arena, &rows,
                 (MoneyRow){.label = decl_title(html->arena, decl), .by_year = by_year});
        html_money_table(html, SLICE("Money by year"), "", &rows, false);
    }
    EACH_DECL(html->input, child, NULL, decl)
    if (decl_published(child)) html_card(html, level + 1, child);
    html_raw(html, "</article>\n");
}
