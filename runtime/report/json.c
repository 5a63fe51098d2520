/* The JSON of `run` and `eval`. A number is written so that it reads back as the same number;
 * money is text, posted to pence; a withheld cell says why and nothing else. */
#include "runtime/base/json.h"

#include <math.h>

#include "runtime/base/date.h"
#include "runtime/report/actuals.h"
#include "runtime/report/parts.h"

typedef struct {
    const ReportInput *input;
    Arena *arena;
    JsonWriter json;
    struct Document *document; /* whose cells are left out to be written later; NULL: none are */
} Writer;

static void key(Writer *w, const char *name) {
    json_key(&w->json, slice_of(name));
}

static void key_text(Writer *w, const char *name, Slice text) {
    key(w, name);
    json_string(&w->json, text);
}

static void key_year(Writer *w, const char *name, int32_t year) {
    key(w, name);
    if (year)
        json_string(&w->json, financial_year_format(w->arena, year));
    else
        json_null(&w->json);
}

static void number_or_null(Writer *w, double value) {
    if (isfinite(value))
        json_number(&w->json, value);
    else
        json_null(&w->json);
}

/* ---- Cells -------------------------------------------------------------------------------- */

static void present_value(Writer *w, Shown shown, uint32_t cell) {
    const Array *array = shown.array;
    switch ((ElemType)array->type.elem) {
    case ELEM_BOOL: json_bool(&w->json, array->as.integer[cell] != 0); return;
    case ELEM_REAL:
    case ELEM_EXACT:
        if (shown.unit->sort == UNIT_MONEY)
            json_string(&w->json, shown_posted(w->arena, shown, cell));
        else
            number_or_null(w, shown_number(shown, cell));
        return;
    case ELEM_DATE:
        json_string(&w->json, date_format_iso(w->arena, (int32_t)array->as.integer[cell]));
        return;
    case ELEM_YEAR:
        json_string(&w->json, financial_year_format(w->arena, (int)array->as.integer[cell]));
        return;
    case ELEM_CODE: json_string(&w->json, shown_code(w->input, shown, cell)); return;
    case ELEM_TEXT: json_string(&w->json, array->as.text[cell]); return;
    }
}

/* A value alone, null where it is absent. */
static void value_or_null(Writer *w, Shown shown, uint32_t cell) {
    if (shown_present(shown, cell))
        present_value(w, shown, cell);
    else
        json_null(&w->json);
}

/* What an array's cells say of where they lie, `"sex":"F"`, by axis and member: many cells say
 * the same. */
typedef struct {
    uint32_t axes;
    uint32_t counts[MODULE_MAX_DIMS];
    Slice *texts[MODULE_MAX_DIMS];
} Places;

static Slice place_text(Writer *w, Slice name, Slice member) {
    Buffer text;
    buffer_init(&text, w->arena);
    json_escape(&text, name);
    buffer_add_char(&text, ':');
    json_escape(&text, member);
    return buffer_slice(&text);
}

static Places places_of(Writer *w, Shown shown) {
    Places places = {.axes = shown.array ? shown.array->type.dim_count : 0};
    for (uint32_t axis = 0; axis < places.axes; axis++) {
        const ModuleDim *dim = shown_dim(w->input, shown, axis);
        places.counts[axis] = dim->member_count;
        places.texts[axis] = ARENA_NEW_ARRAY(w->arena, Slice, dim->member_count);
        for (uint32_t member = 0; member < dim->member_count; member++)
            places.texts[axis][member] = place_text(w, dim->name, dim->members[member]);
    }
    return places;
}

static void members(Writer *w, const Places *places, uint32_t cell) {
    Slice texts[MODULE_MAX_DIMS];
    for (uint32_t axis = places->axes; axis-- > 0; cell /= places->counts[axis])
        texts[axis] = places->texts[axis][cell % places->counts[axis]];
    for (uint32_t axis = 0; axis < places->axes; axis++) json_raw_member(&w->json, texts[axis]);
}

static void reason(Writer *w, Shown shown, uint32_t cell) {
    key_text(w, "reason", slice_of(reason_text(array_absent(shown.array, cell))));
    Slice note = shown.array->absent_note;
    bool until = slice_starts_with(note, SLICE("until "));
    AbsentReason why = array_absent(shown.array, cell);
    bool said = until ? why == ABSENT_UNKNOWN : why == ABSENT_MISSING && shown.array->count == 1;
    if (note.length && said) key_text(w, "note", note);
}

/* Limits at further levels. */
static void further_limits(Writer *w, Shown shown, uint32_t cell) {
    Shown further;
    double level;
    bool any = false;
    for (uint32_t k = 1; shown_interval(w->input, shown, k, &further, &level); k++) {
        if (!any) key(w, "limits");
        if (!any) json_begin_array(&w->json);
        any = true;
        json_begin_object(&w->json);
        key(w, "confidence");
        json_number(&w->json, level);
        key(w, "lower");
        number_or_null(w, shown_scaled(shown, further.array->lower[cell]));
        key(w, "upper");
        number_or_null(w, shown_scaled(shown, further.array->upper[cell]));
        json_end_object(&w->json);
    }
    if (any) json_end_array(&w->json);
}

static void estimate(Writer *w, Shown shown, uint32_t cell) {
    const Array *array = shown.array;
    key(w, "lower");
    number_or_null(w, shown_scaled(shown, array->lower[cell]));
    key(w, "upper");
    number_or_null(w, shown_scaled(shown, array->upper[cell]));
    key(w, "numerator");
    number_or_null(w, array->numerator[cell]);
    key(w, "denominator");
    number_or_null(w, array->denominator[cell]);
    Slice method = slice_of(method_text((EstimateMethod)array->method[cell]));
    if (method.length) key_text(w, "method", method);
}

/* An absent estimate keeps the counts it would have been made of, which are as protected as those
 * of any other; one that is withheld says nothing but that. */
static void absent_estimate(Writer *w, Shown shown, uint32_t cell) {
    const Array *array = shown.array;
    AbsentReason because = array_absent(array, cell);
    bool told = because == ABSENT_TOO_FEW || because == ABSENT_NOT_CALCULABLE ||
                because == ABSENT_NO_POPULATION;
    if (told && isfinite(array->numerator[cell])) {
        key(w, "numerator");
        json_number(&w->json, array->numerator[cell]);
    }
    if (told && isfinite(array->denominator[cell])) {
        key(w, "denominator");
        json_number(&w->json, array->denominator[cell]);
    }
}

/* Against the whole: null where a cell is not compared. */
static void comparison(Writer *w, const Kpi *kpi, uint32_t result, uint32_t cell) {
    Comparison found = kpi_comparison(kpi, result, cell);
    const char *side = found.side < 0 ? "lower" : found.side > 0 ? "higher" : "similar";
    key(w, "compared");
    if (!found.compared)
        json_null(&w->json);
    else
        json_string(&w->json, found.side ? arena_printf(w->arena, "%s (%.*s)", side,
                                                        SLICE_FMT(found.level))
                                         : slice_of(side));
    if (found.meaning.length) key_text(w, "judgement", found.meaning);
}

/* A result of a KPI; `kpi` NULL: of none. */
typedef struct {
    const Kpi *kpi;
    uint32_t index;
} OfKpi;

static void cell_object(Writer *w, Shown shown, const Places *places, uint32_t cell, OfKpi of) {
    bool is_estimate = shown.array->type.estimate && shown.array->lower;
    json_begin_object(&w->json);
    members(w, places, cell);
    key(w, "value");
    value_or_null(w, shown, cell);
    if (!shown_present(shown, cell)) reason(w, shown, cell);
    if (is_estimate && shown_present(shown, cell)) {
        estimate(w, shown, cell);
        further_limits(w, shown, cell);
    } else if (is_estimate) {
        absent_estimate(w, shown, cell);
    }
    if (of.kpi && of.kpi->comparisons.items[of.index].array)
        comparison(w, of.kpi, of.index, cell);
    json_end_object(&w->json);
}

/* ---- Many cells ------------------------------------------------------------------------------ */

/* The cells of an array, and the state of the writer before the first of them. */
typedef struct {
    Shown shown;
    Places places;
    OfKpi of;
    JsonWriter json;
} Cells;

static void write_cells(Writer *w, const Cells *cells, uint32_t from, uint32_t to) {
    for (uint32_t cell = from; cell < to; cell++)
        cell_object(w, cells->shown, &cells->places, cell, cells->of);
}

/* Cells that are worth a part of their own. */
enum { PART_CELLS = 2048 };

/* What stands in the document up to `until`, and the cells that come next. */
typedef struct {
    size_t until;
    const Cells *cells; /* NULL: the document ends */
    uint32_t from, to;
} Part;

/* A run without the cells of its large arrays. */
typedef struct Document {
    const ReportInput *input;
    Buffer text;
    VEC(Part) parts;
    ReportParts made;
} Document;

static void leave_out(Writer *w, const Cells *cells) {
    Document *document = w->document;
    Cells *left = ARENA_NEW(w->arena, Cells);
    *left = *cells;
    for (uint32_t from = 0; from < cells->shown.array->count; from += PART_CELLS) {
        uint32_t rest = cells->shown.array->count - from;
        uint32_t to = from + (rest < PART_CELLS ? rest : PART_CELLS);
        VEC_PUSH(w->arena, &document->parts, (Part){document->text.length, left, from, to});
    }
}

static void make_part(const void *context, uint32_t number, Arena *arena, Buffer *out) {
    const Document *document = context;
    const Part *part = &document->parts.items[number];
    size_t from = number ? part[-1].until : 0;
    buffer_add(out, slice_sub(buffer_slice(&document->text), from, part->until));
    if (!part->cells) return;
    Writer w = {.input = document->input, .arena = arena, .json = part->cells->json};
    w.json.out = out;
    w.json.has_value = part->from > 0;
    write_cells(&w, part->cells, part->from, part->to);
}

/* ---- Arrays ---------------------------------------------------------------------------------- */

static void array_fields(Writer *w, Slice name, Shown shown, OfKpi of) {
    key_text(w, "name", name);
    key_text(w, "unit", shown.unit->label);
    if (of.kpi && of.kpi->measured_year) key_year(w, "year", of.kpi->measured_year);
    key(w, "dimensions");
    json_begin_array(&w->json);
    for (uint32_t axis = 0; axis < shown.array->type.dim_count; axis++)
        json_string(&w->json, shown_dim(w->input, shown, axis)->name);
    json_end_array(&w->json);
    Shown own;
    double level;
    if (shown_interval(w->input, shown, 0, &own, &level)) {
        key(w, "confidence");
        json_number(&w->json, level);
    }
    key(w, "cells");
    json_begin_array(&w->json);
    Cells cells = {shown, places_of(w, shown), of, w->json};
    if (w->document && shown.array->count > PART_CELLS)
        leave_out(w, &cells);
    else
        write_cells(w, &cells, 0, shown.array->count);
    json_end_array(&w->json);
}

static void array_object(Writer *w, Slice name, Shown shown, OfKpi of) {
    json_begin_object(&w->json);
    array_fields(w, name, shown, of);
    json_end_object(&w->json);
}

/* ---- KPIs ------------------------------------------------------------------------------------ */

/* {"FY2026/27": value, …} of a series over financial years. */
static void by_year(Writer *w, Shown shown) {
    json_begin_object(&w->json);
    if (shown_is_series(w->input, shown))
        for (uint32_t cell = 0; cell < shown.array->count; cell++) {
            json_key(&w->json, shown_dim(w->input, shown, 0)->members[cell]);
            value_or_null(w, shown, cell);
        }
    json_end_object(&w->json);
}

/* Said only of what lies within the limits of its baseline. */
static void indistinct(Writer *w, bool is) {
    if (!is) return;
    key(w, "distinguishable_from_baseline");
    json_bool(&w->json, false);
}

static void target_object(Writer *w, const KpiTarget *target) {
    json_begin_object(&w->json);
    key_year(w, "by", target->year);
    key(w, "value");
    value_or_null(w, target->level, 0);
    if (target->level.array && !shown_present(target->level, 0)) reason(w, target->level, 0);
    indistinct(w, target->indistinct);
    json_end_object(&w->json);
}

/* A value with its limits, or why there is none. */
static void scalar_object(Writer *w, const char *name, Shown shown) {
    Places places = places_of(w, shown);
    key(w, name);
    if (shown.array)
        cell_object(w, shown, &places, 0, (OfKpi){0});
    else
        json_null(&w->json);
}

static void equity_object(Writer *w, const KpiEquity *equity) {
    json_begin_object(&w->json);
    key_text(w, "on", equity->on);
    key_text(w, "across", equity->across);
    key_text(w, "unit", equity->baseline.unit ? equity->baseline.unit->label : SLICE(""));
    key_year(w, "by", equity->year);
    scalar_object(w, "baseline", equity->baseline);
    scalar_object(w, "latest", equity->latest);
    scalar_object(w, "target", equity->level);
    indistinct(w, equity->indistinct);
    key(w, "trajectory");
    by_year(w, equity->trajectory);
    json_end_object(&w->json);
}

static void equities(Writer *w, const Kpi *kpi) {
    key(w, "equity");
    json_begin_array(&w->json);
    VEC_EACH(const KpiEquity, equity, &kpi->equities) equity_object(w, equity);
    json_end_array(&w->json);
}

/* Where the KPI stands, and by what: the year, and what was asked for in it, are of the people's
 * data, whose results follow; what newer actuals say is with the actuals. */
static void standing(Writer *w, const Kpi *kpi) {
    Actuals actuals;
    bool by_actuals = actuals_decide(w->input, w->arena, kpi, &actuals);
    key_text(w, "status", kpi->status);
    if (kpi->judged) key_text(w, "judged_by", by_actuals ? SLICE("actuals") : SLICE("people"));
    key_year(w, "measured_in", kpi->measured_year);
    if (kpi->judged) {
        key(w, "asked");
        value_or_null(w, kpi->asked, 0);
    }
    if (kpi->movement.length) key_text(w, "movement", kpi->movement);
}

/* ---- Actuals --------------------------------------------------------------------------------- */

static void text_or_null(Writer *w, const char *name, Slice text) {
    key(w, name);
    if (text.length)
        json_string(&w->json, text);
    else
        json_null(&w->json);
}

static void keyed_value(Writer *w, const char *name, Shown shown, uint32_t cell) {
    key(w, name);
    value_or_null(w, shown, cell);
}

/* A point with its limits and what is said of it. */
static void actuals_point(Writer *w, const Actuals *actuals, const Places *places,
                          uint32_t cell) {
    json_begin_object(&w->json);
    members(w, places, cell);
    keyed_value(w, "value", actuals->values, cell);
    if (!shown_present(actuals->values, cell))
        reason(w, actuals->values, cell);
    else if (actuals->values.array->type.estimate && actuals->values.array->lower)
        estimate(w, actuals->values, cell);
    keyed_value(w, "mean", actuals->mean, cell);
    keyed_value(w, "lower_process_limit", actuals->lower, cell);
    keyed_value(w, "upper_process_limit", actuals->upper, cell);
    text_or_null(w, "signal", actuals_text(actuals->signal, cell));
    text_or_null(w, "variation", actuals_text(actuals->variation, cell));
    json_end_object(&w->json);
}

static void actuals_remarks(Writer *w, const Actuals *actuals) {
    key(w, "breaks");
    json_begin_array(&w->json);
    VEC_EACH(const ActualsBreak, found, &actuals->breaks) {
        json_begin_object(&w->json);
        key_text(w, "from", found->written);
        key_text(w, "because", found->because);
        json_end_object(&w->json);
    }
    json_end_array(&w->json);
    key(w, "revised");
    json_begin_array(&w->json);
    VEC_EACH(const ActualsRevision, found, &actuals->revisions) {
        json_begin_object(&w->json);
        key_text(w, "period", found->written);
        keyed_value(w, "was", found->was, 0);
        key_text(w, "because", found->because);
        json_end_object(&w->json);
    }
    json_end_array(&w->json);
}

static void actuals_object(Writer *w, const ModuleDecl *kpi) {
    Actuals actuals;
    if (!actuals_read(w->input, w->arena, kpi, &actuals)) return;
    key(w, "actuals");
    json_begin_object(&w->json);
    key_text(w, "name", actuals.decl->name);
    key_text(w, "title", actuals.decl->title);
    key_text(w, "unit", actuals.values.unit->label);
    key_text(w, "dimension", actuals.periods->name);
    key(w, "measured_to");
    if (actuals.has_last)
        json_string(&w->json, date_format_iso(w->arena, actuals.last_day));
    else
        json_null(&w->json);
    key(w, "newer_than_people");
    json_bool(&w->json, actuals.newer);
    keyed_value(w, "latest", actuals.latest, 0);
    keyed_value(w, "planned", actuals.planned, 0);
    keyed_value(w, "target", actuals.target, 0);
    key_text(w, "status", actuals_status(&actuals));
    text_or_null(w, "trend", actuals.trend);
    text_or_null(w, "trend_reason", actuals.reason);
    text_or_null(w, "trend_judged", actuals.judged);
    bool any = actuals.first < actuals.end;
    text_or_null(w, "variation",
                 any ? actuals_text(actuals.variation, actuals.end - 1) : SLICE(""));
    text_or_null(w, "assurance", actuals.assurance);
    key(w, "points");
    json_begin_array(&w->json);
    Places places = places_of(w, actuals.values);
    for (uint32_t cell = actuals.first; cell < actuals.end; cell++)
        actuals_point(w, &actuals, &places, cell);
    json_end_array(&w->json);
    actuals_remarks(w, &actuals);
    json_end_object(&w->json);
}

static void kpi_object(Writer *w, const ModuleDecl *decl) {
    Kpi *kpi = ARENA_NEW(w->arena, Kpi); /* cells are asked for it later */
    *kpi = kpi_read(w->input, w->arena, decl);
    json_begin_object(&w->json);
    key_text(w, "name", decl->name);
    key_text(w, "title", decl->title);
    key(w, "baseline");
    value_or_null(w, kpi->baseline, 0);
    key(w, "targets");
    json_begin_array(&w->json);
    VEC_EACH(KpiTarget, target, &kpi->targets) target_object(w, target);
    json_end_array(&w->json);
    key(w, "trajectory");
    by_year(w, kpi->trajectory);
    standing(w, kpi);
    equities(w, kpi);
    actuals_object(w, decl);
    key(w, "results");
    json_begin_array(&w->json);
    for (uint32_t i = 0; i < kpi->results.count; i++)
        array_object(w, decl->name, kpi->results.items[i], (OfKpi){kpi, i});
    json_end_array(&w->json);
    json_end_object(&w->json);
}

static void kpis(Writer *w) {
    key(w, "kpis");
    json_begin_array(&w->json);
    EACH_DECL(w->input, decl, "kpi", NULL) kpi_object(w, decl);
    json_end_array(&w->json);
}

/* ---- Lets, money, requirements, data --------------------------------------------------------- */

static void lets(Writer *w) {
    key(w, "lets");
    json_begin_array(&w->json);
    for (uint32_t i = 0; i < w->input->module->outputs.count; i++) {
        const ModuleOutput *output = &w->input->module->outputs.items[i];
        Shown shown = shown_of(w->input, output->reg, output->unit);
        if (shown.array) array_object(w, output->name, shown, (OfKpi){0});
    }
    json_end_array(&w->json);
}

static void finance_object(Writer *w, const FinanceLine *line) {
    json_begin_object(&w->json);
    key_text(w, "name", line->decl->name);
    key_text(w, "kind", line->decl->kind);
    if (line->as.length) key_text(w, "as", line->as);
    key(w, "fy");
    by_year(w, line->by_year);
    if (line->after.array) {
        key(w, "after_shifts");
        by_year(w, line->after);
    }
    json_end_object(&w->json);
}

static void finance(Writer *w) {
    key(w, "finance");
    json_begin_array(&w->json);
    FinanceLines lines = finance_read(w->input, w->arena);
    VEC_EACH(FinanceLine, line, &lines) finance_object(w, line);
    json_end_array(&w->json);
}

static void requirement_object(Writer *w, const ReportFinding *finding) {
    const ModuleRequirement *rule = finding_rule(w->input, finding);
    const ModuleDecl *decl = model_decl(w->input, rule->decl);
    bool failed = finding->outcome == REQUIREMENT_FAILED;
    json_begin_object(&w->json);
    key_text(w, "rule", rule->rule);
    key_text(w, "item", decl ? decl->name : SLICE(""));
    key(w, "passed");
    if (finding->outcome == REQUIREMENT_UNKNOWN)
        json_null(&w->json);
    else
        json_bool(&w->json, !failed);
    key_text(w, "message", failed ? finding_message(w->input, finding) : SLICE(""));
    if (failed && finding->allow < w->input->module->allows.count)
        key_text(w, "allowed_because", w->input->module->allows.items[finding->allow].because);
    json_end_object(&w->json);
}

static void requirements(Writer *w) {
    key(w, "requirements");
    json_begin_array(&w->json);
    for (uint32_t i = 0; i < w->input->finding_count; i++)
        if (w->input->findings[i].outcome != REQUIREMENT_NOT_IN_FORCE)
            requirement_object(w, &w->input->findings[i]);
    json_end_array(&w->json);
}

static void count_or_null(Writer *w, bool people, int64_t count) {
    int64_t released;
    if (count_released(w->input, people, count, &released))
        json_int(&w->json, released);
    else
        json_null(&w->json);
}

static void left_out(Writer *w, const ReportData *data) {
    key(w, "left_out");
    json_begin_object(&w->json);
    if (data->orphans) {
        key(w, "not in the population");
        count_or_null(w, false, data->orphans);
    }
    for (uint32_t i = 0; i < data->left_out_count; i++) {
        json_key(&w->json, data->left_out[i].what);
        count_or_null(w, data->people, data->left_out[i].count);
    }
    json_end_object(&w->json);
}

static void data_array(Writer *w) {
    key(w, "data");
    json_begin_array(&w->json);
    for (uint32_t i = 0; i < w->input->data_count; i++) {
        const ReportData *data = &w->input->data[i];
        json_begin_object(&w->json);
        key_text(w, "name", data->name);
        key_text(w, "file", data->file);
        key_text(w, "sha256", data->sha256);
        key(w, "rows");
        int64_t rows;
        if (rows_released(w->input, data, &rows))
            json_int(&w->json, rows);
        else
            json_null(&w->json);
        left_out(w, data);
        json_end_object(&w->json);
    }
    json_end_array(&w->json);
}

/* ---- Documents ------------------------------------------------------------------------------- */

static void begin(Writer *w, Arena *arena, const ReportInput *input, Buffer *out) {
    buffer_init(out, arena);
    *w = (Writer){.input = input, .arena = arena};
    json_begin(&w->json, out, 0);
    json_begin_object(&w->json);
}

static Slice end(Writer *w, Buffer *out) {
    json_end_object(&w->json);
    buffer_add_char(out, '\n');
    return buffer_slice(out);
}

static void watermark(Writer *w) {
    if (w->input->internal) key_text(w, "watermark", internal_watermark());
}

static void run(Writer *w) {
    const ModuleDecl *plan = plan_decl(w->input);
    key_text(w, "plan", plan ? plan->name : SLICE(""));
    key_text(w, "policy", policy_name(w->input));
    watermark(w);
    kpis(w);
    lets(w);
    finance(w);
    requirements(w);
    data_array(w);
}

Slice report_run_json(Arena *arena, const ReportInput *input) {
    Buffer out;
    Writer w;
    begin(&w, arena, input, &out);
    run(&w);
    return end(&w, &out);
}

const ReportParts *report_run_json_parts(Arena *arena, const ReportInput *input) {
    Document *document = ARENA_NEW(arena, Document);
    Writer w;
    document->input = input;
    begin(&w, arena, input, &document->text);
    w.document = document;
    run(&w);
    size_t until = end(&w, &document->text).length;
    VEC_PUSH(arena, &document->parts, (Part){.until = until});
    document->made = (ReportParts){document->parts.count, make_part, document, arena->limit};
    return &document->made;
}

Slice report_eval_json(Arena *arena, const ReportInput *input, Slice name, Reg reg, uint16_t unit) {
    Buffer out;
    Writer w;
    begin(&w, arena, input, &out);
    array_fields(&w, name, shown_of(input, reg, unit), (OfKpi){0});
    watermark(&w);
    return end(&w, &out);
}

/* ---- Manifest -------------------------------------------------------------------------------- */

static void sources(Writer *w) {
    key(w, "sources");
    json_begin_array(&w->json);
    VEC_EACH(const ModuleSource, source, &w->input->module->sources) {
        json_begin_object(&w->json);
        key_text(w, "path", source->path);
        key_text(w, "sha256", source->sha256);
        key(w, "library");
        json_bool(&w->json, source->library);
        json_end_object(&w->json);
    }
    json_end_array(&w->json);
}

/* What was read when the plan was compiled, and is in the module now. */
static void inputs(Writer *w) {
    key(w, "inputs");
    json_begin_array(&w->json);
    VEC_EACH(const ModuleInput, input, &w->input->module->inputs) {
        json_begin_object(&w->json);
        key_text(w, "name", input->name);
        key_text(w, "file", input->file);
        key_text(w, "sha256", input->sha256);
        json_end_object(&w->json);
    }
    json_end_array(&w->json);
}

Slice report_manifest_json(Arena *arena, const ReportInput *input, const ReportOutput *outputs,
                           uint32_t output_count) {
    Buffer out;
    Writer w;
    begin(&w, arena, input, &out);
    const ModuleDecl *plan = plan_decl(input);
    key_text(&w, "plan", plan ? plan->name : SLICE(""));
    key_text(&w, "program", SLICE("scpc"));
    key_text(&w, "version", input->version);
    key_text(&w, "compiler_version", input->module->compiler_version);
    key(&w, "edition");
    json_int(&w.json, input->module->edition);
    key_text(&w, "as_of", date_format_iso(arena, input->as_of));
    key_text(&w, "policy", policy_name(input));
    watermark(&w);
    sources(&w);
    inputs(&w);
    data_array(&w);
    key(&w, "outputs");
    json_begin_array(&w.json);
    for (uint32_t i = 0; i < output_count; i++) {
        json_begin_object(&w.json);
        key_text(&w, "file", outputs[i].file);
        key_text(&w, "sha256", outputs[i].sha256);
        json_end_object(&w.json);
    }
    json_end_array(&w.json);
    return end(&w, &out);
}
