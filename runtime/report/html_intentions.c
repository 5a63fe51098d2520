/* Commissioning intentions, a card each, in the order in which boards' papers have them: why,
 * outcomes, what and where, milestones, who, money, effect, inequality, risks, procurement. */
#include "runtime/report/html.h"

/* ---- Milestones --------------------------------------------------------------------------- */

static int32_t due(const ReportInput *input, const ModuleDecl *milestone) {
    int32_t day = INT32_MAX; /* undated ones come last */
    scalar_date(input, decl_value(milestone, "by"), &day);
    return day;
}

/* By date, equal ones in the order of the plan. */
static void sort_by_date(const ReportInput *input, Decls *decls) {
    for (uint32_t i = 1; i < decls->count; i++) {
        const ModuleDecl *decl = decls->items[i];
        uint32_t at = i;
        for (; at > 0 && due(input, decls->items[at - 1]) > due(input, decl); at--)
            decls->items[at] = decls->items[at - 1];
        decls->items[at] = decl;
    }
}

static void milestones(Html *html, const ModuleDecl *intention) {
    Decls decls = decls_of_kind(html, "milestone", intention);
    sort_by_date(html->input, &decls);
    html_decls(html, 4, SLICE("Milestones"), &decls);
}

/* ---- Money and effect ----------------------------------------------------------------------- */

static void costs(Html *html, const ModuleDecl *intention) {
    MoneyRows rows = {0};
    for (const ModuleField *cost = decl_field(intention, "cost"); cost;
         cost = next_field(intention, cost, "cost")) {
        Shown by_year = shown_field(html->input, field_value(cost));
        if (!shown_is_series(html->input, by_year)) continue;
        Slice as = value_word(label_value(cost, "as"));
        Slice label = as.length ? word_title(html, as) : SLICE("Cost");
        VEC_PUSH(html->arena, &rows, (MoneyRow){.label = label, .by_year = by_year});
    }
    if (rows.count) html_money_table(html, SLICE("Cost"), "Cost", &rows, true);
}

static void effect_cell(Html *html, const ModuleField *field, const char *label) {
    const FieldLabel *found = field_label(field, label);
    html_cell_begin(html, false);
    if (found)
        html_values(html, (FieldValues){found->values.items, found->values.count});
    else
        html_raw(html, "Not stated");
    html_cell_end(html);
}

static void effects(Html *html, const ModuleDecl *intention) {
    const ModuleField *field = decl_field(intention, "affects");
    if (!field) return;
    html_table_begin(html, SLICE("Effect on indicators"));
    html_column(html, SLICE("Indicator"), false);
    html_column(html, SLICE("Change"), false);
    html_column(html, SLICE("From"), false);
    html_column(html, SLICE("Share reached, year by year"), false);
    html_rows_begin(html);
    for (; field; field = next_field(intention, field, "affects")) {
        html_row_begin(html);
        html_row_heading_begin(html);
        html_values(html, (FieldValues){field->values.items, field->values.count});
        html_row_heading_end(html);
        effect_cell(html, field, "by");
        effect_cell(html, field, "from");
        effect_cell(html, field, "reaching");
        html_row_end(html);
    }
    html_table_end(html);
}

/* ---- What stands within, or elsewhere and belongs here --------------------------------------- */

static void procurement(Html *html, const ModuleDecl *decl) {
    html_raw(html, "<article class=\"card\">\n");
    html_decl_heading(html, 4, decl);
    html_markdown(html, decl->doc);
    html_other_clauses(html, decl, (const char *const[]){"for_intention", NULL});
    html_raw(html, "</article>\n");
}

static void procurements(Html *html, const ModuleDecl *intention) {
    EACH_DECL(html->input, decl, "procurement", NULL)
    if (value_decl(html->input, decl_value(decl, "for_intention")) == intention)
        procurement(html, decl);
}

static void other_children(Html *html, const ModuleDecl *intention) {
    EACH_DECL(html->input, child, NULL, intention)
    if (decl_published(child) && !decl_is(child, "milestone") && !decl_is(child, "risk"))
        html_card(html, 4, child);
}

static void intention_card(Html *html, const ModuleDecl *decl) {
    static const char *const what[] = {"rationale", "achieves", "shift", "service_change",
                                       "scale",     "cohort",   NULL};
    static const char *const who[] = {"lead", "clinical_lead", "partner", "governed_by", NULL};
    static const char *const named[] = {
        "rationale",     "achieves", "shift",       "service_change", "scale",   "cohort", "lead",
        "clinical_lead", "partner",  "governed_by", "cost",           "affects", NULL};
    html_raw(html, "<article class=\"card\">\n");
    html_decl_heading(html, 3, decl);
    html_markdown(html, decl->doc);
    html_clauses(html, decl, what);
    milestones(html, decl);
    html_clauses(html, decl, who);
    costs(html, decl);
    effects(html, decl);
    html_other_clauses(html, decl, named);
    Decls risks = decls_of_kind(html, "risk", decl);
    html_decls(html, 4, SLICE("Risks"), &risks);
    procurements(html, decl);
    other_children(html, decl);
    html_raw(html, "</article>\n");
}

void section_intentions(Html *html) {
    EACH_DECL(html->input, decl, "intention", NULL) intention_card(html, decl);
}
