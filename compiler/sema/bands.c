/* Bands of whole numbers: a dimension made of a column such as age. */
#include "compiler/sema/forms.h"

typedef struct {
    int64_t starts[256];
    uint32_t count;
} Starts;

static bool whole_number(Compilation *c, const Scope *scope, const Expr *expr, int64_t *value) {
    Node *node = elaborate_node(c, scope, expr);
    if (!node) return false;
    if (node->sort == NODE_CONST && node->constant.sort == CONST_EXACT &&
        exact_to_int64(node->constant.exact, value))
        return true;
    sema_error(c, scope, DIAG_TYPE_MISMATCH, expr->span, "bands start at whole numbers");
    return false;
}

static bool add_start(Compilation *c, const Scope *scope, Starts *starts, int64_t start,
                      Span span) {
    if (starts->count && start <= starts->starts[starts->count - 1]) {
        sema_error(c, scope, DIAG_OUT_OF_RANGE, span, "each band starts above the one before");
        return false;
    }
    if (starts->count == 256) {
        sema_error(c, scope, DIAG_LIMIT_REACHED, span, "at most 256 bands");
        return false;
    }
    starts->starts[starts->count++] = start;
    return true;
}

/* from 0, 1, 5 to 90 every 5 */
static bool read_starts(Compilation *c, const Scope *scope, const Expr *call, Starts *starts) {
    const Phrase *from = call_label(c, call, "from");
    const Expr *to = call_label_value(c, call, "to"), *every = call_label_value(c, call, "every");
    if (!from) {
        sema_error(c, scope, DIAG_MISSING_LABEL, call->span,
                   "`band` wants `from`: `band(age from 0 to 90 every 5)`");
        return false;
    }
    int64_t start = 0, last, step;
    for (uint32_t i = 0; i < from->values.count; i++) {
        if (!whole_number(c, scope, from->values.items[i], &start)) return false;
        if (!add_start(c, scope, starts, start, from->values.items[i]->span)) return false;
    }
    if (!to && !every) return true;
    if (!to || !every) {
        sema_error(c, scope, DIAG_MISSING_LABEL, call->span,
                   "`to` and `every` belong together: `to 90 every 5`");
        return false;
    }
    if (!whole_number(c, scope, to, &last) || !whole_number(c, scope, every, &step)) return false;
    if (step < 1) {
        sema_error(c, scope, DIAG_OUT_OF_RANGE, every->span, "bands are at least 1 wide");
        return false;
    }
    while (start <= last - step) {
        start += step;
        if (!add_start(c, scope, starts, start, to->span)) return false;
    }
    return true;
}

static ModuleDim band_dim(Compilation *c, const Starts *starts, bool closed, int64_t highest) {
    ModuleDim dim = {.name = SLICE("band"),
                     .title = SLICE("Band"),
                     .sort = DIM_BAND,
                     .ordered = true,
                     .member_count = starts->count};
    dim.members = ARENA_NEW_ARRAY(c->arena, Slice, starts->count);
    dim.titles = ARENA_NEW_ARRAY(c->arena, Slice, starts->count);
    for (uint32_t i = 0; i < starts->count; i++) {
        long long low = starts->starts[i];
        bool last = i + 1 == starts->count;
        long long high = last ? (long long)highest : (long long)starts->starts[i + 1] - 1;
        if (last && !(closed && low == high)) {
            dim.members[i] = arena_printf(c->arena, "%lld+", low);
            dim.titles[i] = closed ? arena_printf(c->arena, "%lld to %lld", low, high)
                                   : arena_printf(c->arena, "%lld and over", low);
        } else if (low == high) {
            dim.members[i] = dim.titles[i] = arena_printf(c->arena, "%lld", low);
        } else {
            dim.members[i] = arena_printf(c->arena, "%lld-%lld", low, high);
            dim.titles[i] = arena_printf(c->arena, "%lld to %lld", low, high);
        }
    }
    return dim;
}

static uint32_t band_table(Compilation *c, const Starts *starts) {
    int64_t first = starts->starts[0], last = starts->starts[starts->count - 1];
    RowTable table = {.first = first, .count = (uint32_t)(last - first + 1)};
    table.codes = ARENA_NEW_ARRAY(c->arena, int32_t, table.count);
    uint32_t band = 0;
    for (uint32_t i = 0; i < table.count; i++) {
        while (band + 1 < starts->count && starts->starts[band + 1] <= first + (int64_t)i) band++;
        table.codes[i] = (int32_t)band;
    }
    VEC_PUSH(c->arena, &c->module->row_tables, table);
    return c->module->row_tables.count - 1;
}

Value *form_band(Compilation *c, const Scope *scope, const Expr *call) {
    static const char *const labels[] = {"from", "to", "every", NULL};
    const Expr *argument = call_argument(c, scope, call, 0);
    if (!argument || !call_labels_known(c, scope, call, labels)) return value_poison(c);
    Node *value = elaborate_node(c, scope, argument);
    Starts *starts = ARENA_NEW(c->arena, Starts);
    if (!value || !read_starts(c, scope, call, starts)) return value_poison(c);
    bool of_area = value->sort == NODE_ROW_TABLE && value->scale_num == value->scale_den;
    if ((value->sort != NODE_COLUMN && !of_area) || value->type.base != TYPE_QUANTITY) {
        sema_error(c, scope, DIAG_TYPE_MISMATCH, argument->span,
                   "bands are made of a column of whole numbers, such as age");
        return value_poison(c);
    }
    static const ModuleColumn known_of_area = {.sort = COLUMN_INTEGER};
    const ModuleColumn *column =
        of_area ? &known_of_area
                : &c->module->tables.items[value->table->index].columns.items[value->column];
    int64_t first = starts->starts[0], last = starts->starts[starts->count - 1];
    if (column->sort != COLUMN_INTEGER || last - first > 10000000) {
        sema_error(c, scope, DIAG_TYPE_MISMATCH, argument->span,
                   "bands are made of whole numbers, over a span of up to ten million");
        return value_poison(c);
    }
    /* readers are told where a column's range ends within the last band: deciles 9 to 10 */
    bool closed =
        column->has_range &&
        column->high < last + (starts->count > 1 ? last - starts->starts[starts->count - 2] : 1) &&
        column->high >= last;
    ModuleDim dim = band_dim(c, starts, closed, column->high);
    Node *node = node_new(c, NODE_ROW_TABLE, type_of(TYPE_CODE), call->span);
    node->type.row = true;
    node->type.code_dim = dim_intern(c, &dim);
    node->args = ARENA_NEW_ARRAY(c->arena, Node *, 1);
    node->args[0] = value;
    node->arg_count = 1;
    node->member = band_table(c, starts);
    return value_from_node(c, node);
}
