/* What `run` and `eval` print for a reader at a terminal: KPIs with baseline, targets and
 * breakdowns, money by year, requirements, data. */
#include "runtime/base/date.h"
#include "runtime/report/format.h"
#include "runtime/report/actuals.h"
#include "runtime/report/table.h"

typedef struct {
    const ReportInput *input;
    Arena *arena;
    Buffer *out;
} Text;

static void line(Text *t, Slice text) {
    plain_text(t->out, text);
    buffer_add_char(t->out, '\n');
}

static void heading(Text *t, const char *text) {
    buffer_printf(t->out, "\n%s\n", text);
    buffer_add_repeated(t->out, '=', slice_of(text).length);
    buffer_add_char(t->out, '\n');
}

/* A cell, or why it is absent. */
static Slice cell_text(Text *t, Shown shown, uint32_t cell, int places) {
    if (!shown.array) return SLICE("\u2013");
    if (!shown_present(shown, cell))
        return shown.array->count == 1 ? absence_text(t->arena, shown)
                                       : slice_of(reason_text(array_absent(shown.array, cell)));
    return format_cell(t->arena, t->input, shown, cell, places);
}

static Slice with_unit(Text *t, Shown shown, uint32_t cell) {
    if (!shown_present(shown, cell)) return cell_text(t, shown, cell, 0);
    Slice value = format_with_unit(t->arena, t->input, shown, cell);
    Slice limits = format_limits(t->arena, shown, cell, format_places(shown));
    Shown further;
    double level;
    if (!limits.length) return value;
    for (uint32_t k = 1; shown_interval(t->input, shown, k, &further, &level); k++) {
        Slice more = format_limits(t->arena, further, cell, format_places(shown));
        Slice at = format_level(t->arena, level);
        if (more.length)
            limits = arena_printf(t->arena, "%.*s; at %.*s %.*s", SLICE_FMT(limits), SLICE_FMT(at),
                                  SLICE_FMT(more));
    }
    return arena_printf(t->arena, "%.*s (%.*s)", SLICE_FMT(value), SLICE_FMT(limits));
}

/* ---- Arrays ---------------------------------------------------------------------------------- */

/* A result of a KPI, whose parts are compared with the whole; NULL: of none. */
typedef struct {
    const Kpi *kpi;
    uint32_t index;
} OfKpi;

static bool is_compared(const OfKpi *of) {
    return of && of->kpi->comparisons.items[of->index].array;
}

/* One column of limits, named by its level where there are several. */
static void limit_columns(Text *t, Table *table, Shown shown) {
    Shown further;
    double level;
    bool several = shown_interval(t->input, shown, 1, &further, &level);
    if (!several) {
        table_column(table, SLICE("limits"), true);
        return;
    }
    for (uint32_t k = 0; shown_interval(t->input, shown, k, &further, &level); k++)
        table_column(table, arena_printf(t->arena, "%.*s limits", SLICE_FMT(format_level(t->arena, level))),
                     true);
}

static void array_columns(Text *t, Table *table, Shown shown, const OfKpi *of) {
    for (uint32_t axis = 0; axis < shown.array->type.dim_count; axis++)
        table_column(table, format_dim(t->arena, shown_dim(t->input, shown, axis)), false);
    table_column(table, SLICE("value"), true);
    if (!shown.array->type.estimate || !shown.array->lower) return;
    limit_columns(t, table, shown);
    table_column(table, SLICE("numerator"), true);
    table_column(table, SLICE("denominator"), true);
    if (is_compared(of)) table_column(table, SLICE("against the average"), false);
}

static void compared_cell(Text *t, Table *table, const OfKpi *of, uint32_t cell) {
    Comparison comparison = kpi_comparison(of->kpi, of->index, cell);
    Slice words = comparison_words(t->arena, &comparison);
    table_cell(table, words.length ? format_in_sentence(t->arena, words) : SLICE("not compared"));
}

static void array_row(Text *t, Table *table, Shown shown, uint32_t cell, int places,
                      const OfKpi *of) {
    const Array *array = shown.array;
    for (uint32_t axis = 0; axis < array->type.dim_count; axis++)
        table_cell(table, format_member(shown_dim(t->input, shown, axis),
                                        shown_member(t->input, shown, cell, axis)));
    table_cell(table, cell_text(t, shown, cell, places));
    if (!array->type.estimate || !array->lower) return;
    bool present = shown_present(shown, cell);
    Shown further;
    double level;
    table_cell(table, format_limits(t->arena, shown, cell, places));
    for (uint32_t k = 1; shown_interval(t->input, shown, k, &further, &level); k++)
        table_cell(table, format_limits(t->arena, further, cell, places));
    table_cell(table, present ? format_count(t->arena, array->numerator[cell]) : SLICE(""));
    table_cell(table, present ? format_count(t->arena, array->denominator[cell]) : SLICE(""));
    if (is_compared(of)) compared_cell(t, table, of, cell);
}

static void array_table(Text *t, Shown shown, int indent, const OfKpi *of) {
    Table table;
    table_begin(&table, t->arena);
    array_columns(t, &table, shown, of);
    int places = format_places(shown);
    for (uint32_t cell = 0; cell < shown.array->count; cell++)
        array_row(t, &table, shown, cell, places, of);
    table_print(&table, t->out, indent);
}

/* ---- KPIs ------------------------------------------------------------------------------------ */

/* "Target 2028/29" */
static Slice of_year(Text *t, const char *word, int32_t year) {
    if (!year) return slice_of(word);
    Slice text = format_year(t->arena, year);
    return arena_printf(t->arena, "%s %.*s", word, SLICE_FMT(text));
}

static Slice level_text(Text *t, Shown level) {
    return level.array ? with_unit(t, level, 0) : SLICE("\u2013");
}

static Slice said_if_indistinct(Text *t, Slice text, bool indistinct) {
    if (!indistinct) return text;
    return arena_printf(t->arena, "%.*s, not distinguishable from the baseline", SLICE_FMT(text));
}

static void kpi_summary(Text *t, const Kpi *kpi) {
    Table table;
    table_begin(&table, t->arena);
    table_column(&table, SLICE("Status"), false);
    table_column(&table, kpi_standing(t->arena, t->input, kpi), false);
    if (kpi->baseline.array) {
        table_cell(&table, of_year(t, "Baseline", kpi->baseline_year));
        table_cell(&table, with_unit(t, kpi->baseline, 0));
    }
    VEC_EACH(const KpiTarget, target, &kpi->targets) {
        table_cell(&table, of_year(t, "Target", target->year));
        table_cell(&table, said_if_indistinct(t, level_text(t, target->level), target->indistinct));
    }
    if (kpi->results.count && !kpi->results.items[0].array->type.dim_count) {
        table_cell(&table, of_year(t, "Result", kpi->measured_year));
        table_cell(&table, with_unit(t, kpi->results.items[0], 0));
    }
    table_print(&table, t->out, 2);
}

static void equity_row(Text *t, Table *table, const char *word, int32_t year, Slice text) {
    table_cell(table, of_year(t, word, year));
    table_cell(table, text);
}

/* "… (−25% relative)": as it was written. */
static Slice with_change(Text *t, const ModuleField *field, Shown level) {
    Slice text = level_text(t, level);
    Slice change = format_change(t->arena, t->input, field_value(field));
    if (!change.length || !shown_present(level, 0)) return text;
    return arena_printf(t->arena, "%.*s (%.*s)", SLICE_FMT(text), SLICE_FMT(change));
}

static void equity(Text *t, const Kpi *kpi, const KpiEquity *equity) {
    Table table;
    table_begin(&table, t->arena);
    table_column(&table, SLICE("Equity"), false);
    table_column(&table, equity_title(t->arena, t->input, equity), false);
    equity_row(t, &table, "Baseline", kpi->baseline_year,
               level_text(t, equity->baseline));
    if (kpi->measured_year > kpi->baseline_year)
        equity_row(t, &table, "Latest", kpi->measured_year,
                   level_text(t, equity->latest));
    equity_row(t, &table, "Target", equity->year,
               said_if_indistinct(t, with_change(t, equity->field, equity->level),
                                  equity->indistinct));
    buffer_add_char(t->out, '\n');
    table_print(&table, t->out, 2);
}

static void kpi_result(Text *t, const Kpi *kpi, uint32_t index) {
    Shown result = kpi->results.items[index];
    if (!result.array->type.dim_count) return; /* in the summary */
    buffer_add_char(t->out, '\n');
    array_table(t, result, 2, &(OfKpi){kpi, index});
}

static void method(Text *t, const Kpi *kpi) {
    bool any = false;
    VEC_EACH(const Shown, compared, &kpi->comparisons) any |= compared->array != NULL;
    if (!any) return;
    Slice text = comparison_method(t->arena, kpi);
    line(t, arena_printf(t->arena, "  %.*s", SLICE_FMT(text)));
}

/* ---- Actuals ------------------------------------------------------------------------------------ */

static void actuals_fact(Table *table, const char *name, Slice text) {
    if (!text.length) return;
    table_cell(table, slice_of(name));
    table_cell(table, text);
}

static void actuals(Text *t, const ModuleDecl *decl) {
    Actuals a;
    if (!actuals_read(t->input, t->arena, decl, &a)) return;
    Slice words = actuals_latest_words(t->arena, &a), status = actuals_status(&a);
    Slice latest = a.latest.array ? with_unit(t, a.latest, 0) : SLICE("\u2013");
    if (words.length)
        latest = arena_printf(t->arena, "%.*s in %.*s%s%.*s", SLICE_FMT(latest), SLICE_FMT(words),
                              a.decided ? ": " : "", a.decided ? (int)status.length : 0,
                              status.data);
    Table table;
    table_begin(&table, t->arena);
    table_column(&table, SLICE("Actuals"), false);
    table_column(&table, latest, false);
    actuals_fact(&table, "Planned for then", a.planned.array ? with_unit(t, a.planned, 0) : SLICE(""));
    actuals_fact(&table, "Variation", actuals_variation(t->arena, &a));
    actuals_fact(&table, "Target", slice_of(actuals_assurance(&a)));
    actuals_fact(&table, "Recent trend", actuals_trend(t->arena, &a));
    buffer_add_char(t->out, '\n');
    table_print(&table, t->out, 2);
}

static void kpi(Text *t, const ModuleDecl *decl) {
    Kpi kpi = kpi_read(t->input, t->arena, decl);
    Slice title = decl_title(t->arena, decl);
    buffer_add_char(t->out, '\n');
    line(t, arena_printf(t->arena, "%.*s (%.*s)", SLICE_FMT(title), SLICE_FMT(decl->name)));
    kpi_summary(t, &kpi);
    for (uint32_t i = 0; i < kpi.results.count; i++) kpi_result(t, &kpi, i);
    method(t, &kpi);
    VEC_EACH(const KpiEquity, promise, &kpi.equities) equity(t, &kpi, promise);
    actuals(t, decl);
}

static void kpis(Text *t) {
    if (!next_decl(t->input, NULL, "kpi", NULL)) return;
    heading(t, "Key performance indicators");
    EACH_DECL(t->input, decl, "kpi", NULL) kpi(t, decl);
}

/* ---- Lets and money -------------------------------------------------------------------------- */

static void lets(Text *t) {
    if (!t->input->module->outputs.count) return;
    heading(t, "Other values");
    VEC_EACH(const ModuleOutput, output, &t->input->module->outputs) {
        Shown shown = shown_of(t->input, output->reg, output->unit);
        if (!shown.array) continue;
        if (shown.array->type.dim_count) {
            Slice unit = format_unit(shown.unit);
            line(t, arena_printf(t->arena, "%.*s%s%.*s", SLICE_FMT(output->name),
                                 unit.length ? ", " : "", SLICE_FMT(unit)));
            array_table(t, shown, 2, NULL);
        } else {
            Slice text = with_unit(t, shown, 0);
            line(t,
                 arena_printf(t->arena, "%.*s = %.*s", SLICE_FMT(output->name), SLICE_FMT(text)));
        }
    }
}

static Slice finance_label(Text *t, const FinanceLine *item, bool after) {
    Slice title = decl_title(t->arena, item->decl);
    if (after) return arena_printf(t->arena, "%.*s, after shifts", SLICE_FMT(title));
    if (!item->as.length) return title;
    Slice as = word_for_readers(t->arena, item->as);
    return arena_printf(t->arena, "%.*s (%.*s)", SLICE_FMT(title), SLICE_FMT(as));
}

static void finance_row(Text *t, Table *table, Slice label, Shown by_year, const ModuleDim *years) {
    table_cell(table, label);
    for (uint32_t i = 0; i < years->member_count; i++)
        table_cell(table, cell_text(t, by_year,
                                    shown_year_cell(t->input, by_year, years->first + (int32_t)i),
                                    PLACES_MONEY));
}

/* The lines over the same years as the first of `lines` from `from`; those of other years follow
 * in a table of their own. Returns where that table begins. */
static uint32_t finance_table(Text *t, const FinanceLines *lines, uint32_t from) {
    const ModuleDim *years = shown_dim(t->input, lines->items[from].by_year, 0);
    Table table;
    table_begin(&table, t->arena);
    table_column(&table, SLICE(""), false);
    for (uint32_t i = 0; i < years->member_count && i + 1 < TABLE_MAX_COLUMNS; i++)
        table_column(&table, format_member(years, i), true);
    uint32_t at = from;
    for (; at < lines->count && shown_dim(t->input, lines->items[at].by_year, 0) == years; at++) {
        const FinanceLine *item = &lines->items[at];
        finance_row(t, &table, finance_label(t, item, false), item->by_year, years);
        if (item->after.array)
            finance_row(t, &table, finance_label(t, item, true), item->after, years);
    }
    table_print(&table, t->out, 0);
    return at;
}

static void finance(Text *t) {
    FinanceLines lines = finance_read(t->input, t->arena);
    if (!lines.count) return;
    heading(t, "Finance");
    for (uint32_t at = 0; at < lines.count;) at = finance_table(t, &lines, at);
}

/* ---- Requirements and data ------------------------------------------------------------------- */

static bool is_allowed(const Text *t, const ReportFinding *finding) {
    return finding->allow < t->input->module->allows.count;
}

static uint8_t severity_of(const Text *t, const ReportFinding *finding) {
    const ModuleRequirement *rule = finding_rule(t->input, finding);
    return t->input->module->final_status ? rule->severity : rule->draft_severity;
}

static void failed_requirement(Text *t, const ReportFinding *finding) {
    const ModuleRequirement *rule = finding_rule(t->input, finding);
    bool allowed = is_allowed(t, finding);
    uint8_t severity = severity_of(t, finding);
    const char *sort = allowed                        ? "allowed"
                       : severity == SEVERITY_ERROR   ? "error"
                       : severity == SEVERITY_WARNING ? "warning"
                                                      : "note";
    Slice message = finding_message(t->input, finding);
    line(t,
         arena_printf(t->arena, "%s[%.*s]: %.*s", sort, SLICE_FMT(rule->rule), SLICE_FMT(message)));
}

static void requirements(Text *t) {
    uint32_t allowed = 0, notes = 0;
    uint32_t counts[REQUIREMENT_NOT_IN_FORCE + 1] = {0};
    if (!t->input->finding_count) return;
    heading(t, "Requirements");
    for (uint32_t i = 0; i < t->input->finding_count; i++) {
        const ReportFinding *finding = &t->input->findings[i];
        counts[finding->outcome]++;
        if (finding->outcome != REQUIREMENT_FAILED) continue;
        failed_requirement(t, finding);
        allowed += is_allowed(t, finding);
        notes += !is_allowed(t, finding) && severity_of(t, finding) == SEVERITY_NOTE;
    }
    Slice noted = notes ? arena_printf(t->arena, "%u to note, ", notes) : SLICE("");
    Slice waived = allowed ? arena_printf(t->arena, "%u allowed, ", allowed) : SLICE("");
    buffer_printf(t->out, "%u passed, %u failed, %.*s%.*s%u not yet known, %u not in force\n",
                  counts[REQUIREMENT_PASSED], counts[REQUIREMENT_FAILED] - allowed - notes,
                  SLICE_FMT(noted), SLICE_FMT(waived),
                  counts[REQUIREMENT_UNKNOWN], counts[REQUIREMENT_NOT_IN_FORCE]);
}

static Slice count_text(Text *t, bool people, int64_t count) {
    int64_t released;
    if (!count_released(t->input, people, count, &released)) return SLICE("suppressed");
    return format_count(t->arena, (double)released);
}

static void data_facts(Text *t) {
    if (!t->input->data_count) return;
    heading(t, "Data");
    for (uint32_t i = 0; i < t->input->data_count; i++) {
        const ReportData *data = &t->input->data[i];
        int64_t shown;
        bool released = rows_released(t->input, data, &shown);
        Slice rows = released ? format_count(t->arena, (double)shown) : SLICE("suppressed");
        line(t, arena_printf(t->arena, "%.*s  %.*s  %.*s rows", SLICE_FMT(data->name),
                             SLICE_FMT(data->file), SLICE_FMT(rows)));
        if (data->orphans) {
            Slice orphans = count_text(t, false, data->orphans);
            line(t, arena_printf(t->arena, "  left out: not in the population: %.*s",
                                 SLICE_FMT(orphans)));
        }
        for (uint32_t k = 0; k < data->left_out_count; k++) {
            Slice count = count_text(t, data->people, data->left_out[k].count);
            line(t, arena_printf(t->arena, "  left out: %.*s: %.*s",
                                 SLICE_FMT(data->left_out[k].what), SLICE_FMT(count)));
        }
    }
}

/* ---- Documents ------------------------------------------------------------------------------- */

static void title_lines(Text *t) {
    const Module *module = t->input->module;
    const ModuleDecl *plan = plan_decl(t->input);
    if (!plan) return;
    line(t, decl_title(t->arena, plan));
    Slice first = format_year(t->arena, module->horizon_first);
    Slice last = format_year(t->arena, module->horizon_last);
    Slice day = date_format_long(t->arena, t->input->as_of);
    Slice policy = policy_name(t->input);
    line(t, arena_printf(t->arena, "%.*s to %.*s, %s, as of %.*s, policy %.*s", SLICE_FMT(first),
                         SLICE_FMT(last), module->final_status ? "final" : "draft", SLICE_FMT(day),
                         SLICE_FMT(policy)));
}

static void watermark(Text *t) {
    if (t->input->internal) line(t, internal_watermark());
}

Slice report_run_text(Arena *arena, const ReportInput *input) {
    Buffer out;
    buffer_init(&out, arena);
    Text t = {input, arena, &out};
    watermark(&t);
    title_lines(&t);
    kpis(&t);
    lets(&t);
    finance(&t);
    requirements(&t);
    data_facts(&t);
    watermark(&t);
    return buffer_slice(&out);
}

Slice report_eval_text(Arena *arena, const ReportInput *input, Reg reg, uint16_t unit) {
    Buffer out;
    buffer_init(&out, arena);
    Text t = {input, arena, &out};
    Shown shown = shown_of(input, reg, unit);
    watermark(&t);
    if (shown.array->type.dim_count) {
        array_table(&t, shown, 0, NULL);
        Slice text = format_unit(shown.unit);
        if (text.length) line(&t, arena_printf(arena, "in %.*s", SLICE_FMT(text)));
    } else {
        line(&t, with_unit(&t, shown, 0));
    }
    return buffer_slice(&out);
}
