/* What the plan is for: vision, plan on a page, outcomes with their KPIs. */
#include "runtime/report/html.h"

#include "runtime/report/actuals.h"

/* ---- Vision --------------------------------------------------------------------------------- */

void section_vision(Html *html) {
    Slice text;
    if (scalar_text(html->input, decl_value(plan_decl(html->input), "vision"), &text)) {
        html_raw(html, "<div class=\"vision\">\n");
        html_markdown(html, text);
        html_raw(html, "</div>\n");
    }
}

void html_placed_texts(Html *html, const char *place) {
    EACH_DECL(html->input, decl, "section", NULL) {
        Slice where = value_word(decl_value(decl, "place"));
        Slice text;
        if (!text_is(where.length ? where : SLICE("appendix"), place)) continue;
        if (!scalar_text(html->input, decl_value(decl, "text"), &text)) continue;
        bool named = decl->title.length && !text_is(decl->title, "Foreword");
        if (!text_is(slice_of(place), "foreword") || named)
            html_heading(html, 3, decl_title(html->arena, decl));
        html_markdown(html, text);
    }
}

void section_forewords(Html *html) {
    html_placed_texts(html, "foreword");
}
void section_appendix(Html *html) {
    html_placed_texts(html, "appendix");
}

/* ---- KPIs ------------------------------------------------------------------------------------ */

/* "1,930 to 1,544 by 2030/31" */
static void kpi_in_short(Html *html, const Kpi *kpi) {
    if (!shown_present(kpi->baseline, 0)) return;
    int places = format_places(kpi->baseline);
    html_raw(html, ": ");
    html_text(html, format_cell(html->arena, html->input, kpi->baseline, 0, places));
    const KpiTarget *last = NULL;
    VEC_EACH(const KpiTarget, target, &kpi->targets)
    if (shown_present(target->level, 0) && (!last || target->year > last->year)) last = target;
    if (!last) return;
    html_raw(html, " to ");
    html_text(html, format_cell(html->arena, html->input, last->level, 0, places));
    if (last->year) {
        html_raw(html, " by ");
        html_text(html, format_year(html->arena, last->year));
    }
    if (!kpi->judged) return;
    html_raw(html, "; ");
    html_text(html, kpi->status);
    html_raw(html, " in ");
    Actuals actuals;
    html_text(html, actuals_decide(html->input, html->arena, kpi, &actuals)
                        ? actuals_latest_words(html->arena, &actuals)
                        : format_year(html->arena, kpi->measured_year));
}

static void tile(Html *html, Slice term, Shown shown, int places, Slice more) {
    html_raw(html, "<div><dt>");
    html_text(html, term);
    bool present = shown_present(shown, 0);
    html_raw(html, present ? "</dt><dd><span class=\"big\">" : "</dt><dd><span>");
    if (present)
        html_text(html, format_cell(html->arena, html->input, shown, 0, places));
    else
        html_scalar(html, shown);
    html_raw(html, "</span>");
    if (more.length) {
        html_raw(html, " <span class=\"more\">");
        html_text(html, more);
        html_raw(html, "</span>");
    }
    html_raw(html, "</dd></div>\n");
}

static Slice with_year(Html *html, const char *word, int32_t year) {
    if (!year) return slice_of(word);
    Slice text = format_year(html->arena, year);
    return arena_printf(html->arena, "%s %.*s", word, SLICE_FMT(text));
}

/* The change a target asks for, as it was written: "−12%". */
static Slice target_change(Html *html, const KpiTarget *target) {
    return format_change(html->arena, html->input, field_value(target->field));
}

/* Why a target is what it is, where the plan says so. */
static void target_reasons(Html *html, const Kpi *kpi) {
    bool open = false;
    VEC_EACH(const KpiTarget, target, &kpi->targets) {
        const FieldLabel *because = field_label(target->field, "because");
        if (!because) continue;
        if (!open) html_terms_begin(html);
        open = true;
        html_term(html, with_year(html, "Why the target for", target->year));
        html_label_values(html, because);
        html_term_end(html);
    }
    if (open) html_terms_end(html);
}

/* "−12%", and where the level can hardly be told from the baseline, that. */
static Slice target_more(Html *html, const KpiTarget *target) {
    Slice change = target_change(html, target);
    if (!target->indistinct) return change;
    return arena_printf(html->arena,
                        "%.*s%snot distinguishable from the baseline, whose confidence limits "
                        "hold it",
                        SLICE_FMT(change), change.length ? "; " : "");
}

static void kpi_tiles(Html *html, const Kpi *kpi) {
    Shown newer = kpi_newer(kpi);
    if (!kpi->baseline.array && !newer.array) return;
    int places = format_places(kpi->baseline);
    html_raw(html, "<dl class=\"tiles\">\n");
    if (kpi->baseline.array)
        tile(html, with_year(html, "Baseline", kpi->baseline_year), kpi->baseline, places,
             format_limits(html->arena, kpi->baseline, 0, places));
    if (newer.array && newer.array->count == 1)
        tile(html, with_year(html, "Latest", kpi->measured_year), newer, format_places(newer),
             format_limits(html->arena, newer, 0, format_places(newer)));
    VEC_EACH(const KpiTarget, target, &kpi->targets)
    tile(html, with_year(html, "Target", target->year), target->level, places,
         target_more(html, target));
    html_raw(html, "</dl>\n");
}

/* "Off track: 37% in 2025/26, where the plan asks for 21%; worse than the baseline." */
static void kpi_status(Html *html, const Kpi *kpi) {
    Slice text = kpi_standing(html->arena, html->input, kpi);
    size_t head = 0;
    while (head < text.length && text.data[head] != ':' && text.data[head] != ';') head++;
    html_raw(html, "<p class=\"standing\"><strong>");
    html_text(html, word_for_readers(html->arena, slice_sub(text, 0, head)));
    html_raw(html, "</strong>");
    html_text(html, slice_sub(text, head, text.length));
    html_raw(html, ".</p>\n");
}

static const KpiTarget *target_of_year(const Kpi *kpi, int32_t year) {
    VEC_EACH(const KpiTarget, target, &kpi->targets)
    if (target->year == year) return target;
    return NULL;
}

static Slice year_meaning(Html *html, bool baseline, const KpiTarget *target) {
    if (baseline) return SLICE("Baseline");
    if (!target) return SLICE("Planned level");
    Slice change = target_change(html, target);
    if (!change.length) return SLICE("Target");
    return arena_printf(html->arena, "Target: %.*s from the baseline", SLICE_FMT(change));
}

/* What was measured in the year, in a table that has a column for it. */
static void measured_cell(Html *html, const Kpi *kpi, int32_t year) {
    Shown newer = kpi_newer(kpi);
    if (!newer.array) return;
    bool starts = year == kpi->baseline_year &&
                  text_is(value_word(decl_value(kpi->decl, "baseline")), "measured");
    Shown measured = starts ? kpi->baseline : newer;
    if (starts || year == kpi->measured_year)
        html_shown_cell(html, measured, 0, format_places(measured));
    else
        html_cell(html, SLICE("\u2013"), true);
}

static void year_row(Html *html, const Kpi *kpi, int32_t year, int places) {
    const KpiTarget *target = target_of_year(kpi, year);
    bool baseline = year == kpi->baseline_year;
    Shown shown = baseline ? kpi->baseline : target ? target->level : kpi->trajectory;
    bool scalar = baseline || target;
    html_row_begin(html);
    html_row_heading(html, format_year(html->arena, year));
    html_shown_cell(html, shown, scalar ? 0 : shown_year_cell(html->input, shown, year), places);
    measured_cell(html, kpi, year);
    html_cell(html, year_meaning(html, baseline, target), false);
    html_row_end(html);
}

/* A year measured after the last of the targets, which still holds. */
static void later_row(Html *html, const Kpi *kpi, int places) {
    html_row_begin(html);
    html_row_heading(html, format_year(html->arena, kpi->measured_year));
    html_shown_cell(html, kpi->asked, 0, places);
    measured_cell(html, kpi, kpi->measured_year);
    html_cell(html, SLICE("As the last target"), false);
    html_row_end(html);
}

static void trajectory_table(Html *html, const Kpi *kpi) {
    if (!shown_is_series(html->input, kpi->trajectory)) return;
    const ModuleDim *years = shown_dim(html->input, kpi->trajectory, 0);
    int places = format_places(kpi->baseline.array ? kpi->baseline : kpi->trajectory);
    Slice caption = SLICE("Baseline, planned level and targets by year");
    html_table_begin(html, html_caption(html, caption, kpi->trajectory.unit));
    html_column(html, SLICE("Year"), false);
    html_column(html, SLICE("Level"), true);
    if (kpi_newer(kpi).array) html_column(html, SLICE("Measured"), true);
    html_column(html, SLICE("What it is"), false);
    html_rows_begin(html);
    if (kpi->baseline_year && kpi->baseline_year < years->first)
        year_row(html, kpi, kpi->baseline_year, places);
    for (uint32_t i = 0; i < years->member_count; i++)
        year_row(html, kpi, years->first + (int32_t)i, places);
    if (kpi_newer(kpi).array && kpi->measured_year >= years->first + (int32_t)years->member_count)
        later_row(html, kpi, places);
    html_table_end(html);
}

static Slice breakdown_title(Html *html, const Kpi *kpi, Shown shown) {
    Slice title = SLICE("By");
    bool time = false; /* then the years stand in the table */
    for (uint32_t axis = 0; axis < shown.array->type.dim_count; axis++) {
        Slice name = format_in_sentence(
            html->arena, format_dim(html->arena, shown_dim(html->input, shown, axis)));
        title = arena_printf(html->arena, "%.*s%s %.*s", SLICE_FMT(title), axis ? " and" : "",
                             SLICE_FMT(name));
        DimSort sort = (DimSort)shown_dim(html->input, shown, axis)->sort;
        time |= sort >= DIM_YEAR && sort <= DIM_WEEK;
    }
    if (!kpi->measured_year || time) return title;
    Slice year = format_year(html->arena, kpi->measured_year);
    return arena_printf(html->arena, "%.*s, %.*s", SLICE_FMT(title), SLICE_FMT(year));
}

/* Each cell against the plan's own average; NULL where nothing is compared. */
static const HtmlMore *compared_column(Html *html, const Kpi *kpi, uint32_t index) {
    Shown result = kpi->results.items[index];
    if (!kpi->comparisons.items[index].array) return NULL;
    HtmlMore *more = ARENA_NEW(html->arena, HtmlMore);
    more->heading = SLICE("Against the average");
    more->marks = ARENA_NEW_ARRAY(html->arena, const char *, result.array->count);
    more->words = ARENA_NEW_ARRAY(html->arena, Slice, result.array->count);
    for (uint32_t cell = 0; cell < result.array->count; cell++) {
        Comparison comparison = kpi_comparison(kpi, index, cell);
        more->marks[cell] = comparison_mark(&comparison);
        more->words[cell] = comparison_words(html->arena, &comparison);
    }
    return more;
}

static void kpi_results(Html *html, const Kpi *kpi) {
    Shown whole = {NULL, NULL};
    bool compared = false;
    for (uint32_t i = 0; i < kpi->results.count; i++) {
        Shown result = kpi->results.items[i];
        if (!result.array->type.dim_count) {
            whole = result;
            continue;
        }
        const HtmlMore *more = compared_column(html, kpi, i);
        Slice title = breakdown_title(html, kpi, result);
        html_breakdown_chart(html, title, result, whole);
        html_array_table(html, title, result, more);
        compared |= more != NULL;
    }
    if (!compared) return;
    html_raw(html, "<p class=\"key\">");
    html_text(html, comparison_method(html->arena, kpi));
    html_raw(html, "</p>\n");
}

/* ---- Promises about the difference between groups ---------------------------------------------- */

static void equity_row(Html *html, const char *what, int32_t year, Shown shown) {
    html_row_begin(html);
    html_row_heading(html, slice_of(what));
    html_cell(html, year ? format_year(html->arena, year) : SLICE(""), false);
    int places = shown.array ? format_places(shown) : 0;
    html_shown_cell(html, shown, 0, places);
    Slice limits = shown_present(shown, 0) ? format_limits(html->arena, shown, 0, places)
                                           : SLICE("");
    html_cell(html, limits.length ? limits : SLICE("None"), true);
    html_row_end(html);
}

static void equity_table(Html *html, const Kpi *kpi, const KpiEquity *equity) {
    Slice title = equity_title(html->arena, html->input, equity);
    const ModuleUnit *unit = equity->baseline.unit;
    html_table_begin(html, unit ? html_caption(html, title, unit) : title);
    html_column(html, SLICE("What it is"), false);
    html_column(html, SLICE("Year"), false);
    html_column(html, SLICE("Value"), true);
    html_column(html, SLICE("Confidence limits"), true);
    html_rows_begin(html);
    equity_row(html, "Baseline", kpi->baseline_year, equity->baseline);
    if (kpi->measured_year > kpi->baseline_year)
        equity_row(html, "Latest", kpi->measured_year, equity->latest);
    Slice change = format_change(html->arena, html->input, field_value(equity->field));
    const char *target = "Target";
    if (change.length)
        target = arena_printf(html->arena, "Target: %.*s", SLICE_FMT(change)).data;
    equity_row(html, target, equity->year, equity->level);
    html_table_end(html);
    if (equity->indistinct)
        html_raw(html, "<p class=\"key\">The target is not distinguishable from the baseline, "
                       "whose confidence limits hold it.</p>\n");
}

static void kpi_equities(Html *html, const Kpi *kpi) {
    VEC_EACH(const KpiEquity, equity, &kpi->equities) equity_table(html, kpi, equity);
}

/* How to read the figures: "Lower is better. Figures are per 100,000 person-years." */
static void kpi_reading(Html *html, const Kpi *kpi) {
    Slice better = value_word(decl_value(kpi->decl, "better"));
    Shown any = kpi->baseline.array || !kpi->results.count ? kpi->baseline : kpi->results.items[0];
    html_raw(html, "<p class=\"unit\">");
    if (text_is(better, "context"))
        html_raw(html, "For context: neither direction is an improvement.");
    else if (better.length)
        html_text(html, arena_printf(html->arena, "%.*s is better.",
                                     SLICE_FMT(word_title(html, better))));
    if (any.unit && any.unit->sort == UNIT_PLAIN && format_unit(any.unit).length) {
        html_raw(html, " Figures are ");
        html_text(html, format_unit(any.unit));
        html_raw(html, ".");
    }
    html_raw(html, "</p>\n");
}

static void kpi_block(Html *html, int level, const ModuleDecl *decl) {
    static const char *const shown_elsewhere[] = {"better",    "shown",   "target", "baseline",
                                                  "breakdown", "measure", "equity", NULL};
    Kpi kpi = kpi_read(html->input, html->arena, decl);
    html_raw(html, "<article class=\"card kpi\">\n");
    html_decl_heading(html, level, decl);
    html_markdown(html, decl->doc);
    kpi_reading(html, &kpi);
    kpi_tiles(html, &kpi);
    kpi_status(html, &kpi);
    target_reasons(html, &kpi);
    html_other_clauses(html, decl, shown_elsewhere);
    html_trajectory_chart(html, &kpi);
    trajectory_table(html, &kpi);
    kpi_results(html, &kpi);
    kpi_equities(html, &kpi);
    html_actuals(html, level + 1, decl);
    const FieldValue *measure = decl_value(decl, "measure");
    if (measure && measure->word.length) {
        html_raw(html, "<p class=\"formula\">How it is measured: ");
        html_element(html, "code", measure->word);
        html_raw(html, "</p>\n");
    }
    EACH_DECL(html->input, child, NULL, decl)
    if (decl_published(child)) html_card(html, level + 1, child);
    html_raw(html, "</article>\n");
}

/* ---- Outcomes -------------------------------------------------------------------------------- */

static void outcome_parts(Html *html, int level, const ModuleDecl *decl);

static void outcome_block(Html *html, int level, const ModuleDecl *decl) {
    html_raw(html, "<section class=\"outcome\">\n");
    html_decl_heading(html, level, decl);
    html_markdown(html, decl->doc);
    html_other_clauses(html, decl, NULL);
    outcome_parts(html, level + 1, decl);
    html_raw(html, "</section>\n");
}

static void outcome_parts(Html *html, int level, const ModuleDecl *decl) {
    EACH_DECL(html->input, child, NULL, decl) {
        if (decl_is(child, "kpi"))
            kpi_block(html, level, child);
        else if (decl_is(child, "sub_outcome"))
            outcome_block(html, level, child);
        else if (decl_published(child))
            html_card(html, level, child);
    }
}

/* ---- All KPIs at a glance ---- */

static Slice status_title(Html *html, const Kpi *kpi) {
    size_t head = 0;
    while (head < kpi->status.length && kpi->status.data[head] != ':') head++;
    return word_for_readers(html->arena, slice_sub(kpi->status, 0, head));
}

/* "On track; better than the baseline": what cannot be told from two things is said once. */
static void standing_words(Html *html, const Kpi *kpi, Slice movement) {
    bool indistinct = text_is(kpi->status, "not distinguishable");
    if (indistinct) html_raw(html, "Not distinguishable from its trajectory");
    else html_text(html, status_title(html, kpi));
    if (indistinct && text_is(movement, "not distinguishable from the baseline")) {
        html_raw(html, ", nor from the baseline");
    } else if (movement.length) {
        html_raw(html, "; ");
        html_text(html, movement);
    }
}

/* When the KPI was measured last, what came of it and what was asked for then. */
typedef struct {
    Slice when;
    Shown measured, asked;
    Slice movement;
} Standing;

static Standing standing_of(Html *html, const Kpi *kpi) {
    Actuals actuals;
    if (actuals_decide(html->input, html->arena, kpi, &actuals))
        return (Standing){.when = actuals_latest_words(html->arena, &actuals),
                          .measured = actuals.latest,
                          .asked = actuals.planned};
    Standing standing = {.movement = kpi->movement, .asked = kpi->asked};
    if (kpi->measured_year) standing.when = format_year(html->arena, kpi->measured_year);
    if (kpi->results.count) standing.measured = kpi->results.items[0];
    return standing;
}

static void standing_row(Html *html, const ModuleDecl *decl) {
    Kpi kpi = kpi_read(html->input, html->arena, decl);
    Standing standing = standing_of(html, &kpi);
    Shown latest = standing.measured;
    html_row_begin(html);
    html_row_heading_begin(html);
    html_link(html, decl);
    if (latest.unit && latest.unit->sort == UNIT_PLAIN && format_unit(latest.unit).length) {
        html_raw(html, "<span class=\"more\">, ");
        html_text(html, format_unit(latest.unit));
        html_raw(html, "</span>");
    }
    html_row_heading_end(html);
    html_cell_begin(html, false);
    standing_words(html, &kpi, standing.movement);
    html_cell_end(html);
    html_cell(html, standing.when, false);
    html_shown_cell(html, latest, 0, latest.array ? format_places(latest) : 0);
    if (kpi.judged)
        html_shown_cell(html, standing.asked, 0, format_places(latest));
    else
        html_cell(html, SLICE("\u2013"), true);
    html_row_end(html);
}

static void standing_table(Html *html) {
    if (!next_decl(html->input, NULL, "kpi", NULL)) return;
    html_heading(html, 3, SLICE("Where each indicator stands"));
    html_table_begin(html, SLICE("What was measured last against what the plan asks for then"));
    html_column(html, SLICE("Indicator"), false);
    html_column(html, SLICE("Where it stands"), false);
    html_column(html, SLICE("When"), false);
    html_column(html, SLICE("Measured"), true);
    html_column(html, SLICE("Asked for"), true);
    html_rows_begin(html);
    EACH_DECL(html->input, decl, "kpi", NULL) standing_row(html, decl);
    html_table_end(html);
}

void section_outcomes(Html *html) {
    standing_table(html);
    EACH_DECL(html->input, decl, "outcome", NULL) outcome_block(html, 3, decl);
}

/* ---- Plan on a page -------------------------------------------------------------------------- */

static bool refers_to(const ReportInput *input, const ModuleDecl *decl, const char *clause,
                      const ModuleDecl *wanted) {
    for (const ModuleField *field = decl_field(decl, clause); field;
         field = next_field(decl, field, clause))
        for (uint32_t i = 0; i < field->values.count; i++)
            if (value_decl(input, &field->values.items[i]) == wanted) return true;
    return false;
}

/* An intention serves an outcome by name, or by what it does to one of its KPIs. */
static bool serves(const ReportInput *input, const ModuleDecl *intention,
                   const ModuleDecl *outcome) {
    if (refers_to(input, intention, "achieves", outcome)) return true;
    EACH_DECL(input, kpi, "kpi", outcome)
    if (refers_to(input, intention, "affects", kpi)) return true;
    return false;
}

static void serving_intentions(Html *html, const ModuleDecl *outcome) {
    bool any = false;
    html_cell_begin(html, false);
    EACH_DECL(html->input, intention, "intention", NULL) {
        if (!serves(html->input, intention, outcome)) continue;
        html_raw(html, any ? "<li>" : "<ul><li>");
        html_link(html, intention);
        html_raw(html, "</li>");
        any = true;
    }
    html_raw(html, any ? "</ul>" : "None yet");
    html_cell_end(html);
}

static void kpis_in_short(Html *html, const ModuleDecl *outcome) {
    bool any = false;
    html_cell_begin(html, false);
    EACH_DECL(html->input, decl, "kpi", outcome) {
        Kpi kpi = kpi_read(html->input, html->arena, decl);
        html_raw(html, any ? "<li>" : "<ul><li>");
        html_link(html, decl);
        kpi_in_short(html, &kpi);
        html_raw(html, "</li>");
        any = true;
    }
    html_raw(html, any ? "</ul>" : "None yet");
    html_cell_end(html);
}

static void page_row(Html *html, const ModuleDecl *outcome, const ModuleDecl *step) {
    html_row_begin(html);
    html_row_heading_begin(html);
    html_link(html, outcome);
    html_row_heading_end(html);
    html_cell_begin(html, false);
    if (step)
        html_link(html, step);
    else
        html_raw(html, "The outcome as a whole");
    html_cell_end(html);
    kpis_in_short(html, step ? step : outcome);
    serving_intentions(html, step ? step : outcome);
    html_row_end(html);
}

static void page_rows(Html *html, const ModuleDecl *outcome) {
    bool steps = next_decl(html->input, NULL, "sub_outcome", outcome) != NULL;
    bool own = next_decl(html->input, NULL, "kpi", outcome) != NULL;
    if (own || !steps) page_row(html, outcome, NULL);
    EACH_DECL(html->input, step, "sub_outcome", outcome) page_row(html, outcome, step);
}

void section_plan_on_a_page(Html *html) {
    if (!next_decl(html->input, NULL, "outcome", NULL)) return;
    html_table_begin(html, SLICE("What we want to change, how we will know, and what we will do"));
    html_column(html, SLICE("Outcome"), false);
    html_column(html, SLICE("Step towards it"), false);
    html_column(html, SLICE("How we will know"), false);
    html_column(html, SLICE("What we will do"), false);
    html_rows_begin(html);
    EACH_DECL(html->input, outcome, "outcome", NULL) page_rows(html, outcome);
    html_table_end(html);
}
