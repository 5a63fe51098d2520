/* Conditions on the day of an event, beside the one year in which events are counted: a day
 * outside that year narrows nothing or leaves nobody, and whoever wrote it believes that more
 * years are counted. Says so; changes no query. */
#include "compiler/lower/lower.h"

#include "runtime/base/date.h"

/* The days of the year, and what the condition compares them with. */
typedef struct {
    const Table *table;
    int32_t first, last;
} Days;

static bool is_day(const Days *days, const Node *node) {
    return node->sort == NODE_COLUMN && node->table == days->table &&
           node->column == days->table->dated;
}

static const Node *known_day(const Node *node) {
    return node->sort == NODE_CONST && node->constant.sort == CONST_DATE ? node : NULL;
}

/* `admitted < D` and the like: whether D lies so far out that every day of the year is on the
 * same side of it, and not merely at the year's edge, which says what the year says. */
static bool lies_outside(const Days *days, const Node *node) {
    bool left = is_day(days, node->args[0]);
    const Node *day = known_day(node->args[left ? 1 : 0]);
    if (!day || !is_day(days, node->args[left ? 0 : 1])) return false;
    int64_t at = day->constant.integer;
    bool strict = node->op == OPCODE_LT;
    if (node->op == OPCODE_EQ || node->op == OPCODE_NE) return at < days->first || at > days->last;
    if (left) return strict ? at <= days->first || at > days->last + 1
                            : at < days->first || at > days->last;
    return strict ? at < days->first - 1 || at >= days->last : at < days->first || at > days->last;
}

/* The condition, or the part of it, that asks for other days; NULL where none does. */
static const Node *outside(const Days *days, const Node *node) {
    if (node->sort != NODE_OP) return NULL;
    bool compares = node->op == OPCODE_LT || node->op == OPCODE_LE || node->op == OPCODE_EQ ||
                    node->op == OPCODE_NE;
    if (compares) return lies_outside(days, node) ? node : NULL;
    for (uint32_t i = 0; i < node->arg_count; i++) {
        const Node *found = outside(days, node->args[i]);
        if (found) return found;
    }
    return NULL;
}

void days_check_year(Lowering *l, const Node *aggregate, int32_t year) {
    const Table *table = aggregate->table;
    if (!table->events || table->dated == MODULE_NONE) return;
    Days days = {table, financial_year_start(year), financial_year_end(year)};
    for (uint32_t i = 0; i < aggregate->filter_count; i++) {
        const Node *node = outside(&days, aggregate->filters[i]);
        if (!node) continue;
        Slice counted = financial_year_format(l->c->arena, year);
        sema_error(l->c, &l->at, DIAG_DAY_OUTSIDE_YEAR, node->span,
                   "`%.*s` speaks of days outside %.*s, and only events of that year are counted "
                   "here: ask for another year with `measured(… at FY…)`, for all of them with "
                   "`by fy`",
                   SLICE_FMT(quoted(l->c, node->span)), SLICE_FMT(counted));
        return;
    }
}
