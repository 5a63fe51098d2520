/* Cases of quantile groups, life expectancy, slope index, concentration index and Gini. */
#include <math.h>

#include "runtime/stats/concentration.h"
#include "runtime/stats/inequality.h"
#include "runtime/stats/life_table.h"
#include "runtime/stats/quantiles.h"
#include "runtime/stats/r_random.h"
#include "runtime/stats/sort.h"
#include "runtime/stats/sum.h"
#include "tests/vectors/stats_case.h"

/* Whether quantile 1 is to hold the highest values; may be told by a column. */
static bool inverted(const Case *c, size_t row) {
    if (!slice_equal(case_word(c, "inverttype", "logical"), SLICE("field")))
        return case_flag(c, "invert", true);
    return slice_equal(table_text(c->data, row, case_column(c, "invert")), SLICE("TRUE"));
}

static void put_quantile(Case *c, Table *result, size_t row, int32_t group, double groups,
                         bool invert) {
    const JsonValue *by = json_get(c->entry, SLICE("group_by"));
    table_copy_row(result, row, c->data, row);
    if (group > 0) table_set_number(result, row, SLICE("quantile"), group);
    table_set_number(result, row, SLICE("nquantiles"), groups);
    table_set_text(result, row, SLICE("groupvars"),
                   by->items.count > 0 ? by->items.items[0]->text : SLICE(""));
    table_set_text(result, row, SLICE("qinverted"),
                   invert ? SLICE("lowest quantile represents highest values")
                          : SLICE("lowest quantile represents lowest values"));
}

static void run_quantile(Case *c) {
    Groups groups = case_groups(c);
    Table *result = case_result(c, "result", c->data->rows);
    double count = case_number(c, "nquantiles", 10);
    for (size_t g = 0; g < groups.count; g++) {
        const Group *group = &groups.groups[g];
        int32_t *assigned = ARENA_NEW_ARRAY(c->arena, int32_t, group->count);
        size_t *order = ARENA_NEW_ARRAY(c->arena, size_t, group->count);
        bool invert = inverted(c, group->rows[0]);
        quantile_groups(group_values(c, group, "values"), group->count, (int)count, invert,
                        assigned, order);
        for (size_t i = 0; i < group->count; i++)
            put_quantile(c, result, group->rows[i], assigned[i], count, invert);
    }
}

/* One population's table as the reference lists it. */
typedef struct {
    double deaths[LIFE_TABLE_BANDS];
    double people[LIFE_TABLE_BANDS];
    LifeTableRow rows[LIFE_TABLE_BANDS];
    AbsentReason refusal;
    int listed; /* after the good ones, in the order in which the reference looks for faults */
} Life;

static Life life_of(const Case *c, const Group *group) {
    Life life = {.refusal = ABSENT_NOT_CALCULABLE};
    bool empty = false, overfull = false;
    for (size_t i = 0; i < group->count; i++) {
        int band = 0;
        double start = case_value(c, "startage", group->rows[i]);
        while (band < LIFE_TABLE_BANDS - 1 && LIFE_TABLE_STARTS[band] != start) band++;
        life.deaths[band] = case_value(c, "deaths", group->rows[i]);
        life.people[band] = case_value(c, "population", group->rows[i]);
        empty = empty || life.people[band] <= 0;
        overfull = overfull || life.deaths[band] > life.people[band];
    }
    if (group->count == LIFE_TABLE_BANDS)
        life.refusal = life_table(life.deaths, life.people, life.rows);
    life.listed = !life.refusal                      ? 0
                  : empty                            ? 1
                  : group->count != LIFE_TABLE_BANDS ? 2
                  : overfull                         ? 3
                                                     : 4;
    return life;
}

/* The value is withheld where it is too uncertain; the reference shows its limits all the
 * same, so they are made from the row here and not taken from the estimate. */
static void put_expectancy(Case *c, Table *result, size_t row, const Life *life, int band) {
    double level = c->levels[0];
    Estimate e = estimate_life_expectancy(&life->rows[band], level);
    if (e.reason == ABSENT_NONE) table_set_number(result, row, SLICE("value"), e.value);
    for (size_t i = 0; i < c->level_count; i++) {
        double half = confidence_z(c->levels[i]) * life->rows[band].standard_error;
        double middle = life->rows[band].expectancy;
        table_set_number(result, row, limit_name(c, "lower", c->levels[i], false, "cl"),
                         middle - half);
        table_set_number(result, row, limit_name(c, "upper", c->levels[i], false, "cl"),
                         middle + half);
    }
}

static void put_life_row(Case *c, Table *result, size_t row, const Life *life, int band) {
    size_t from = (size_t)band, left = LIFE_TABLE_BANDS - from;
    double start = LIFE_TABLE_STARTS[band];
    table_set_number(result, row, SLICE("startage"), start);
    table_set_number(result, row, SLICE("pops_used"), sum_array(life->people + from, left));
    table_set_number(result, row, SLICE("dths_used"), sum_array(life->deaths + from, left));
    table_set_text(result, row, SLICE("confidence"), confidence_text(c));
    table_set_text(result, row, SLICE("statistic"),
                   whole_text(c, "life expectancy at ", start, ""));
    table_set_text(result, row, SLICE("method"),
                   SLICE("Chiang, using Silcocks et al for confidence limits"));
    /* Where nothing can be shown the reference gives its input back. */
    table_set_number(result, row, SLICE("pops"), life->people[band]);
    table_set_number(result, row, SLICE("deaths"), life->deaths[band]);
    if (!life->refusal) put_expectancy(c, result, row, life, band);
}

static bool age_wanted(const Case *c, int band) {
    const JsonValue *ages = case_arg(c, "le_age");
    if (!ages) return true;
    if (ages->kind == JSON_NUMBER) return ages->number == LIFE_TABLE_STARTS[band];
    for (uint32_t i = 0; i < ages->items.count; i++)
        if (ages->items.items[i]->number == LIFE_TABLE_STARTS[band]) return true;
    return false;
}

static void run_life_expectancy(Case *c) {
    Groups groups = case_groups(c);
    Life *lives = ARENA_NEW_ARRAY(c->arena, Life, groups.count);
    size_t wanted = 0, row = 0;
    for (int band = 0; band < LIFE_TABLE_BANDS; band++) wanted += age_wanted(c, band);
    Table *result = case_result(c, "result", groups.count * wanted);
    for (size_t g = 0; g < groups.count; g++) lives[g] = life_of(c, &groups.groups[g]);
    for (int listed = 0; listed <= 4; listed++)
        for (size_t g = 0; g < groups.count; g++)
            for (int band = 0; lives[g].listed == listed && band < LIFE_TABLE_BANDS; band++) {
                if (!age_wanted(c, band)) continue;
                group_copy_keys(c, &groups, g, result, row);
                put_life_row(c, result, row++, &lives[g], band);
            }
}

static const char *const SCALE_NAMES[] = {"normal", "rate", "proportion"};
static const char *const TRANSFORM_NAMES[] = {"none", "log", "logit"};

static InequalityModel sii_model(const Case *c) {
    return (InequalityModel){(InequalityScale)case_number(c, "value_type", 0),
                             case_flag(c, "transform", false), case_number(c, "multiplier", 1)};
}

/* The value of a row: given, or as a proportion of the population. */
static double sii_value(const Case *c, size_t row) {
    if (case_column(c, "value").length > 0) return case_value(c, "value", row);
    return case_value(c, "x", row) / case_value(c, "population", row);
}

static double sii_error(const Case *c, InequalityScale scale, size_t row) {
    if (case_column(c, "se").length > 0) return case_value(c, "se", row);
    return inequality_error(scale, case_value(c, "lower_cl", row), case_value(c, "upper_cl", row));
}

/* A group's rows in the order of their quantiles. */
static Gradient sii_gradient(const Case *c, const Group *group, InequalityScale scale) {
    size_t n = group->count, *order = ARENA_NEW_ARRAY(c->arena, size_t, n);
    double *values = ARENA_NEW_ARRAY(c->arena, double, 3 * n);
    double *people = values + n, *errors = people + n;
    sort_positions(group_values(c, group, "quantile"), n, order);
    for (size_t i = 0; i < n; i++) {
        size_t row = group->rows[order[i]];
        values[i] = sii_value(c, row);
        people[i] = case_value(c, "population", row);
        errors[i] = sii_error(c, scale, row);
    }
    return (Gradient){values, people, errors, n};
}

static void next_shares(void *state, double *shares, size_t count) {
    r_random_shares(state, shares, count);
}

static void put_sii_limits(Case *c, Table *result, size_t row, double level, Interval sii,
                           Interval rii, bool transform) {
    const char *suffix = transform ? "" : "cl";
    table_set_number(result, row, limit_name(c, "sii_lower", level, true, suffix), sii.lower);
    table_set_number(result, row, limit_name(c, "sii_upper", level, true, suffix), sii.upper);
    table_set_number(result, row, limit_name(c, "rii_lower", level, true, suffix), rii.lower);
    table_set_number(result, row, limit_name(c, "rii_upper", level, true, suffix), rii.upper);
}

enum { RELIABILITY_BLOCKS = 10 };

/* Simulates, once or ten times over, and puts the limits of the first time. */
static void put_sii_simulation(Case *c, Table *result, size_t row, const InequalityFit *fit,
                               const InequalityModel *model, RRandom *random) {
    size_t draws = (size_t)case_number(c, "repetitions", 100000);
    size_t blocks = case_flag(c, "reliability_stat", false) ? RELIABILITY_BLOCKS : 1;
    double *sii = ARENA_NEW_ARRAY(c->arena, double, 2 * draws), *rii = sii + draws;
    Interval sii_limits[RELIABILITY_BLOCKS], rii_limits;
    for (size_t b = 0; b < blocks; b++) {
        inequality_simulate(fit, model, next_shares, random, draws, 0, sii, rii);
        for (size_t i = 0; i < c->level_count; i++) {
            if (!inequality_simulated_limits(fit, model, sii, rii, draws, c->levels[i],
                                             &sii_limits[b], &rii_limits))
                case_refuse(c, "limits refused");
            if (b == 0)
                put_sii_limits(c, result, row, c->levels[i], sii_limits[0], rii_limits,
                               model->transform);
        }
    }
    if (blocks > 1)
        table_set_number(result, row, limit_name(c, "sii_mad", c->levels[0], true, ""),
                         inequality_reliability(sii_limits[0], sii_limits + 1, blocks - 1));
}

/* The limits to hold against long simulations. */
static void put_sii_analytic(Case *c, Table *table, size_t row, const InequalityFit *fit,
                             const InequalityModel *model) {
    for (size_t i = 0; i < c->level_count; i++) {
        Inequality found = inequality_estimate(fit, model, c->levels[i]);
        put_sii_limits(c, table, row, c->levels[i], (Interval){found.sii.lower, found.sii.upper},
                       (Interval){found.rii.lower, found.rii.upper}, model->transform);
    }
}

static void put_sii(Case *c, Table *result, Table *analytic, size_t row, const Group *group,
                    RRandom *random) {
    InequalityModel model = sii_model(c);
    Gradient gradient = sii_gradient(c, group, model.scale);
    InequalityFit fit;
    if (inequality_fit(&gradient, &model, &fit)) {
        case_refuse(c, "no fit");
        return;
    }
    Inequality found = inequality_estimate(&fit, &model, c->levels[0]);
    table_set_number(result, row, SLICE("sii"), found.sii.value);
    table_set_number(result, row, SLICE("rii"), found.rii.value);
    table_set_number(result, row, SLICE("intercept"), found.intercept);
    table_set_text(result, row, SLICE("indicator_type"), slice_of(SCALE_NAMES[model.scale]));
    table_set_number(result, row, SLICE("multiplier"), model.multiplier);
    table_set_text(result, row, SLICE("transform"),
                   slice_of(TRANSFORM_NAMES[model.transform ? model.scale : SCALE_NORMAL]));
    table_set_text(result, row, SLICE("CI_confidence"), confidence_text(c));
    table_set_text(result, row, SLICE("CI_method"),
                   whole_text(c, "simulation ", case_number(c, "repetitions", 100000), " reps"));
    put_sii_simulation(c, result, row, &fit, &model, random);
    put_sii_analytic(c, analytic, row, &fit, &model);
}

/* The largest group tells how many quantiles there are; a smaller one lacks some. */
static size_t quantile_count(const Groups *groups) {
    size_t most = 0;
    for (size_t g = 0; g < groups->count; g++)
        if (groups->groups[g].count > most) most = groups->groups[g].count;
    return most;
}

static void run_sii(Case *c) {
    Groups groups = case_groups(c);
    size_t quantiles = quantile_count(&groups), complete = 0, row = 0;
    const JsonValue *seed = json_get(json_get(c->entry, SLICE("seed")), SLICE("value"));
    RRandom random;
    if (slice_equal(case_column_type(c, case_column(c, "quantile")), SLICE("string"))) {
        case_refuse(c, "groups named by text have no order of their own");
        return;
    }
    for (size_t g = 0; g < groups.count; g++) complete += groups.groups[g].count == quantiles;
    Table *result = case_result(c, "result", complete);
    Table *analytic = case_result(c, "converged", complete);
    r_random_seed(&random, seed ? (int32_t)seed->number : 1);
    for (size_t g = 0; g < groups.count; g++) {
        if (groups.groups[g].count != quantiles) continue;
        group_copy_keys(c, &groups, g, result, row);
        put_sii(c, result, analytic, row++, &groups.groups[g], &random);
    }
}

static ConcentrationMethod method_named(Slice name) {
    if (slice_equal(name, SLICE("direct"))) return CONCENTRATION_DIRECT;
    return slice_equal(name, SLICE("linreg_delta")) ? CONCENTRATION_REGRESSION
                                                    : CONCENTRATION_CONVENIENT;
}

static ConcentrationForm form_named(Slice name) {
    if (slice_equal(name, SLICE("CIg"))) return CONCENTRATION_GENERALISED;
    if (slice_equal(name, SLICE("CIc"))) return CONCENTRATION_ERREYGERS;
    return slice_equal(name, SLICE("CIw")) ? CONCENTRATION_WAGSTAFF : CONCENTRATION_RELATIVE;
}

static void put_concentration(Case *c, Table *result, size_t row, const ConcentrationData *data,
                              Slice form, Slice method) {
    double *fractional = ARENA_NEW_ARRAY(c->arena, double, data->count);
    size_t *order = ARENA_NEW_ARRAY(c->arena, size_t, data->count);
    Concentration index;
    if (!concentration_index(data, method_named(method), form_named(form), c->levels[0], fractional,
                             order, &index))
        case_refuse(c, "no index");
    table_set_text(result, row, SLICE("type"), form);
    table_set_text(result, row, SLICE("method"), method);
    table_set_number(result, row, SLICE("n"), (double)data->count);
    table_set_number(result, row, SLICE("concentration_index"), index.value);
    table_set_number(result, row, SLICE("variance"), index.variance);
    table_set_number(result, row, SLICE("lowercl"), index.limits.lower);
    table_set_number(result, row, SLICE("uppercl"), index.limits.upper);
}

static void run_concentration(Case *c) {
    const JsonValue *forms = case_arg(c, "types"), *methods = case_arg(c, "methods");
    bool weighted = case_column(c, "weights").length > 0;
    ConcentrationData data = {case_values(c, "outcome"), case_values(c, "ranker"),
                              weighted ? case_values(c, "weights") : NULL, c->data->rows,
                              slice_equal(case_word(c, "rank_function", ""), SLICE("rank_gwt"))};
    Table *result = case_result(c, "result", forms->items.count * methods->items.count);
    size_t row = 0;
    for (uint32_t f = 0; f < forms->items.count; f++)
        for (uint32_t m = 0; m < methods->items.count; m++)
            put_concentration(c, result, row++, &data, forms->items.items[f]->text,
                              methods->items.items[m]->text);
}

static void put_lorenz(Case *c, const double *values, const double *weights, size_t count) {
    double *people = ARENA_NEW_ARRAY(c->arena, double, 2 * (count + 1));
    double *share = people + count + 1, all = 0, amount = 0;
    size_t *order = ARENA_NEW_ARRAY(c->arena, size_t, count);
    Table *table = case_result(c, "lorenz", count + 1);
    lorenz_curve(values, weights, count, order, people, share);
    for (size_t i = 0; i < count; i++) {
        all += weights ? weights[i] : 1;
        amount += (weights ? weights[i] : 1) * values[i];
    }
    for (size_t i = 0; i <= count; i++) {
        table_set_number(table, i, SLICE("p"), people[i]);
        table_set_number(table, i, SLICE("L"), share[i]);
        table_set_number(table, i, SLICE("L_general"), share[i] * amount / all);
    }
}

static void put_present(Table *table, const char *name, double value) {
    if (!isnan(value)) table_set_number(table, 0, slice_of(name), value);
}

static void run_gini(Case *c) {
    double *x = case_values(c, "x"), *w = NULL;
    size_t count = 0, *order = ARENA_NEW_ARRAY(c->arena, size_t, c->data->rows);
    Table *result = case_result(c, "result", 1);
    Gini gini;
    if (case_column(c, "weights").length > 0) w = case_values(c, "weights");
    for (size_t i = 0; i < c->data->rows; i++) {
        if (isnan(x[i])) continue;
        if (w) w[count] = w[i];
        x[count++] = x[i];
    }
    if (!gini_coefficient(x, w, count, order, &gini)) case_refuse(c, "no coefficient");
    table_set_number(result, 0, SLICE("n"), (double)count);
    put_present(result, "gini", gini.gini);
    put_present(result, "gini_corrected", gini.corrected);
    put_present(result, "gini_from_lorenz_trapezium", gini.trapezium);
    put_present(result, "hoover_RS_half", gini.hoover);
    put_lorenz(c, x, w, count);
}

const Family INEQUALITY_FAMILIES[] = {
    {"phe_quantile", run_quantile}, {"phe_life_expectancy", run_life_expectancy},
    {"phe_sii", run_sii},           {"concentration_index", run_concentration},
    {"gini_lorenz", run_gini},      {NULL, NULL}};
