/* The families of money cases, each a few calls of runtime/money. Refuses to compute anything
 * of its own beyond sums. */
#include "tests/vectors/money_case.h"

#include <assert.h>

#include "runtime/base/date.h"
#include "runtime/base/number.h"
#include "runtime/money/allocate.h"
#include "runtime/money/period.h"
#include "runtime/money/price_base.h"
#include "runtime/money/round.h"
#include "runtime/money/series.h"

/* ---- Reading and writing --------------------------------------------------------------------- */

Exact case_exact(const MoneyCase *c, const JsonValue *value) {
    Exact exact = EXACT_ZERO;
    bool read = value && exact_parse(c->arena, value->text, &exact);
    assert(read);
    return exact;
}

Exact case_exact_of(const MoneyCase *c, const JsonValue *object, const char *key) {
    return case_exact(c, json_get(object, slice_of(key)));
}

Slice case_text_of(const JsonValue *object, const char *key) {
    const JsonValue *value = json_get(object, slice_of(key));
    return value ? value->text : SLICE("");
}

int case_year(Slice text) {
    int fy = 0;
    bool read = financial_year_parse(text, &fy);
    assert(read);
    return fy;
}

void case_write(MoneyCase *c, const char *key, Slice text) {
    if (key) json_key(&c->out, slice_of(key));
    json_string(&c->out, text);
}

void case_write_posted(MoneyCase *c, const char *key, Exact pounds) {
    case_write(c, key, exact_format_fixed(c->arena, money_post(c->arena, pounds), 2));
}

void case_write_rejected(MoneyCase *c, const char *code, Slice subject) {
    case_write(c, "status", SLICE("rejected"));
    case_write(c, "code", slice_of(code));
    if (subject.length) case_write(c, "subject", subject);
}

static const JsonValue *list_of(const JsonValue *object, const char *key) {
    const JsonValue *list = json_get(object, slice_of(key));
    assert(list);
    return list;
}

static void open_list(MoneyCase *c, const char *key) {
    json_key(&c->out, slice_of(key));
    json_begin_array(&c->out);
}

/* ---- Amounts --------------------------------------------------------------------------------- */

static void family_allocate(MoneyCase *c) {
    const JsonValue *weights = list_of(c->input, "weights");
    uint32_t count = weights->items.count;
    Exact *shares = ARENA_NEW_ARRAY(c->arena, Exact, count), sum = EXACT_ZERO;
    Exact *parts = ARENA_NEW_ARRAY(c->arena, Exact, count);
    for (uint32_t i = 0; i < count; i++) shares[i] = case_exact(c, weights->items.items[i]);
    Exact total = case_exact_of(c, c->input, "total");
    if (!money_allocate(c->arena, total, shares, count, parts)) {
        case_write_rejected(c, "E-ALLOC-ZERO-WEIGHTS", SLICE(""));
        return;
    }
    case_write(c, "status", SLICE("ok"));
    open_list(c, "parts");
    for (uint32_t i = 0; i < count; i++) {
        case_write_posted(c, NULL, parts[i]);
        sum = exact_add(c->arena, sum, parts[i]);
    }
    json_end_array(&c->out);
    case_write_posted(c, "sum", sum);
}

static void family_round(MoneyCase *c) {
    const JsonValue *numbers = list_of(c->input, "exact");
    case_write(c, "status", SLICE("ok"));
    open_list(c, "rounded");
    for (uint32_t i = 0; i < numbers->items.count; i++)
        case_write_posted(c, NULL, case_exact(c, numbers->items.items[i]));
    json_end_array(&c->out);
}

static MoneyScale scale_of(Slice unit) {
    if (slice_equal(unit, SLICE("p"))) return MONEY_PENCE;
    if (slice_equal(unit, SLICE("GBP_k"))) return MONEY_THOUSANDS;
    return slice_equal(unit, SLICE("GBP_m")) ? MONEY_MILLIONS : MONEY_POUNDS;
}

static void family_scale(MoneyCase *c) {
    const JsonValue *amounts = list_of(c->input, "amounts");
    Exact total = EXACT_ZERO;
    case_write(c, "status", SLICE("ok"));
    open_list(c, "pounds");
    for (uint32_t i = 0; i < amounts->items.count; i++) {
        const JsonValue *amount = amounts->items.items[i];
        Exact pounds = money_in_pounds(c->arena, case_exact_of(c, amount, "value"),
                                       scale_of(case_text_of(amount, "unit")));
        total = exact_add(c->arena, total, pounds);
        case_write_posted(c, NULL, pounds);
    }
    json_end_array(&c->out);
    case_write_posted(c, "total_pounds", total);
    Exact millions = exact_div(c->arena, total, exact_from_int(1000000));
    case_write(c, "total_display_m_1dp", exact_format_fixed(c->arena, millions, 1));
}

/* ---- Time ------------------------------------------------------------------------------------ */

static int32_t case_date(const JsonValue *object, const char *key) {
    int32_t days = 0;
    bool read = date_parse_iso(case_text_of(object, key), &days);
    assert(read);
    return days;
}

static void family_prorate(MoneyCase *c) {
    const JsonValue *years = list_of(c->input, "years");
    Exact annual = case_exact_of(c, c->input, "annual_value"), total = EXACT_ZERO;
    int32_t start = case_date(c->input, "start"), end = case_date(c->input, "end");
    bool by_days = slice_equal(case_text_of(c->input, "basis"), SLICE("days"));
    case_write(c, "status", SLICE("ok"));
    open_list(c, "rows");
    for (uint32_t i = 0; i < years->items.count; i++) {
        Slice year = years->items.items[i]->text;
        int fy = case_year(year);
        Exact factor = by_days ? period_share_by_days(c->arena, start, end, fy)
                               : period_share_by_months(c->arena, start, end, fy);
        Exact amount = money_post(c->arena, exact_mul(c->arena, annual, factor));
        total = exact_add(c->arena, total, amount);
        json_begin_object(&c->out);
        case_write(c, "fy", year);
        case_write(c, "factor", exact_format_fraction(c->arena, factor));
        case_write_posted(c, "amount", amount);
        json_end_object(&c->out);
    }
    json_end_array(&c->out);
    case_write_posted(c, "total", total);
}

/* ---- Price base ------------------------------------------------------------------------------ */

typedef struct {
    Slice fy;
    Exact given, converted;
} PriceRow;

static PriceRow *convert_series(const MoneyCase *c, const JsonValue *series, bool to_real) {
    const JsonValue *deflator = list_of(c->input, "deflator");
    Slice base_year = case_text_of(c->input, "base");
    Exact base = case_exact_of(c, deflator, base_year.data);
    PriceRow *rows = ARENA_NEW_ARRAY(c->arena, PriceRow, series->items.count);
    for (uint32_t i = 0; i < series->items.count; i++) {
        const JsonValue *item = series->items.items[i];
        Slice fy = case_text_of(item, "fy");
        Exact index = case_exact_of(c, deflator, fy.data), given = case_exact_of(c, item, "value");
        Exact converted = to_real ? price_to_real(c->arena, given, index, base)
                                  : price_to_cash(c->arena, given, index, base);
        rows[i] = (PriceRow){fy, given, converted};
    }
    return rows;
}

static void write_growth(MoneyCase *c, const PriceRow *rows, uint32_t count, bool to_real) {
    open_list(c, "growth");
    for (uint32_t i = 1; i < count; i++) {
        Exact given = price_growth(c->arena, rows[i - 1].given, rows[i].given);
        Exact converted = price_growth(c->arena, rows[i - 1].converted, rows[i].converted);
        json_begin_object(&c->out);
        case_write(c, "fy", rows[i].fy);
        case_write(c, to_real ? "nominal" : "real", exact_format_fixed(c->arena, given, 12));
        case_write(c, to_real ? "real" : "nominal", exact_format_fixed(c->arena, converted, 12));
        json_end_object(&c->out);
    }
    json_end_array(&c->out);
}

static void family_price_base(MoneyCase *c) {
    const JsonValue *series = list_of(c->input, "series");
    bool to_real = slice_equal(case_text_of(c->input, "direction"), SLICE("nominal_to_real"));
    PriceRow *rows = convert_series(c, series, to_real);
    case_write(c, "status", SLICE("ok"));
    open_list(c, "rows");
    for (uint32_t i = 0; i < series->items.count; i++) {
        json_begin_object(&c->out);
        case_write(c, "fy", rows[i].fy);
        case_write(c, "exact", exact_format_fraction(c->arena, rows[i].converted));
        case_write_posted(c, "posted", rows[i].converted);
        json_end_object(&c->out);
    }
    json_end_array(&c->out);
    if (json_get(c->input, SLICE("growth"))) write_growth(c, rows, series->items.count, to_real);
}

/* ---- Trajectories ---------------------------------------------------------------------------- */

static Exact planned(const MoneyCase *c, uint32_t step, uint32_t steps) {
    Exact baseline = case_exact_of(c, c->input, "baseline");
    Exact target = case_exact_of(c, c->input, "target"), value = EXACT_ZERO;
    const JsonValue *profile = json_get(c->input, SLICE("profile"));
    if (profile) {
        Exact share = case_exact(c, profile->items.items[step]);
        Exact way = exact_sub(c->arena, target, baseline);
        return exact_add(c->arena, baseline, shift_share(c->arena, way, share));
    }
    SeriesPoint points[] = {{0, baseline}, {steps, target}};
    bool inside = series_line(c->arena, points, 2, step, &value);
    assert(inside);
    return value;
}

static void write_actual(MoneyCase *c, const JsonValue *actual, Exact plan) {
    static const char *const names[] = {"green", "amber", "red"};
    Exact value = case_exact(c, actual);
    bool lower = slice_equal(case_text_of(c->input, "direction"), SLICE("lower"));
    TrackStatus status = track_status(c->arena, value, plan, lower,
                                      case_exact_of(c, c->input, "amber_tolerance"));
    Exact variance = exact_sub(c->arena, value, plan);
    case_write(c, "variance", exact_format_fixed(c->arena, variance, 12));
    case_write(c, "rag", slice_of(names[status]));
}

static void write_geometric(MoneyCase *c, uint32_t step, uint32_t steps) {
    char text[NUMBER_TEXT_SIZE];
    double value = series_geometric(exact_to_double(case_exact_of(c, c->input, "baseline")),
                                    exact_to_double(case_exact_of(c, c->input, "target")), step,
                                    steps);
    case_write(c, "plan", (Slice){text, number_format_shortest(value, text)});
}

static void family_trajectory(MoneyCase *c) {
    const JsonValue *periods = list_of(c->input, "periods");
    const JsonValue *actuals = json_get(c->input, SLICE("actual"));
    bool geometric = slice_equal(case_text_of(c->input, "shape"), SLICE("geometric"));
    uint32_t steps = periods->items.count - 1;
    case_write(c, "status", SLICE("ok"));
    open_list(c, "rows");
    for (uint32_t i = 0; i <= steps; i++) {
        Slice period = periods->items.items[i]->text;
        const JsonValue *actual = json_get(actuals, period);
        json_begin_object(&c->out);
        case_write(c, "period", period);
        if (geometric)
            write_geometric(c, i, steps);
        else
            case_write(c, "plan", exact_format_fixed(c->arena, planned(c, i, steps), 12));
        if (actual) write_actual(c, actual, planned(c, i, steps));
        json_end_object(&c->out);
    }
    json_end_array(&c->out);
}

/* ---- All of them ----------------------------------------------------------------------------- */

MoneyFamily *money_family(Slice name) {
    static const struct {
        const char *name;
        MoneyFamily *run;
    } families[] = {
        {"money.allocate", family_allocate},       {"money.round", family_round},
        {"money.scale", family_scale},             {"time.prorate", family_prorate},
        {"price_base.convert", family_price_base}, {"kpi.trajectory", family_trajectory},
        {"shift.schedule", family_shift_schedule},
    };
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        if (slice_equal(name, slice_of(families[i].name))) return families[i].run;
    return NULL;
}
