/* Calls of functions that the runtime brings: each argument against the type that the library
 * declares, and the type of the result. */
#include "compiler/sema/statistics.h"

#include "runtime/bytecode/natives.h"

typedef struct {
    const Decl *decl;
    const Expr *call;
    Node *node;    /* being built */
    Node *counted; /* first quantity: what a rate counts */
    Node *divided; /* second */
    Node *by_year; /* an argument over years */
    bool absent;   /* an argument is missing, statically */
    int absent_reason;
    uint32_t capacity;
} NativeCall;

static bool is_type(const Compilation *c, const Expr *type, const char *name) {
    if (!type) return false;
    const Expr *word_expr = type->kind == EXPR_CALL ? type->left : type;
    return word_expr->kind == EXPR_WORD && slice_equal(word(c, word_expr->atom), slice_of(name));
}

static void push_arg(Compilation *c, NativeCall *native, Node *arg) {
    Node *node = native->node;
    if (node->arg_count == native->capacity) {
        uint32_t capacity = native->capacity ? native->capacity * 2 : 8;
        Node **args = ARENA_NEW_ARRAY(c->arena, Node *, capacity);
        for (uint32_t i = 0; i < node->arg_count; i++) args[i] = node->args[i];
        node->args = args;
        native->capacity = capacity;
    }
    node->args[node->arg_count++] = arg;
    if (arg->sort == NODE_CONST && arg->constant.sort == CONST_ABSENT) {
        native->absent = true;
        native->absent_reason = (int)arg->constant.integer;
    }
}

static bool wrong_argument(Compilation *c, const Scope *scope, const NativeCall *native,
                           const Expr *expr, const Node *node, const char *wanted) {
    sema_error(c, scope, DIAG_TYPE_MISMATCH, expr->span, "`%.*s` wants %s here; this is %.*s",
               SLICE_FMT(word(c, native->decl->name)), wanted,
               SLICE_FMT(type_phrase(c, &node->type)));
    return false;
}

/* Events counted for a rate that allows for people who recur: the count, and over people the
 * sum of their squared counts. */
static bool push_recurring(Compilation *c, const Scope *scope, NativeCall *native, const Expr *expr,
                           Node *node) {
    bool counts = node->sort == NODE_AGG &&
                  (node->agg == AGG_ROWS || node->agg == AGG_PEOPLE || node->agg == AGG_SUM);
    if (node->type.measure && !counts) {
        sema_error(c, scope, DIAG_TYPE_MISMATCH, expr->span,
                   "`%.*s` wants a count of people or events here, or the sum of a column that "
                   "counts them: of other values it is not known who had several",
                   SLICE_FMT(word(c, native->decl->name)));
        return false;
    }
    push_arg(c, native, node);
    Node *squared = node;
    bool several = counts && ((node->table->events && node->agg == AGG_ROWS) ||
                              (!node->table->events && node->agg == AGG_SUM));
    if (several) {
        squared = ARENA_NEW(c->arena, Node);
        *squared = *node;
        squared->agg = node->agg == AGG_SUM ? AGG_SUM_SQUARES : AGG_SUM_SQUARED_EVENTS;
    }
    push_arg(c, native, squared);
    native->counted = node;
    return true;
}

static bool expects_base(const Compilation *c, const Expr *type, BaseType *base,
                         const char **words) {
    static const struct {
        const char *name;
        BaseType base;
        const char *words;
    } table[] = {{"text", TYPE_TEXT, "a text"},
                 {"date", TYPE_DATE, "a date"},
                 {"fy", TYPE_YEAR, "a financial year"},
                 {"bool", TYPE_BOOL, "a condition"},
                 {"quantity", TYPE_QUANTITY, "a number"},
                 {"number", TYPE_QUANTITY, "a number"},
                 {"percent", TYPE_QUANTITY, "a percentage"},
                 {"estimate", TYPE_QUANTITY, "an estimate"},
                 {"by_year", TYPE_QUANTITY, "amounts by financial year"},
                 {"recurring", TYPE_QUANTITY, "a count"},
                 {"person_time", TYPE_QUANTITY, "person-time"}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        if (!is_type(c, type, table[i].name)) continue;
        *base = table[i].base;
        *words = table[i].words;
        return true;
    }
    return false;
}

static bool year_dim_of(const Compilation *c, const Node *node, uint16_t *dim) {
    for (int i = 0; i < node->type.dim_count; i++) {
        if (c->module->dims.items[node->type.dims[i]].sort != DIM_YEAR) continue;
        *dim = node->type.dims[i];
        return true;
    }
    return false;
}

/* Functions work on numbers of the plan; of a row only the year of a day can be asked. */
static bool of_the_plan(Compilation *c, const Scope *scope, const NativeCall *native,
                        const Node *node, Span span) {
    bool asks_year = native->node->op == NATIVE_DATE_YEAR && node->type.base == TYPE_DATE;
    if (!node->type.row || (asks_year && scope_rows(scope))) return true;
    if (scope_rows(scope))
        sema_error(c, scope, DIAG_TYPE_MISMATCH, span,
                   "`%.*s` works on values of the plan and cannot be asked of one person or event",
                   SLICE_FMT(word(c, native->decl->name)));
    else
        sema_error(c, scope, DIAG_PERSONAL_DATA_LEAK, span,
                   "a value of one person stands only inside an aggregate over people");
    return false;
}

static bool native_argument(Compilation *c, const Scope *scope, NativeCall *native,
                            const Expr *type, const Expr *expr) {
    Node *node = elaborate_node(c, scope, expr);
    BaseType base;
    const char *words;
    if (!node || !of_the_plan(c, scope, native, node, expr->span)) return false;
    bool absent = node->sort == NODE_CONST && node->constant.sort == CONST_ABSENT;
    if (!expects_base(c, type, &base, &words))
        return wrong_argument(c, scope, native, expr, node, "something else");
    if (!absent && node->type.base != base)
        return wrong_argument(c, scope, native, expr, node, words);
    if (is_type(c, type, "percent") && !absent && !node->type.percent)
        return wrong_argument(c, scope, native, expr, node, words);
    if (is_type(c, type, "estimate") && !absent && !node->type.estimate)
        return wrong_argument(c, scope, native, expr, node, words);
    if (is_type(c, type, "recurring")) return push_recurring(c, scope, native, expr, node);
    uint16_t dim;
    if (is_type(c, type, "by_year")) {
        if (!absent && !year_dim_of(c, node, &dim))
            return wrong_argument(c, scope, native, expr, node, words);
        native->by_year = node;
    }
    bool over = is_type(c, type, "person_time");
    if (over && !absent && !person_time(c, scope, node, expr->span)) return false;
    if (over || is_type(c, type, "quantity")) {
        if (!native->counted)
            native->counted = node;
        else if (!native->divided)
            native->divided = node;
    }
    push_arg(c, native, node);
    return true;
}

/* FY2026/27: £2m, FY2030/31: £12m */
static bool native_pairs(Compilation *c, const Scope *scope, NativeCall *native) {
    if (!native->call->entries.count) {
        sema_error(c, scope, DIAG_TYPE_MISMATCH, native->call->span,
                   "`%.*s` wants at least one `FY2026/27: £1m`",
                   SLICE_FMT(word(c, native->decl->name)));
        return false;
    }
    VEC_EACH(const Entry, entry, &native->call->entries) {
        Node *year = entry->key ? elaborate_node(c, scope, entry->key) : NULL;
        Node *amount = elaborate_node(c, scope, entry->value);
        if (!entry->key && amount)
            sema_error(c, scope, DIAG_TYPE_MISMATCH, entry->value->span,
                       "each amount stands after its financial year: `FY2026/27: £1m`");
        if (!year || !amount) return false;
        if (year->type.base != TYPE_YEAR || year->sort != NODE_CONST ||
            year->constant.sort != CONST_YEAR)
            return wrong_argument(c, scope, native, entry->key, year, "a financial year");
        if (amount->type.base != TYPE_QUANTITY)
            return wrong_argument(c, scope, native, entry->value, amount, "an amount");
        if (outside_horizon(c, scope, year->constant.integer, entry->key->span)) return false;
        Value key = {.sort = VALUE_NODE, .node = year};
        if (!one_year_amount(c, scope, amount, &key, entry->value->span)) return false;
        if (native->counted && !listed_agree(c, scope, native->counted, amount, year)) return false;
        if (!native->counted) native->counted = amount;
        push_arg(c, native, year);
        push_arg(c, native, amount);
    }
    return true;
}

/* using independent: events are as likely to be of different people as not; the squares of those
 * who recur are not counted. */
static bool native_variance(Compilation *c, const Scope *scope, NativeCall *native,
                            const Phrase *using) {
    const Expr *how = using && using->values.count == 1 ? using->values.items[0] : NULL;
    Slice text = how && how->kind == EXPR_WORD ? word(c, how->atom) : SLICE("");
    Node *node = native->node;
    if (!using || slice_equal(text, SLICE("recurring"))) return true;
    if (!slice_equal(text, SLICE("independent")) || node->op != NATIVE_STATS_DSR_RECURRENT) {
        sema_error(c, scope, DIAG_TYPE_MISMATCH, using->span,
                   "`using` is followed by `independent` or `recurring`");
        return false;
    }
    node->op = NATIVE_STATS_DSR;
    for (uint32_t i = 1; i + 1 < node->arg_count; i++) node->args[i] = node->args[i + 1];
    node->arg_count--;
    return true;
}

static bool native_param(Compilation *c, const Scope *scope, NativeCall *native,
                         const FnParam *param, uint32_t *position) {
    if (is_type(c, param->type, "pairs")) return native_pairs(c, scope, native);
    if (param->label == ATOM_NONE) {
        const Expr *expr = call_argument(c, scope, native->call, (*position)++);
        return expr && native_argument(c, scope, native, param->type, expr);
    }
    const Phrase *phrase = item_phrase(&native->call->phrases, param->label);
    if (is_type(c, param->type, "confidence")) {
        Node *node = confidence_node(
            c, scope, phrase && phrase->values.count ? phrase->values.items[0] : NULL,
            native->call->span);
        if (node) push_arg(c, native, node);
        return node != NULL;
    }
    if (is_type(c, param->type, "count_limits")) {
        int64_t limits;
        if (!count_limits_word(c, scope, native->call, &limits)) return false;
        push_arg(c, native, node_exact(c, exact_from_int(limits), native->call->span));
        return true;
    }
    if (is_type(c, param->type, "variance")) return native_variance(c, scope, native, phrase);
    if (!phrase || !phrase->values.count) {
        sema_error(c, scope, DIAG_MISSING_LABEL, native->call->span, "`%.*s` wants `%.*s …`",
                   SLICE_FMT(word(c, native->decl->name)), SLICE_FMT(word(c, param->label)));
        return false;
    }
    if (is_type(c, param->type, "dimension"))
        return phrase_dims(
            c, scope,
            native->counted && native->counted->sort == NODE_AGG ? native->counted->table : NULL,
            phrase, native->node);
    return native_argument(c, scope, native, param->type, phrase->values.items[0]);
}

static const Node *count_below(const Node *node) {
    if (node->sort == NODE_AGG) return node;
    for (uint32_t i = 0; i < node->arg_count; i++) {
        const Node *found = count_below(node->args[i]);
        if (found) return found;
    }
    return NULL;
}

static bool rate_type(Compilation *c, const Scope *scope, NativeCall *native, Type *type) {
    if (!native->counted || !native->divided) {
        /* `recurring` counts first, then one quantity divides */
        return false;
    }
    *type = type_of(TYPE_QUANTITY);
    type->unit = unit_per(native->counted->type.unit, native->divided->type.unit);
    type->estimate = type->real = true;
    type->measure = native->counted->type.measure || native->divided->type.measure;
    const Node *part = count_below(native->counted), *whole = count_below(native->divided);
    if (!part || !whole || people_within(part, whole)) return true;
    population_mismatch(c, scope, part, whole, native->call->span);
    return false;
}

static bool along_years(Compilation *c, NativeCall *native, Type *type) {
    uint16_t dim;
    const Node *given = native->by_year;
    if (!given) {
        if (!c->has_horizon) return false;
        *type = native->counted->type;
        native->node->dims[native->node->dim_count++] = c->horizon_dim;
        type->bare = false;
        return true;
    }
    if (!year_dim_of(c, given, &dim)) return false;
    *type = given->type;
    type->estimate = false;
    native->node->dims[native->node->dim_count++] = dim;
    return true;
}

static bool result_type(Compilation *c, const Scope *scope, NativeCall *native, Type *type) {
    const Expr *result = native->decl->fn->result;
    if (is_type(c, result, "rate_of")) return rate_type(c, scope, native, type);
    if (is_type(c, result, "by_year")) return along_years(c, native, type);
    if (is_type(c, result, "total_of")) {
        if (!along_years(c, native, type)) return false;
        int kept = 0;
        for (int i = 0; i < type->dim_count; i++) {
            if (type->dims[i] != native->node->dims[0]) type->dims[kept++] = type->dims[i];
        }
        type->dim_count = (uint8_t)kept;
        return true;
    }
    BaseType base;
    const char *words;
    if (!expects_base(c, result, &base, &words)) return false;
    *type = type_of(base);
    return true;
}

static bool has_dim(const Node *node, uint16_t dim) {
    for (int i = 0; i < node->dim_count; i++) {
        if (node->dims[i] == dim) return true;
    }
    return false;
}

/* What the result inherits: dims of the arguments but those it is taken across. */
static void join_arguments(Compilation *c, NativeCall *native) {
    Node *node = native->node;
    for (uint32_t i = 0; i < node->arg_count; i++) {
        Type arg = node->args[i]->type;
        int kept = 0;
        for (int d = 0; d < arg.dim_count; d++) {
            if (!has_dim(node, arg.dims[d])) arg.dims[kept++] = arg.dims[d];
        }
        arg.dim_count = (uint8_t)kept;
        type_join(&node->type, &arg);
    }
    if (is_type(c, native->decl->fn->result, "by_year") && !native->by_year) {
        Type years = {.dim_count = 1, .dims = {c->horizon_dim}};
        type_join(&node->type, &years);
    }
}

/* Cash of different years is no sum: a present value is of real money. */
static bool is_real(Compilation *c, const Scope *scope, const NativeCall *native) {
    const Expr *argument = native->call->entries.items[0].value;
    if (!native->by_year || native->by_year->type.price != PRICE_CASH) return true;
    Diag *diag = sema_error(c, scope, DIAG_PRICE_BASE_MISMATCH, argument->span,
                            "`%.*s` wants real money, and this is cash",
                            SLICE_FMT(word(c, native->decl->name)));
    if (native->by_year->type.because.start)
        diag_relate(c->diags, diag, native->by_year->type.because, "cash because of this");
    Slice text = source_map_text(c->sources, argument->span);
    diag_fix(c->diags, diag, argument->span, arena_printf(c->arena, "real(%.*s)", SLICE_FMT(text)),
             "restate it in real money");
    return false;
}

/* npv takes the plan's discount rate as its last argument. */
static bool plan_discount(Compilation *c, const Scope *scope, NativeCall *native) {
    if (native->node->op != NATIVE_MONEY_NPV || !c->plan) return true;
    if (!is_real(c, scope, native)) return false;
    Value *rate = value_member(c, scope, decl_itself(c, c->plan),
                               intern(c->interner, SLICE("discount")), native->call->span);
    rate = value_strip(c, rate);
    if (rate->sort == VALUE_NODE) {
        push_arg(c, native, rate->node);
        return true;
    }
    if (rate->sort != VALUE_POISON)
        sema_error(c, scope, DIAG_MISSING_CLAUSE, native->call->span,
                   "the plan has no discount rate: add `discount 3.5%%` to it");
    return false;
}

/* Weights have the members that the rate is taken across, and no others. */
static bool given_across(Compilation *c, const Scope *scope, const NativeCall *native) {
    const Node *node = native->node;
    bool rate = is_type(c, native->decl->fn->result, "rate_of") && node->dim_count;
    const Expr *against = call_label_value(c, native->call, "against");
    Span span = against ? against->span : native->call->span;
    for (uint32_t i = 0; rate && i < node->arg_count; i++) {
        const Node *arg = node->args[i];
        if (!arg->type.measure && !across_agree(c, scope, arg, node, span)) return false;
    }
    return true;
}

/* The financial year of a row's day, from the year 0. */
static Node *year_of_row(const NativeCall *native) {
    Node *node = native->node;
    node->sort = NODE_ROW_DATE;
    node->op = ROW_YEAR;
    node->integer = 0;
    return node;
}

Value *call_native(Compilation *c, const Scope *scope, Decl *decl, const Expr *call) {
    NativeCall native = {.decl = decl,
                         .call = call,
                         .node = node_new(c, NODE_CALL, type_of(TYPE_QUANTITY), call->span)};
    uint32_t op = native_find(decl->fn->native), position = 0;
    if (op == MODULE_NONE) {
        sema_error(c, scope, DIAG_UNDEFINED_NAME, decl->name_span,
                   "no native function is named `%.*s`", SLICE_FMT(decl->fn->native));
        return value_poison(c);
    }
    native.node->op = (uint16_t)op;
    for (uint32_t i = 0; i < decl->fn->params.count; i++) {
        if (!native_param(c, scope, &native, &decl->fn->params.items[i], &position))
            return value_poison(c);
    }
    Type type;
    if (!given_across(c, scope, &native)) return value_poison(c);
    if (!plan_discount(c, scope, &native) || !result_type(c, scope, &native, &type))
        return value_poison(c);
    native.node->type = type;
    if (native.absent)
        return value_from_node(
            c, node_absent(c, type.base, native.absent_reason, (Slice){0}, call->span));
    join_arguments(c, &native);
    const Phrase *at = type.estimate ? call_label(c, call, "at") : NULL;
    if (at && !confidence_further(c, scope, at, native.node)) return value_poison(c);
    return value_from_node(c, native.node->type.row ? year_of_row(&native) : native.node);
}
