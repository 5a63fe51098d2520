/* The end of the report, on which its worth rests: which checks the plan meets, where the
 * numbers come from, what was withheld and how, and what this very page was made from. */
#include "runtime/base/date.h"
#include "runtime/report/html.h"

/* ---- Checks ---------------------------------------------------------------------------------- */

static bool is_accepted(Html *html, const ReportFinding *finding) {
    return finding->allow < html->input->module->allows.count;
}

static void item_link(Html *html, uint32_t index) {
    const ModuleDecl *decl = model_decl(html->input, index);
    if (decl && decl_is(decl, "plan"))
        html_raw(html, "The plan");
    else if (decl)
        html_link(html, decl);
    else
        html_raw(html, "The whole plan");
}

static Slice first_sentence(Slice text) {
    for (size_t i = 0; i + 1 < text.length; i++)
        if (text.data[i] == '.' && (text.data[i + 1] == ' ' || text.data[i + 1] == '\n'))
            return slice_sub(text, 0, i + 1);
    return text;
}

/* What the rule asks for, as its author put it first; its name where he did not. */
static void rule_heading(Html *html, const ModuleRequirement *rule) {
    Slice name = arena_copy(html->arena, rule->rule);
    char *letters = (char *)name.data; /* a copy of our own */
    for (size_t i = 0; i < name.length; i++)
        if (letters[i] == '-') letters[i] = '_';
    html_row_heading_begin(html);
    if (rule->why.length)
        html_inline(html, first_sentence(rule->why));
    else
        html_text(html, word_for_readers(html->arena, name));
    html_row_heading_end(html);
}

static const ModuleRequirement *rule_named(Html *html, Slice name) {
    VEC_EACH(const ModuleRequirement, rule, &html->input->module->requirements)
    if (slice_equal(rule->rule, name)) return rule;
    return NULL;
}

static const char *severity_word(Html *html, const ModuleRequirement *rule) {
    uint8_t severity = html->input->module->final_status ? rule->severity : rule->draft_severity;
    return severity == SEVERITY_ERROR     ? "Must be put right"
           : severity == SEVERITY_WARNING ? "Should be put right"
                                          : "To note";
}

static void failed_row(Html *html, const ReportFinding *finding) {
    const ModuleRequirement *rule = finding_rule(html->input, finding);
    html_row_begin(html);
    rule_heading(html, rule);
    html_cell_begin(html, false);
    item_link(html, rule->decl);
    html_cell_end(html);
    html_cell(html, slice_of(severity_word(html, rule)), false);
    html_cell_begin(html, false);
    html_inline(html, finding_message(html->input, finding));
    html_cell_end(html);
    html_cell(html, rule->source, false);
    html_row_end(html);
}

static void failed_table(Html *html) {
    bool open = false;
    for (uint32_t i = 0; i < html->input->finding_count; i++) {
        const ReportFinding *finding = &html->input->findings[i];
        if (finding->outcome != REQUIREMENT_FAILED || is_accepted(html, finding)) continue;
        if (!open) {
            html_heading(html, 3, SLICE("Requirements not met"));
            html_table_begin(html, SLICE("Requirements that this version does not meet"));
            html_column(html, SLICE("Requirement"), false);
            html_column(html, SLICE("Where"), false);
            html_column(html, SLICE("Weight"), false);
            html_column(html, SLICE("What is wrong"), false);
            html_column(html, SLICE("Source"), false);
            html_rows_begin(html);
            open = true;
        }
        failed_row(html, finding);
    }
    if (open) html_table_end(html);
}

/* Whether the waiver covers a finding of this run. */
static bool is_used(Html *html, uint32_t allow) {
    for (uint32_t i = 0; i < html->input->finding_count; i++)
        if (html->input->findings[i].allow == allow &&
            html->input->findings[i].outcome == REQUIREMENT_FAILED)
            return true;
    return false;
}

static void waiver_table(Html *html) {
    const Module *module = html->input->module;
    if (!module->allows.count) return;
    html_heading(html, 3, SLICE("Exceptions accepted"));
    html_table_begin(html, SLICE("Requirements that are knowingly not met"));
    const char *columns[] = {"Requirement", "Where", "Why", "Accepted by", "Until", "In use"};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        html_column(html, slice_of(columns[i]), false);
    html_rows_begin(html);
    for (uint32_t i = 0; i < module->allows.count; i++) {
        const ModuleAllow *allow = &module->allows.items[i];
        html_row_begin(html);
        const ModuleRequirement *rule = rule_named(html, allow->rule);
        const ModuleRequirement unnamed = {.rule = allow->rule};
        rule_heading(html, rule ? rule : &unnamed);
        html_cell_begin(html, false);
        item_link(html, allow->decl);
        html_cell_end(html);
        html_cell(html, allow->because, false);
        html_cell(html, allow->by, false);
        html_cell(html, allow->until ? date_format_long(html->arena, allow->until) : SLICE(""),
                  false);
        html_cell(html, is_used(html, i) ? SLICE("Yes") : SLICE("No"), false);
        html_row_end(html);
    }
    html_table_end(html);
}

typedef struct {
    const ModuleRequirement *rule; /* the first of that name */
    uint32_t passed, failed, accepted, unknown;
} RuleCount;
typedef VEC(RuleCount) RuleCounts;

static RuleCount *count_of(Html *html, RuleCounts *counts, const ModuleRequirement *rule) {
    VEC_EACH(RuleCount, count, counts)
    if (slice_equal(count->rule->rule, rule->rule)) return count;
    VEC_PUSH(html->arena, counts, (RuleCount){.rule = rule});
    return &counts->items[counts->count - 1];
}

static RuleCounts count_rules(Html *html) {
    RuleCounts counts = {0};
    for (uint32_t i = 0; i < html->input->finding_count; i++) {
        const ReportFinding *finding = &html->input->findings[i];
        if (finding->outcome == REQUIREMENT_NOT_IN_FORCE) continue;
        RuleCount *count = count_of(html, &counts, finding_rule(html->input, finding));
        if (finding->outcome == REQUIREMENT_PASSED) count->passed++;
        if (finding->outcome == REQUIREMENT_UNKNOWN) count->unknown++;
        if (finding->outcome == REQUIREMENT_FAILED) {
            if (is_accepted(html, finding))
                count->accepted++;
            else
                count->failed++;
        }
    }
    return counts;
}

static void rule_table(Html *html) {
    RuleCounts counts = count_rules(html);
    if (!counts.count) return;
    html_heading(html, 3, SLICE("Every requirement checked"));
    html_table_begin(html, SLICE("Requirements checked, and how many parts of the plan meet them"));
    html_column(html, SLICE("Requirement"), false);
    html_column(html, SLICE("Source"), false);
    const char *columns[] = {"Met", "Not met", "Accepted", "Not yet known"};
    for (int i = 0; i < 4; i++) html_column(html, slice_of(columns[i]), true);
    html_rows_begin(html);
    VEC_EACH(const RuleCount, count, &counts) {
        const uint32_t cells[] = {count->passed, count->failed, count->accepted, count->unknown};
        html_row_begin(html);
        rule_heading(html, count->rule);
        html_cell(html, count->rule->source, false);
        for (int i = 0; i < 4; i++) html_cell(html, format_count(html->arena, cells[i]), true);
        html_row_end(html);
    }
    html_table_end(html);
}

void section_compliance(Html *html) {
    failed_table(html);
    waiver_table(html);
    rule_table(html);
}

/* ---- Data ------------------------------------------------------------------------------------ */

static void count_cell(Html *html, bool released, int64_t count) {
    html_cell_begin(html, true);
    if (released)
        html_text(html, format_count(html->arena, (double)count));
    else
        html_mark(html, ABSENT_SUPPRESSED);
    html_cell_end(html);
}

static void released_cell(Html *html, bool people, int64_t exact) {
    int64_t count = 0;
    bool released = count_released(html->input, people, exact, &count);
    count_cell(html, released, count);
}

static void left_out_row(Html *html, const ReportData *data, Slice what, bool people,
                         int64_t count) {
    html_row_begin(html);
    html_row_heading(html, word_for_readers(html->arena, data->name));
    html_cell(html, what, false);
    released_cell(html, people, count);
    html_row_end(html);
}

static bool anything_left_out(Html *html) {
    for (uint32_t i = 0; i < html->input->data_count; i++)
        if (html->input->data[i].orphans || html->input->data[i].left_out_count) return true;
    return false;
}

static void left_out_table(Html *html) {
    if (!anything_left_out(html)) return;
    html_table_begin(html, SLICE("Rows left out of a figure because a value was missing"));
    html_column(html, SLICE("Data"), false);
    html_column(html, SLICE("Left out of"), false);
    html_column(html, SLICE("Rows"), true);
    html_rows_begin(html);
    for (uint32_t i = 0; i < html->input->data_count; i++) {
        const ReportData *data = &html->input->data[i];
        if (data->orphans)
            left_out_row(html, data, SLICE("Everything: the person is not in the population"),
                         false, data->orphans);
        for (uint32_t k = 0; k < data->left_out_count; k++)
            left_out_row(html, data, data->left_out[k].what, data->people, data->left_out[k].count);
    }
    html_table_end(html);
}

void section_data(Html *html) {
    if (!html->input->data_count) return;
    html_table_begin(html, SLICE("Data the figures were computed from"));
    html_column(html, SLICE("Name"), false);
    html_column(html, SLICE("File"), false);
    html_column(html, SLICE("A row is"), false);
    html_column(html, SLICE("Rows"), true);
    html_rows_begin(html);
    for (uint32_t i = 0; i < html->input->data_count; i++) {
        const ReportData *data = &html->input->data[i];
        html_row_begin(html);
        html_row_heading(html, word_for_readers(html->arena, data->name));
        html_cell(html, data->file, false);
        html_cell(html, data->people ? SLICE("A person") : SLICE("An event"), false);
        int64_t rows = 0;
        bool released = rows_released(html->input, data, &rows);
        count_cell(html, released, rows);
        html_row_end(html);
    }
    html_table_end(html);
    left_out_table(html);
}

/* ---- Methods --------------------------------------------------------------------------------- */

static const char *policy_rules(Policy policy) {
    switch (policy) {
    case POLICY_HES:
        return "<ul>\n<li>A count of 1 to 7 is withheld, and every other count is rounded to the "
               "nearest 5. Zero is shown as zero.</li>\n"
               "<li>Percentages and crude rates are computed from rounded counts.</li>\n"
               "<li>Standardised rates, indices and life expectancy are computed from exact "
               "counts, withheld where there are fewer than 10 events, and shown to 3 "
               "significant figures.</li>\n"
               "<li>A sum over fewer than 8 people, or one that 1 or 2 people dominate, is "
               "withheld; others are shown to 3 significant figures.</li>\n</ul>\n"
               "<p>This is NHS England's published rule for figures below national level. Each "
               "figure is protected on its own, so parts need not add to their total.</p>\n";
    case POLICY_MIDPOINT6:
        return "<ul>\n<li>Every count is rounded to the middle of a group of 6: 1 to 6 become 3, "
               "7 to 12 become 9, and so on. Zero is shown as zero.</li>\n"
               "<li>Every other figure is computed from counts that were rounded in this "
               "way.</li>\n<li>A sum over fewer than 8 people, or one that 1 or 2 people "
               "dominate, is withheld.</li>\n</ul>\n"
               "<p>Each figure is protected on its own, so parts need not add to their "
               "total.</p>\n";
    case POLICY_EXACT_INTERNAL:
        return "<p><strong>The figures of this copy are exact and not protected. It must not be "
               "published.</strong></p>\n";
    }
    return "";
}

void section_methods(Html *html) {
    html_heading(html, 3, SLICE("How people are protected"));
    html_raw(html, "<p>The figures rest on records of people, none of whom can be identified "
                   "from this report. Before anything is published it is protected:</p>\n");
    html_raw(html, policy_rules(html->input->policy));
    html_heading(html, 3, SLICE("How figures are computed"));
    html_raw(html,
             "<ul>\n<li>Confidence limits are 95% limits unless the measure says otherwise. Rates "
             "have Byar's limits (exact below 10 events), proportions Wilson's, directly "
             "standardised rates Dobson's method with Byar's limits.</li>\n"
             "<li>A part is compared with the figure for everyone: proportions, rates and "
             "indirectly standardised ratios by the limits of a funnel plot for its size, "
             "directly standardised rates and means by whether their own limits hold that "
             "figure; at 95% and at 99.8%. Only what is shown is compared.</li>\n"
             "<li>The gap between two groups is the first less the last, with limits from those "
             "of both (MOVER, which for proportions is Newcombe's method). The slope index of "
             "inequality is the slope of a weighted regression on the rank of the groups, from "
             "the first to the last.</li>\n"
             "<li>An indicator is on track where the latest year measured is no worse than the "
             "planned level of that year, off track where its confidence limits exclude that "
             "level, and not distinguishable where they hold it; of a count, the limits of a "
             "count.</li>\n"
             "<li>Someone whose value of a grouping is missing is in the total and in none of its "
             "parts.</li>\n"
             "<li>The planned level of an indicator runs straight from the baseline through the "
             "targets, unless the plan gives it year by year.</li>\n"
             "<li>A financial year runs from 1 April to 31 March.</li>\n"
             "<li>Money is computed exactly and rounded to pence once, half away from "
             "zero.</li>\n</ul>\n");
    html_heading(html, 3, SLICE("Marks in tables"));
    html_terms_begin(html);
    for (int mark = 0; mark < MARK_COUNT; mark++)
        html_term_text(html, mark_text((Mark)mark), slice_of(mark_meaning((Mark)mark)));
    html_terms_end(html);
}

/* ---- How it was made ------------------------------------------------------------------------- */

static void hash_row(Html *html, Slice name, const char *what, Slice sha256) {
    html_row_begin(html);
    html_row_heading(html, name);
    html_cell(html, slice_of(what), false);
    html_cell_begin(html, false);
    html_element(html, "code", sha256);
    html_cell_end(html);
    html_row_end(html);
}

static void hashes(Html *html) {
    const ReportInput *input = html->input;
    html_table_begin(html, SLICE("What this report was made from"));
    html_column(html, SLICE("File"), false);
    html_column(html, SLICE("What it is"), false);
    html_column(html, SLICE("SHA-256"), false);
    html_rows_begin(html);
    VEC_EACH(const ModuleSource, source, &input->module->sources)
    hash_row(html, source->path, source->library ? "Standard library" : "Plan", source->sha256);
    VEC_EACH(const ModuleInput, read, &input->module->inputs)
    hash_row(html, read->file, "Geography", read->sha256);
    for (uint32_t i = 0; i < input->data_count; i++)
        hash_row(html, input->data[i].file, "Data", input->data[i].sha256);
    html_table_end(html);
}

void section_made(Html *html) {
    const ReportInput *input = html->input;
    html_raw(html, "<p>Every figure on this page was computed from the plan and the data named "
                   "here; none was typed in. The same plan and the same data give the same page, "
                   "byte for byte.</p>\n");
    html_terms_begin(html);
    html_term_text(html, "Made with",
                   arena_printf(html->arena, "scpc %.*s", SLICE_FMT(input->version)));
    html_term_text(
        html, "Compiled with",
        arena_printf(html->arena, "scpc %.*s", SLICE_FMT(input->module->compiler_version)));
    html_term(html, SLICE("Edition of the language"));
    html_int(html, input->module->edition);
    html_term_end(html);
    html_term_text(html, "Disclosure policy", policy_name(input));
    html_term_text(html, "As of", date_format_long(html->arena, input->as_of));
    html_terms_end(html);
    if (input->module->sources.count || input->data_count) hashes(html);
}

/* ---- Glossary -------------------------------------------------------------------------------- */

void section_glossary(Html *html) {
    static const char *const terms[][2] = {
        {"Baseline", "where an indicator stands before the plan takes effect"},
        {"Cash", "money as it is paid in its year, inflation included"},
        {"Commissioning intention", "a change to services that the board means to bring about"},
        {"Confidence limits", "the range within which the true figure is likely to lie"},
        {"Deprivation quintile", "a fifth of areas, ranked by the index of multiple deprivation"},
        {"Directly standardised rate",
         "the rate there would be if the population had the ages and sexes of a standard one, so "
         "that places can be compared"},
        {"Funding shift", "money moved from one budget to another"},
        {"Funnel plot",
         "limits around an average that are wide for small groups and narrow for large ones; a "
         "group outside them differs by more than chance would explain"},
        {"Gap", "what lies between the first and the last of several groups in an order"},
        {"KPI",
         "key performance indicator: one number that shows whether an outcome is being reached"},
        {"Percentage point",
         "the difference between two percentages: from 10% to 12% is 2 percentage points"},
        {"Person-years", "the number of people times the years for which they are counted"},
        {"Slope index of inequality",
         "how much an indicator changes from one end of an order of groups to the other, all "
         "groups and their sizes taken into account"},
    };
    html_terms_begin(html);
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++)
        html_term_text(html, terms[i][0], slice_of(terms[i][1]));
    html_terms_end(html);
}
