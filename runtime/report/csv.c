/* Cells, and results as rows: the same results as `run --format json` gives, a row a cell, so that
 * the two cannot disagree. */
#include "runtime/report/csv.h"

#include <string.h>

#include "runtime/base/json.h"
#include "runtime/base/vec.h"
#include "runtime/report/model.h"
#include "runtime/report/report.h"

/* ---- Cells ---------------------------------------------------------------------------------- */

/* What spreadsheets skip before they look for a formula. */
static size_t skip_blanks(Slice text) {
    size_t at = 0;
    for (;;) {
        Slice rest = slice_sub(text, at, text.length);
        if (slice_starts_with(rest, SLICE(" ")) || slice_starts_with(rest, SLICE("\""))) at++;
        else if (slice_starts_with(rest, SLICE("\xC2\xA0"))) at += 2;
        else return at;
    }
}

/* = + - @, tab and line ends, and the full-width forms of the four. */
static bool begins_formula(Slice text) {
    static const Slice wide[] = {{"\xEF\xBC\x9D", 3}, {"\xEF\xBC\x8B", 3}, {"\xEF\xBC\x8D", 3},
                                 {"\xEF\xBC\xA0", 3}};
    Slice rest = slice_sub(text, skip_blanks(text), text.length);
    if (!rest.length) return false;
    if (strchr("=+-@\t\r\n", rest.data[0]) && rest.data[0]) return true;
    for (size_t i = 0; i < sizeof wide / sizeof wide[0]; i++)
        if (slice_starts_with(rest, wide[i])) return true;
    return false;
}

static bool wants_quotes(Slice text) {
    for (size_t i = 0; i < text.length; i++)
        if (strchr(",\"\r\n", text.data[i]) && text.data[i]) return true;
    return text.length && (text.data[0] == ' ' || text.data[text.length - 1] == ' ');
}

void csv_put_text(Buffer *out, Slice text) {
    bool formula = begins_formula(text), quoted = wants_quotes(text);
    if (quoted) buffer_add_char(out, '"');
    if (formula) buffer_add_char(out, '\'');
    for (size_t i = 0; i < text.length; i++) {
        if (text.data[i] == '"') buffer_add_char(out, '"');
        buffer_add_char(out, text.data[i]);
    }
    if (quoted) buffer_add_char(out, '"');
}

void csv_put_number(Buffer *out, Slice number) { buffer_add(out, number); }

/* ---- Results -------------------------------------------------------------------------------- */

static const char *const values[] = {"value", "lower", "upper", "numerator", "denominator",
                                     "reason", "method", "compared", "judgement"};
enum { VALUES = sizeof values / sizeof values[0] };

typedef VEC(Slice) Names;

typedef struct {
    Arena *arena;
    Buffer out;
    Names dims;   /* of all results, in order of first mention */
    Names levels; /* of further limits, "0.998", likewise */
    bool internal;
} Sheet;

static void note_dims(Sheet *sheet, const JsonValue *result) {
    const JsonValue *dims = json_get(result, SLICE("dimensions"));
    for (uint32_t i = 0; dims && i < dims->items.count; i++) {
        bool known = false;
        VEC_EACH(const Slice, name, &sheet->dims)
            known |= slice_equal(*name, dims->items.items[i]->text);
        if (!known) VEC_PUSH(sheet->arena, &sheet->dims, dims->items.items[i]->text);
    }
}

static bool is_level(const JsonValue *limits, Slice level) {
    const JsonValue *confidence = json_get(limits, SLICE("confidence"));
    return confidence && slice_equal(confidence->text, level);
}

static void note_levels(Sheet *sheet, const JsonValue *result) {
    const JsonValue *cells = json_get(result, SLICE("cells"));
    for (uint32_t i = 0; cells && i < cells->items.count; i++) {
        const JsonValue *limits = json_get(cells->items.items[i], SLICE("limits"));
        for (uint32_t k = 0; limits && k < limits->items.count; k++) {
            bool known = false;
            VEC_EACH(const Slice, level, &sheet->levels)
                known |= is_level(limits->items.items[k], *level);
            const JsonValue *level = json_get(limits->items.items[k], SLICE("confidence"));
            if (!known && level) VEC_PUSH(sheet->arena, &sheet->levels, level->text);
        }
    }
}

static void put_value(Sheet *sheet, const JsonValue *value) {
    if (!value || value->kind == JSON_NULL) return;
    if (value->kind == JSON_TRUE || value->kind == JSON_FALSE)
        csv_put_text(&sheet->out, value->kind == JSON_TRUE ? SLICE("true") : SLICE("false"));
    else if (value->kind == JSON_NUMBER) csv_put_number(&sheet->out, value->text);
    else csv_put_text(&sheet->out, value->text);
}

/* Money is text in JSON, so that no reader rounds it, and a number here. */
static void put_amount(Sheet *sheet, const JsonValue *value, bool money) {
    if (money && value && value->kind == JSON_STRING) csv_put_number(&sheet->out, value->text);
    else put_value(sheet, value);
}

static void put_further(Sheet *sheet, const JsonValue *limits) {
    VEC_EACH(const Slice, level, &sheet->levels) {
        const JsonValue *found = NULL;
        for (uint32_t k = 0; limits && k < limits->items.count; k++)
            if (is_level(limits->items.items[k], *level)) found = limits->items.items[k];
        buffer_add_char(&sheet->out, ',');
        if (found) put_value(sheet, json_get(found, SLICE("lower")));
        buffer_add_char(&sheet->out, ',');
        if (found) put_value(sheet, json_get(found, SLICE("upper")));
    }
}

static void put_cell(Sheet *sheet, const JsonValue *result, const JsonValue *cell) {
    Buffer *out = &sheet->out;
    const JsonValue *unit = json_get(result, SLICE("unit"));
    bool money = unit && slice_equal(unit->text, SLICE("gbp"));
    put_value(sheet, json_get(result, SLICE("name")));
    buffer_add_char(out, ',');
    put_value(sheet, unit);
    buffer_add_char(out, ',');
    put_value(sheet, json_get(result, SLICE("year")));
    VEC_EACH(const Slice, name, &sheet->dims) {
        buffer_add_char(out, ',');
        put_value(sheet, json_get(cell, *name));
    }
    for (int i = 0; i < VALUES; i++) {
        buffer_add_char(out, ',');
        put_amount(sheet, json_get(cell, slice_of(values[i])), money && i == 0);
    }
    put_further(sheet, json_get(cell, SLICE("limits")));
    if (sheet->internal) buffer_add_char(out, ',');
    if (sheet->internal) csv_put_text(out, internal_watermark());
    buffer_add_char(out, '\n');
}

static void put_header(Sheet *sheet) {
    buffer_add_text(&sheet->out, "name,unit,year");
    VEC_EACH(const Slice, name, &sheet->dims) {
        buffer_add_char(&sheet->out, ',');
        csv_put_text(&sheet->out, *name);
    }
    for (int i = 0; i < VALUES; i++) buffer_printf(&sheet->out, ",%s", values[i]);
    VEC_EACH(const Slice, level, &sheet->levels)
        buffer_printf(&sheet->out, ",lower_%.*s,upper_%.*s", SLICE_FMT(*level), SLICE_FMT(*level));
    buffer_add_text(&sheet->out, sheet->internal ? ",watermark\n" : "\n");
}

typedef void EachResult(Sheet *sheet, const JsonValue *result);

static void put_result(Sheet *sheet, const JsonValue *result) {
    const JsonValue *cells = json_get(result, SLICE("cells"));
    for (uint32_t i = 0; cells && i < cells->items.count; i++)
        put_cell(sheet, result, cells->items.items[i]);
}

static void each_result(Sheet *sheet, const JsonValue *run, EachResult *each) {
    const JsonValue *kpis = json_get(run, SLICE("kpis")), *lets = json_get(run, SLICE("lets"));
    for (uint32_t k = 0; kpis && k < kpis->items.count; k++) {
        const JsonValue *results = json_get(kpis->items.items[k], SLICE("results"));
        for (uint32_t i = 0; results && i < results->items.count; i++)
            each(sheet, results->items.items[i]);
    }
    for (uint32_t i = 0; lets && i < lets->items.count; i++) each(sheet, lets->items.items[i]);
}

Slice report_run_csv(Arena *arena, const ReportInput *input) {
    Sheet sheet = {.arena = arena, .internal = input->internal};
    JsonValue *run;
    JsonError error;
    buffer_init(&sheet.out, arena);
    if (!json_parse(arena, report_run_json(arena, input), &run, &error)) return SLICE("");
    each_result(&sheet, run, note_dims);
    each_result(&sheet, run, note_levels);
    put_header(&sheet);
    each_result(&sheet, run, put_result);
    return buffer_slice(&sheet.out);
}
