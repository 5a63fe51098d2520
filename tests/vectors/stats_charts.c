/* Cases of funnel plots, control charts and recent trends. */
#include <math.h>

#include "runtime/stats/funnel.h"
#include "runtime/stats/sort.h"
#include "runtime/stats/spc.h"
#include "runtime/stats/special.h"
#include "runtime/stats/trend.h"
#include "tests/vectors/stats_case.h"

static FunnelKind funnel_kind(const Case *c) {
    Slice statistic = case_word(c, "statistic", "rate");
    if (slice_equal(statistic, SLICE("proportion"))) return FUNNEL_PROPORTION;
    if (slice_equal(statistic, SLICE("ratio"))) return FUNNEL_RATIO;
    return slice_equal(case_word(c, "rate_type", ""), SLICE("dsr")) ? FUNNEL_RATE_DSR
                                                                    : FUNNEL_RATE_CRUDE;
}

static FunnelPlaces funnel_places(const Case *c) {
    bool rates = case_column(c, "rate").length > 0;
    return (FunnelPlaces){case_values(c, "numerator"), case_values(c, "denominator"),
                          rates ? case_values(c, "rate") : NULL, c->data->rows,
                          case_number(c, "multiplier", 1)};
}

static void put_proportion_funnel(Case *c, Table *t, size_t row, double size, double average) {
    double multiplier = case_number(c, "multiplier", 100);
    Interval inner = funnel_proportion_limits(size, average, 0.025);
    Interval outer = funnel_proportion_limits(size, average, 0.001);
    table_set_number(t, row, SLICE("Population"), size);
    table_set_number(t, row, SLICE("lower_2s_limit"), inner.lower * multiplier);
    table_set_number(t, row, SLICE("upper_2s_limit"), inner.upper * multiplier);
    table_set_number(t, row, SLICE("lower_3s_limit"), outer.lower * multiplier);
    table_set_number(t, row, SLICE("upper_3s_limit"), outer.upper * multiplier);
    table_set_number(t, row, SLICE("baseline"), average * multiplier);
    table_set_text(t, row, SLICE("statistic"), SLICE("proportion"));
    table_set_text(t, row, SLICE("method"), SLICE("Wilson"));
}

/* One side of a Poisson funnel: the expected count (or the population that goes with it) and
 * the limit as it is charted. */
static void put_poisson_side(Case *c, Table *t, size_t row, const char *side, double events,
                             double expected, double average) {
    FunnelKind kind = funnel_kind(c);
    double years = case_number(c, "years_of_data", 1), limit = events / expected;
    const char *what = "exp_events";
    if (kind != FUNNEL_RATIO) {
        what = "population_1_year";
        expected = expected / average / years;
        limit = events / years / expected * case_number(c, "multiplier", 100000);
    } else if (slice_equal(case_word(c, "ratio_type", ""), SLICE("isr"))) {
        limit *= 100;
    } else {
        limit -= 1;
    }
    table_set_number(t, row, arena_printf(c->arena, "%s_%s", side, what), expected);
    table_set_number(t, row, arena_printf(c->arena, "%s_limit", side), limit);
}

static Slice funnel_statistic(const Case *c) {
    switch (funnel_kind(c)) {
    case FUNNEL_PROPORTION: return SLICE("proportion");
    case FUNNEL_RATIO:
        return slice_equal(case_word(c, "ratio_type", ""), SLICE("isr")) ? SLICE("ratio (isr)")
                                                                         : SLICE("ratio (count)");
    case FUNNEL_RATE_CRUDE: return SLICE("rate (crude per 100,000)");
    case FUNNEL_RATE_DSR: break;
    }
    return SLICE("rate (dsr per 100,000)");
}

static void put_poisson_funnel(Case *c, Table *t, size_t row, double events, double average) {
    Interval inner = funnel_expected_counts(events, 0.025);
    Interval outer = funnel_expected_counts(events, 0.001);
    table_set_number(t, row, SLICE("Observed_events"), events);
    table_set_number(t, row, SLICE("Events"), events);
    put_poisson_side(c, t, row, "lower_2s", events, inner.lower, average);
    put_poisson_side(c, t, row, "upper_2s", events, inner.upper, average);
    put_poisson_side(c, t, row, "lower_3s", events, outer.lower, average);
    put_poisson_side(c, t, row, "upper_3s", events, outer.upper, average);
    table_set_number(t, row, SLICE("baseline"), average * case_number(c, "multiplier", 100000));
    table_set_text(t, row, SLICE("statistic"), funnel_statistic(c));
    table_set_text(t, row, SLICE("method"), SLICE("Poisson"));
}

static void run_funnel_limits(Case *c) {
    FunnelKind kind = funnel_kind(c);
    FunnelPlaces places = funnel_places(c);
    Table *t = case_result(c, "result", FUNNEL_POINTS);
    double sizes[FUNNEL_POINTS], average = funnel_average(kind, &places);
    if (!funnel_sizes(kind, &places, case_number(c, "years_of_data", 1), sizes))
        case_refuse(c, "no places");
    for (size_t i = 0; i < FUNNEL_POINTS; i++) {
        if (kind == FUNNEL_PROPORTION)
            put_proportion_funnel(c, t, i, sizes[i], average);
        else
            put_poisson_funnel(c, t, i, sizes[i], average);
    }
}

static void run_funnel_significance(Case *c) {
    static const char *const TEXTS[] = {
        "Not significant", "Low (0.001)",  "Low (0.025)",
        "High (0.001)",    "High (0.025)", "Not applicable for events less than 10 for dsrs"};
    FunnelKind kind = funnel_kind(c);
    FunnelPlaces places = funnel_places(c);
    Table *t = case_result(c, "result", c->data->rows);
    double average = funnel_average(kind, &places);
    for (size_t row = 0; row < t->rows; row++) {
        FunnelSignificance found = funnel_significance(kind, &places, row, average);
        table_copy_row(t, row, c->data, row);
        table_set_text(t, row, SLICE("significance"), slice_of(TEXTS[found]));
    }
}

static void run_funnel_points(Case *c) {
    FunnelKind kind = funnel_kind(c);
    FunnelPlaces places = funnel_places(c);
    Table *t = case_result(c, "result", c->data->rows);
    double years = case_number(c, "years_of_data", 1);
    for (size_t row = 0; row < t->rows; row++) {
        table_copy_row(t, row, c->data, row);
        if (kind == FUNNEL_RATE_DSR && places.numerators[row] < COUNT_EXACT_BELOW) continue;
        table_set_number(t, row, SLICE("rate_chart"), places.rates[row]);
        table_set_number(t, row, SLICE("denominator_derived"),
                         funnel_denominator(kind, &places, row) / years);
    }
}

/* The series of one facet in order of time. */
typedef struct {
    size_t *rows; /* of the input */
    size_t count;
    double *values;
    uint32_t *groups;
    SpcPoint *points;
    double target;
    Slice facet;
} Series;

/* Sorts a facet's rows by date; two rows of one date are refused. */
static void sort_by_date(Case *c, Group *group, Slice date) {
    for (size_t i = 1; i < group->count; i++)
        for (size_t k = i; k > 0; k--) {
            Slice one = table_text(c->data, group->rows[k - 1], date);
            Slice two = table_text(c->data, group->rows[k], date);
            int order = slice_compare(one, two);
            if (order == 0) case_refuse(c, "two points of one date");
            if (order <= 0) break;
            size_t moved = group->rows[k];
            group->rows[k] = group->rows[k - 1];
            group->rows[k - 1] = moved;
        }
}

/* How many of the rebase dates have been reached. */
static uint32_t rebases_until(const JsonValue *rebase, Slice date) {
    if (!rebase) return 0;
    if (rebase->kind == JSON_STRING) return slice_compare(rebase->text, date) <= 0;
    uint32_t reached = 0;
    for (uint32_t i = 0; i < rebase->items.count; i++)
        reached += slice_compare(rebase->items.items[i]->text, date) <= 0;
    return reached;
}

static double target_of(const Case *c, Slice facet) {
    const JsonValue *target = case_arg(c, "target");
    if (target && target->kind == JSON_OBJECT) target = json_get(target, facet);
    return target ? target->number : NAN;
}

static SpcOptions spc_options(const Case *c) {
    Slice direction = case_word(c, "improvement_direction", "increase");
    SpcOptions options = {SPC_INCREASE_IS_GOOD, case_flag(c, "screen_outliers", true),
                          (size_t)case_number(c, "fix_after_n_points", 0)};
    if (slice_equal(direction, SLICE("decrease"))) options.polarity = SPC_DECREASE_IS_GOOD;
    if (slice_equal(direction, SLICE("neutral"))) options.polarity = SPC_NEUTRAL;
    return options;
}

static Series chart_facet(Case *c, Group *group, Slice facet_column) {
    SpcOptions options = spc_options(c);
    Slice date = case_column(c, "date_field");
    Series series = {.rows = group->rows, .count = group->count, .facet = SLICE("no facet")};
    sort_by_date(c, group, date);
    if (facet_column.length > 0) series.facet = table_text(c->data, group->rows[0], facet_column);
    series.values = group_values(c, group, "value_field");
    series.groups = ARENA_NEW_ARRAY(c->arena, uint32_t, group->count);
    series.points = ARENA_NEW_ARRAY(c->arena, SpcPoint, group->count);
    series.target = target_of(c, series.facet);
    for (size_t i = 0; i < group->count; i++)
        series.groups[i] =
            rebases_until(case_arg(c, "rebase"), table_text(c->data, group->rows[i], date));
    if (!spc_xmr(series.values, series.groups, series.count, &options, series.points))
        case_refuse(c, "limits fixed on too few points");
    return series;
}

/* The rows of the stretch between rebases in which row i lies: first and one past the last. */
static void stretch_of(const Series *series, size_t i, size_t *first, size_t *end) {
    for (*first = i; *first > 0 && series->groups[*first - 1] == series->groups[i];) --*first;
    for (*end = i + 1; *end < series->count && series->groups[*end] == series->groups[i];) ++*end;
}

static const char *const CAUSES[] = {"Common Cause",
                                     "Above UCL",
                                     "Below LCL",
                                     "7 Point Trend (Increasing)",
                                     "7 Point Trend (Decreasing)",
                                     "2 in 3 Above CL",
                                     "2 in 3 Below CL",
                                     "7 Points Above CL",
                                     "7 Points Below CL"};
static const char *const TYPES[] = {"common_cause", "special_cause_improvement",
                                    "special_cause_concern", "special_cause_neutral_high",
                                    "special_cause_neutral_low"};

static void put_point(Case *c, Table *t, size_t row, const Series *series, size_t i) {
    const SpcPoint *point = &series->points[i];
    size_t first, end, fixed = (size_t)case_number(c, "fix_after_n_points", 0);
    stretch_of(series, i, &first, &end);
    table_set_number(t, row, SLICE("y"), series->values[i]);
    table_set_text(t, row, SLICE("x"),
                   table_text(c->data, series->rows[i], case_column(c, "date_field")));
    table_set_text(t, row, SLICE("f"), series->facet);
    table_set_number(t, row, SLICE("rebase_group"), series->groups[i]);
    table_set_bool(t, row, SLICE("short_group_warning"), end - first < SPC_TRIAL_BELOW);
    if (fixed == 0 || i - first < fixed)
        table_set_number(t, row, SLICE("fix_y"), series->values[i]);
    table_set_number(t, row, SLICE("mean_col"), point->mean);
    table_set_number(t, row, SLICE("lpl"), point->lower);
    table_set_number(t, row, SLICE("upl"), point->upper);
    table_set_number(t, row, SLICE("relative_to_mean"), point->side);
    if (!isnan(point->lower)) {
        table_set_bool(t, row, SLICE("outside_limits"), point->outside);
        table_set_bool(t, row, SLICE("close_to_limits"), point->near);
    }
    table_set_text(t, row, SLICE("special_cause_type"), slice_of(CAUSES[point->cause]));
    table_set_bool(t, row, SLICE("special_cause_flag"), point->cause != SPC_COMMON_CAUSE);
    table_set_text(t, row, SLICE("point_type"), slice_of(TYPES[point->type]));
    if (!isnan(series->target)) table_set_number(t, row, SLICE("target"), series->target);
}

static void put_summary(Case *c, Table *t, size_t row, const Series *series, size_t first,
                        size_t end) {
    static const char *const ASSURANCES[] = {"consistent_pass", "consistent_fail", "inconsistent"};
    const SpcPoint *last = &series->points[end - 1];
    double counts[5] = {0};
    for (size_t i = first; i < end; i++) counts[series->points[i].type]++;
    SpcAssurance assurance = spc_assurance(last, series->target, spc_options(c).polarity);
    table_set_text(t, row, SLICE("f"), series->facet);
    table_set_number(t, row, SLICE("rebase_group"), series->groups[first]);
    table_set_number(t, row, SLICE("mean_col"), last->mean);
    table_set_number(t, row, SLICE("lpl"), last->lower);
    table_set_number(t, row, SLICE("upl"), last->upper);
    table_set_number(t, row, SLICE("n"), (double)(end - first));
    for (int type = SPC_COMMON; type <= SPC_CONCERN; type++)
        table_set_number(t, row, slice_of(TYPES[type]), counts[type]);
    table_set_text(t, row, SLICE("variation_type"), slice_of(TYPES[last->type]));
    if (assurance != SPC_NO_ASSURANCE)
        table_set_text(t, row, SLICE("assurance_type"), slice_of(ASSURANCES[assurance]));
}

/* The last point's cause seen from the side on which it lies. */
static Slice variation_icon(const SpcPoint *last) {
    bool high = last->cause == SPC_ABOVE_LIMIT || last->cause == SPC_TREND_UP ||
                last->cause == SPC_TWO_OF_THREE_ABOVE || last->cause == SPC_RUN_ABOVE;
    switch (last->type) {
    case SPC_COMMON: return SLICE("common_cause");
    case SPC_IMPROVEMENT: return high ? SLICE("improvement_high") : SLICE("improvement_low");
    case SPC_CONCERN: return high ? SLICE("concern_high") : SLICE("concern_low");
    case SPC_NEUTRAL_HIGH: return SLICE("neutral_high");
    case SPC_NEUTRAL_LOW: break;
    }
    return SLICE("neutral_low");
}

static void put_icon(Table *t, size_t row, Slice facet, const char *type, Slice icon) {
    table_set_text(t, row, SLICE("f"), facet);
    table_set_text(t, row, SLICE("type"), slice_of(type));
    table_set_text(t, row, SLICE("icon"), icon);
}

/* All variation icons, then all assurance icons. */
static void put_icons(Case *c, const Series *series, size_t facets) {
    static const char *const ICONS[] = {"pass", "fail", "inconsistent"};
    size_t row = 0, targets = 0;
    for (size_t f = 0; f < facets; f++) targets += !isnan(series[f].target);
    Table *t = case_result(c, "icons", facets + targets);
    for (size_t f = 0; f < facets; f++)
        put_icon(t, row++, series[f].facet, "variation",
                 variation_icon(&series[f].points[series[f].count - 1]));
    for (size_t f = 0; f < facets; f++) {
        const SpcPoint *last = &series[f].points[series[f].count - 1];
        if (isnan(series[f].target)) continue;
        SpcAssurance assurance = spc_assurance(last, series[f].target, spc_options(c).polarity);
        put_icon(t, row++, series[f].facet, "assurance", slice_of(ICONS[assurance]));
    }
}

static void run_spc(Case *c) {
    Slice facet = case_column(c, "facet_field");
    Groups groups = groups_by(c, &facet, facet.length > 0);
    Series *series = ARENA_NEW_ARRAY(c->arena, Series, groups.count);
    size_t row = 0, summary_row = 0, stretches = 0;
    for (size_t f = 0; f < groups.count; f++) {
        series[f] = chart_facet(c, &groups.groups[f], facet);
        stretches += series[f].groups[series[f].count - 1] + 1;
    }
    if (c->refusal) return;
    Table *result = case_result(c, "result", c->data->rows);
    Table *summary = case_result(c, "summary", stretches);
    for (size_t f = 0; f < groups.count; f++)
        for (size_t i = 0, first, end; i < series[f].count; i++) {
            put_point(c, result, row++, &series[f], i);
            stretch_of(&series[f], i, &first, &end);
            if (i == first) put_summary(c, summary, summary_row++, &series[f], first, end);
        }
    put_icons(c, series, groups.count);
}

static Trend trend_of_group(const Case *c, const Group *group) {
    const double *times = group_values(c, group, "year_col");
    if (slice_equal(case_word(c, "value_type", ""), SLICE("proportion")))
        return trend_of_proportions(times, group_values(c, group, "numerator"),
                                    group_values(c, group, "denominator"), group->count);
    return trend_of_values(times, group_values(c, group, "value"),
                           group_values(c, group, "lower_cl"), group_values(c, group, "upper_cl"),
                           group->count);
}

/* The marker stands in the row of a group's last point. */
static void run_trend(Case *c) {
    static const char *const DIRECTIONS[] = {"Increasing", "Decreasing", "No significant change",
                                             "Cannot be calculated"};
    static const char *const REASONS[] = {"No outliers and significant trend",
                                          "Outlier found",
                                          "No significant trend",
                                          "Not enough data points",
                                          "Missing values",
                                          "Missing at least one confidence interval value"};
    Groups groups = case_groups(c);
    Table *result = case_result(c, "result", c->data->rows);
    Table *statistics = case_result(c, "statistics", groups.count);
    size_t row = 0;
    for (size_t g = 0; g < groups.count; g++) {
        const Group *group = &groups.groups[g];
        Trend trend = trend_of_group(c, group);
        for (size_t i = 0; i < group->count; i++)
            table_copy_row(result, row++, c->data, group->rows[i]);
        table_set_text(result, row - 1, SLICE("recent_trend"),
                       slice_of(DIRECTIONS[trend.direction]));
        table_set_text(result, row - 1, SLICE("recent_trend_reason"),
                       slice_of(REASONS[trend.reason]));
        group_copy_keys(c, &groups, g, statistics, g);
        if (isnan(trend.slope)) continue;
        table_set_number(statistics, g, SLICE("slope"), trend.slope);
        table_set_number(statistics, g, SLICE("chi2"), trend.chi2);
        table_set_bool(statistics, g, SLICE("significant"),
                       trend.chi2 > chi_square_quantile(0.998, 1));
    }
}

const Family CHART_FAMILIES[] = {{"calculate_funnel_limits", run_funnel_limits},
                                 {"assign_funnel_significance", run_funnel_significance},
                                 {"calculate_funnel_points", run_funnel_points},
                                 {"ptd_spc", run_spc},
                                 {"assign_trend_markers", run_trend},
                                 {NULL, NULL}};
