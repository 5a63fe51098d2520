/* Where numbers about people enter: each cell of a query is protected by the policy as it comes
 * out, and the exact value stays beside it for the statistics that the policy lets read it.
 * Decides nothing of its own: every rule is runtime/disclosure's. */
#include <math.h>

#include "runtime/vm/machine.h"

static double scale_of(const StrataQuery *query) {
    double scale = (double)query->scale_num / (double)query->scale_den;
    return query->agg == AGG_SUM_SQUARES ? scale * scale : scale;
}

static Protected scaled_count(Protected count, double scale) {
    if (!count.suppressed) count.value *= scale;
    return count;
}

/* The sum's own total stands for its magnitude: where negative values cancel it is less, which
 * withholds more. Squares come without their largest parts; the mean they serve is withheld
 * with its sum. */
static Protected protect_total(Policy policy, const StrataQuery *query, const StrataCells *cells,
                               uint32_t i) {
    SumOverPeople sum = {.people = cells->people[i],
                         .rows = cells->rows[i],
                         .unit = scale_of(query),
                         .total = cells->value[i],
                         .magnitude = fabs(cells->value[i]),
                         .largest = cells->largest ? cells->largest[i] : 0,
                         .second = cells->second ? cells->second[i] : 0};
    return protect_sum(policy, &sum);
}

static Protected protect_cell(Policy policy, const StrataQuery *query, TableSort sort,
                              const StrataCells *cells, uint32_t i) {
    switch (query->agg) {
    case AGG_ROWS:
        if (sort == TABLE_POPULATION)
            return scaled_count(protect_people(policy, cells->rows[i]), scale_of(query));
        return scaled_count(protect_events(policy, cells->rows[i], cells->people[i]),
                            scale_of(query));
    case AGG_PEOPLE:
        return scaled_count(protect_people(policy, cells->people[i]), scale_of(query));
    case AGG_SUM_SQUARED_EVENTS:
        return protect_events(policy, (int64_t)cells->value[i], cells->people[i]);
    case AGG_SUM:
    case AGG_SUM_SQUARES:
        break;
    case AGG_ORDERED: /* only SPREAD reads it, and the verifier holds it to that */
        return (Protected){NAN, true};
    }
    return protect_total(policy, query, cells, i);
}

static bool is_count(const StrataQuery *query) {
    return query->agg == AGG_ROWS || query->agg == AGG_PEOPLE;
}

/* `too few` is judged on what the policy's statistics read. */
static bool judge_too_few(Policy policy, double exact, Protected shown) {
    if (policy_reads_exact_counts(policy)) return policy_too_few(policy, exact);
    return shown.suppressed || policy_too_few(policy, shown.value);
}

static void fill_cell(Vm *vm, const StrataQuery *query, const StrataCells *cells, Array *out,
                      uint32_t i) {
    Policy policy = vm->options->policy;
    TableSort sort = vm->module->tables.items[query->table].sort;
    Protected shown = protect_cell(policy, query, sort, cells, i);
    out->confidential[i] = cells->value[i];
    out->people[i] = (double)cells->people[i];
    if (is_count(query)) out->too_few[i] = judge_too_few(policy, cells->value[i], shown);
    if (shown.suppressed)
        array_set_absent(vm->arena, out, i, ABSENT_SUPPRESSED);
    else
        vm_set_real(vm, out, i, shown.value);
}

/* What is held in pence is shown to the penny. From 2^46 pounds on the doubles lie more than a penny
 * apart: such a sum is refused, never rounded. */
static bool told_to_the_penny(Vm *vm, const StrataQuery *query, const StrataCells *cells) {
    const double most = 0x1p46;
    if (query->agg != AGG_SUM || query->scale_num != 1 || query->scale_den != 100) return true;
    for (uint32_t i = 0; i < cells->cell_count; i++) {
        if (fabs(cells->value[i]) < most) continue;
        vm->error = arena_printf(vm->arena,
                                 "limit reached: the sum of `%.*s` passes £70 trillion, "
                                 "beyond which pennies cannot be told apart",
                                 SLICE_FMT(query->text));
        return false;
    }
    return true;
}

bool vm_strata(Vm *vm, const Instr *instr, Array *out) {
    const StrataQuery *query = &vm->module->queries.items[instr->a];
    if (!vm->options->strata) {
        for (uint32_t i = 0; i < out->count; i++)
            array_set_absent(vm->arena, out, i, ABSENT_NO_DATA);
        return true;
    }
    const StrataCells *cells = &vm->options->strata->cells[instr->a];
    if (!told_to_the_penny(vm, query, cells)) return false;
    array_keep_confidential(vm->arena, out);
    if (is_count(query)) out->too_few = ARENA_NEW_ARRAY(vm->arena, bool, out->count);
    for (uint32_t i = 0; i < out->count; i++) fill_cell(vm, query, cells, out, i);
    return true;
}
