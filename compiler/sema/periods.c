/* Which financial years the data stand for: the latest that people and their events both hold,
 * and what is lacking of a year that they do not. Decided from what the plan declares of its
 * files (`as_at`, `snapshot`, `covers`); opens none of them. */
#include "compiler/sema/forms.h"

#include "runtime/base/date.h"

static uint32_t people_index(const Table *table) {
    return table->events ? table->population->index : table->index;
}

/* Whether the events of those people that say for which days they are complete all hold the
 * whole of the year. */
static bool year_is_whole(const Compilation *c, uint32_t people, int32_t year) {
    VEC_EACH(const ModuleTable, table, &c->module->tables) {
        if (table->sort != TABLE_EVENTS || table->population != people || !table->covers_to)
            continue;
        if (table->covers_from > financial_year_start(year) ||
            table->covers_to < financial_year_end(year))
            return false;
    }
    return true;
}

int32_t data_usual_year(const Compilation *c, const Table *table) {
    uint32_t index = people_index(table);
    const ModuleTable *people = &c->module->tables.items[index];
    for (uint32_t i = people->snapshots.count; i-- > 0;) {
        int32_t year = financial_year_of(people->snapshots.items[i].as_at);
        if (year_is_whole(c, index, year)) return year;
    }
    return financial_year_of(people->snapshots.items[people->snapshots.count - 1].as_at);
}

static bool has_snapshot(const ModuleTable *people, int32_t year) {
    VEC_EACH(const ModuleSnapshot, snapshot, &people->snapshots) {
        if (financial_year_of(snapshot->as_at) == year) return true;
    }
    return false;
}

Slice data_lacking(Compilation *c, const Table *table, int32_t year) {
    const ModuleTable *held = &c->module->tables.items[table->index];
    bool known = table->events ? !held->covers_to ||
                                     (held->covers_from <= financial_year_start(year) &&
                                      held->covers_to >= financial_year_end(year))
                               : has_snapshot(held, year);
    if (known) return (Slice){0};
    return arena_printf(c->arena,
                        table->events ? "the events do not cover the whole of %.*s"
                                      : "there is no snapshot of the people in %.*s",
                        SLICE_FMT(financial_year_format_short(c->arena, year)));
}

/* ---- Of a measure --------------------------------------------------------------------- */

/* What is lacking of the year in all that the measure counts. */
static Slice measure_lacks(Compilation *c, const Node *node, int32_t year) {
    Slice lacking = {0};
    if (node->sort == NODE_AGG) return data_lacking(c, node->table, year);
    for (uint32_t i = 0; i < node->arg_count && !lacking.length; i++)
        lacking = measure_lacks(c, node->args[i], year);
    return lacking;
}

/* A measure of people; NULL after a message, or where it counts nobody (then `value` is missing). */
static const Node *people_measure(Compilation *c, const Scope *scope, const Expr *call,
                                  Value **value) {
    const Expr *argument = call_argument(c, scope, call, 0);
    const Node *node = argument ? elaborate_node(c, scope, argument) : NULL;
    *value = node ? value_new(c, VALUE_MISSING, call->span) : value_poison(c);
    return node && measured_table(node) ? node : NULL;
}

/* The latest year with people of which nothing that is counted lacks anything. Events that the
 * measure does not count have no say, unlike where a year is chosen for the plan as a whole. */
static int32_t latest_year(Compilation *c, const Node *measure) {
    const Table *table = measured_table(measure);
    const ModuleTable *people = &c->module->tables.items[people_index(table)];
    for (uint32_t i = people->snapshots.count; i-- > 0;) {
        int32_t year = financial_year_of(people->snapshots.items[i].as_at);
        if (!measure_lacks(c, measure, year).length) return year;
    }
    return data_usual_year(c, table);
}

Value *form_year_measured(Compilation *c, const Scope *scope, const Expr *call) {
    Value *none;
    const Node *measure = people_measure(c, scope, call, &none);
    if (!measure) return none;
    return value_from_node(c, node_year(c, latest_year(c, measure), call->span));
}

Value *form_data_lacking(Compilation *c, const Scope *scope, const Expr *call) {
    static const char *const labels[] = {"at", NULL};
    Value *none;
    if (!call_labels_known(c, scope, call, labels)) return value_poison(c);
    const Node *measure = people_measure(c, scope, call, &none);
    int64_t year;
    if (!measure) return none;
    if (!year_of(c, scope, call_label_value(c, call, "at"), &year)) return value_poison(c);
    Slice lacking = year ? measure_lacks(c, measure, (int32_t)year) : (Slice){0};
    return lacking.length ? value_from_node(c, node_text(c, lacking, call->span)) : none;
}
