/* Rules as requirements: each rule once for every declaration it speaks of, its condition and
 * message compiled like any other expression; and the waivers that cover findings. */
#include "compiler/lower/lower.h"

#include "compiler/sema/forms.h"

#include "runtime/base/date.h"

static const Context whole = {0};

/* ---- The clauses of a rule ---------------------------------------------------------- */

typedef struct {
    const Item *require, *message, *severity, *in_draft, *source, *in_force, *waivable, *points_at;
} RuleClauses;

enum { RULE_CLAUSES = 8 };

static void read_rule(Lowering *l, const Decl *rule, RuleClauses *clauses) {
    static const char *const names[RULE_CLAUSES] = {"require", "message",  "severity", "in_draft",
                                                    "source",  "in_force", "waivable", "points_at"};
    const Item **slots[RULE_CLAUSES] = {&clauses->require,  &clauses->message, &clauses->severity,
                                        &clauses->in_draft, &clauses->source,  &clauses->in_force,
                                        &clauses->waivable, &clauses->points_at};
    for (uint32_t i = 0; i < rule->item->block.count; i++) {
        const Item *item = rule->item->block.items[i];
        Slice name = word(l->c, item->word);
        size_t n = 0;
        while (n < RULE_CLAUSES && !slice_equal(name, slice_of(names[n]))) n++;
        if (n == RULE_CLAUSES) {
            Diag *diag = sema_error(l->c, &l->at, DIAG_UNKNOWN_CLAUSE, item->word_span,
                                    "`%.*s` is not a clause of a rule", SLICE_FMT(name));
            Nearest nearest = {.wanted = name};
            for (size_t k = 0; k < RULE_CLAUSES; k++) nearest_offer(&nearest, slice_of(names[k]));
            nearest_fix(l->c, diag, item->word_span, &nearest);
        } else if (*slots[n]) {
            sema_error(l->c, &l->at, DIAG_REPEATED_CLAUSE, item->word_span,
                       "`%.*s` may stand only once in a rule", SLICE_FMT(name));
        } else {
            *slots[n] = item;
        }
    }
    if (!rule->item->broken && (!clauses->require || !clauses->message ||
                                !clauses->require->values.count || !clauses->message->values.count))
        sema_error(l->c, &l->at, DIAG_MISSING_CLAUSE, rule->name_span,
                   "a rule has `require` and `message`");
}

static bool complete(const RuleClauses *clauses) {
    return clauses->require && clauses->require->values.count && clauses->message &&
           clauses->message->values.count;
}

static const Expr *first_value(const Item *item) {
    return item && item->values.count ? item->values.items[0] : NULL;
}

static Severity severity_of(Lowering *l, const Item *item, Severity otherwise) {
    const Expr *value = first_value(item);
    if (!value) return otherwise;
    Slice name = value->kind == EXPR_WORD ? word(l->c, value->atom) : (Slice){0};
    if (slice_equal(name, SLICE("error"))) return SEVERITY_ERROR;
    if (slice_equal(name, SLICE("warning"))) return SEVERITY_WARNING;
    if (slice_equal(name, SLICE("note"))) return SEVERITY_NOTE;
    sema_error(l->c, &l->at, DIAG_UNKNOWN_CATEGORY, value->span,
               "a rule is an error, a warning or a note");
    return otherwise;
}

static const Expr *label_expr(const Lowering *l, const Item *item, const char *label) {
    const Phrase *phrase =
        item ? item_phrase(&item->phrases, intern(l->c->interner, slice_of(label))) : NULL;
    return phrase && phrase->values.count ? phrase->values.items[0] : NULL;
}

static int32_t label_day(const Lowering *l, const Item *item, const char *label) {
    const Expr *expr = label_expr(l, item, label);
    int32_t day;
    return expr && expr_deadline(expr, &day) ? day : 0;
}

static Slice kebab(Lowering *l, Atom name) {
    Slice text = word(l->c, name);
    char *copy = arena_alloc(l->module->arena, text.length + 1);
    for (size_t i = 0; i < text.length; i++) copy[i] = text.data[i] == '_' ? '-' : text.data[i];
    return (Slice){copy, text.length};
}

/* ---- Sub-values: what a failed condition compared ----------------------------------- */

static bool compares(const Expr *expr) {
    return expr->kind == EXPR_BINARY &&
           (expr->op == OP_EQ || expr->op == OP_NE || expr->op == OP_LT || expr->op == OP_LE ||
            expr->op == OP_GT || expr->op == OP_GE);
}

static bool scope_is_library(const Lowering *l, const Scope *scope) {
    while (scope->outer) scope = scope->outer;
    return l->c->files.items[scope->file].library;
}

static void add_sub_value(Lowering *l, const Scope *scope, const Expr *expr,
                          ModuleRequirement *requirement) {
    /* a function of a library is a word that the plan's author does not know */
    bool named = expr->kind == EXPR_MEMBER || expr->kind == EXPR_INDEX ||
                 (expr->kind == EXPR_CALL && !scope_is_library(l, scope));
    if (!named) return;
    Slice text = quoted(l->c, expr->span);
    VEC_EACH(const ModuleSubValue, known, &requirement->values) {
        if (slice_equal(known->text, text)) return;
    }
    Value *value = elaborate(l->c, scope, expr);
    value = value_strip(l->c, value);
    if (value->sort != VALUE_NODE || value->node->type.row || value->node->type.dim_count) return;
    Reg reg = lower_node(l, value->node, &whole);
    if (reg == MODULE_NONE) return;
    ModuleSubValue sub = {.text = arena_copy(l->module->arena, text),
                          .reg = reg,
                          .unit = unit_for(l->c, &value->node->type, NULL)};
    VEC_PUSH(l->module->arena, &requirement->values, sub);
}

static void add_sub_values(Lowering *l, const Scope *scope, const Expr *expr,
                           ModuleRequirement *requirement) {
    if (compares(expr)) {
        add_sub_value(l, scope, expr->left, requirement);
        add_sub_value(l, scope, expr->right, requirement);
        return;
    }
    if (expr->kind != EXPR_BINARY || (expr->op != OP_AND && expr->op != OP_OR)) return;
    add_sub_values(l, scope, expr->left, requirement);
    add_sub_values(l, scope, expr->right, requirement);
}

/* ---- A rule and a declaration ------------------------------------------------------- */

typedef struct {
    Decl *rule;
    RuleClauses clauses;
} Rule;

static bool is_absent(const Node *node) {
    return node->sort == NODE_CONST && node->constant.sort == CONST_ABSENT;
}

/* Where the value is written, if that is within the declaration: messages point there rather
 * than at its name. */
static bool written_in(const Decl *decl, const Value *value, Span *place) {
    if (value->sort == VALUE_LIST)
        return value->list.count && written_in(decl, value->list.items[0], place);
    const Span spans[] = {value->sort == VALUE_CLAUSE ? value->clause->span : value->span,
                          value->sort == VALUE_NODE ? value->node->span : SPAN_NONE};
    for (int i = 0; i < 2 && value->sort != VALUE_MISSING; i++) {
        if (spans[i].start < decl->item->span.start || spans[i].end > decl->item->span.end)
            continue;
        *place = spans[i];
        return true;
    }
    return false;
}

/* The first of what `points_at` lists that the declaration says. */
static Span pointed_at(Lowering *l, const Rule *rule, const Scope *scope, const Decl *decl,
                       Span otherwise) {
    const Item *points_at = rule->clauses.points_at;
    for (uint32_t i = 0; points_at && i < points_at->values.count; i++) {
        const Value *value = elaborate(l->c, scope, points_at->values.items[i]);
        if (written_in(decl, value, &otherwise)) break;
    }
    return otherwise;
}

/* `place`: of the declaration, or of the part of it that is judged. */
static void apply(Lowering *l, const Rule *rule, const Scope *scope, Decl *decl, Span place) {
    Compilation *c = l->c;
    Node *condition = elaborate_condition(c, scope, rule->clauses.require->values.items[0]);
    if (!condition || is_absent(condition)) return;
    bool truth, decided = fold_bool(condition, &truth);
    /* what is certain to hold says nothing: its message may speak of what is not there */
    Node *message = decided && truth
                        ? node_text(c, SLICE(""), condition->span)
                        : elaborate_node(c, scope, rule->clauses.message->values.items[0]);
    if (!message || message->type.base != TYPE_TEXT) return;
    ModuleRequirement requirement = {.rule = kebab(l, rule->rule->name),
                                     .decl = MODULE_NONE,
                                     .span = place};
    if (decl) requirement.span = pointed_at(l, rule, scope, decl, place);
    uint64_t index;
    if (decl && hashmap_get(&l->decl_index, decl->index + 1, &index))
        requirement.decl = (uint32_t)index;
    requirement.condition = lower_node(l, condition, &whole);
    requirement.message = lower_node(l, message, &whole);
    if (requirement.condition == MODULE_NONE || requirement.message == MODULE_NONE) return;
    Severity severity = severity_of(l, rule->clauses.severity, SEVERITY_ERROR);
    requirement.severity = (uint8_t)severity;
    requirement.draft_severity = (uint8_t)severity_of(l, rule->clauses.in_draft, severity);
    requirement.from = label_day(l, rule->clauses.in_force, "from");
    requirement.until = label_day(l, rule->clauses.in_force, "until");
    const Expr *source = first_value(rule->clauses.source),
               *waivable = first_value(rule->clauses.waivable);
    if (source && source->kind == EXPR_STRING)
        requirement.source = arena_copy(l->module->arena, source->text);
    requirement.why = arena_copy(l->module->arena, rule->rule->item->doc);
    requirement.waivable = !(waivable && waivable->kind == EXPR_WORD &&
                             slice_equal(word(c, waivable->atom), SLICE("no")));
    if (!decided) add_sub_values(l, scope, rule->clauses.require->values.items[0], &requirement);
    VEC_PUSH(l->module->arena, &l->module->requirements, requirement);
}

static bool is_loop(const Expr *expr) {
    return expr->kind == EXPR_BINARY && expr->op == OP_IN && expr->left->kind == EXPR_WORD;
}

/* A rule of a library is not the plan's to mend: messages point at what it speaks of. */
static Scope rule_scope(Lowering *l, const Decl *rule, const Decl *decl) {
    Scope scope = {.file = rule->unit_index};
    if (!rule->library || !decl) return scope;
    scope.caller = &l->at;
    scope.call_span = decl->name_span;
    scope.call_name = word(l->c, rule->name);
    return scope;
}

/* `for k in kpi, t in k.target`: what follows the first goes through lists of what stands
 * before, and every combination is judged by itself. */
static void apply_further(Lowering *l, const Rule *rule, const Phrase *loop, uint32_t next,
                          const Scope *outer, Decl *decl, Span place) {
    if (next == loop->values.count) {
        apply(l, rule, outer, decl, place);
        return;
    }
    const Expr *in = loop->values.items[next];
    const Value *list = list_of(l->c, outer, in->right);
    for (uint32_t i = 0; list->sort == VALUE_LIST && i < list->list.count; i++) {
        Binding binding = {.name = in->left->atom, .value = list->list.items[i]};
        Scope scope = {.outer = outer, .bindings = &binding, .binding_count = 1};
        Span part = place;
        written_in(decl, binding.value, &part);
        apply_further(l, rule, loop, next + 1, &scope, decl, part);
    }
}

/* `declaration` stands for all that the plan declares, of whatever kind. */
static bool is_spoken_of(const Decl *decl, const Kind *kind) {
    if (decl->library || decl->item->broken) return false;
    return kind ? decl->kind == kind : !decl->kind->builtin;
}

static void apply_to_all(Lowering *l, const Rule *rule, const Phrase *loop) {
    Compilation *c = l->c;
    const Expr *first = loop->values.count ? loop->values.items[0] : NULL;
    bool good = first && is_loop(first) && first->right->kind == EXPR_WORD;
    for (uint32_t i = 1; i < loop->values.count; i++) good &= is_loop(loop->values.items[i]);
    Kind *kind = good ? kind_find(c, first->right->atom) : NULL;
    if (!kind && !(good && slice_equal(word(c, first->right->atom), SLICE("declaration")))) {
        sema_error(c, &l->at, DIAG_TYPE_MISMATCH, loop->span,
                   "a rule says `for i in` and the name of a kind: `for i in intention`");
        return;
    }
    uint32_t said = c->diags->items.count;
    for (uint32_t i = 0; i < c->decls.count; i++) {
        Decl *decl = c->decls.items[i];
        if (!is_spoken_of(decl, kind)) continue;
        if (c->diags->items.count > said) return; /* wrong for one is wrong for all: say it once */
        Binding binding = {.name = first->left->atom, .value = decl_itself(c, decl)};
        l->at.self = decl;
        Scope scope = rule_scope(l, rule->rule, decl);
        scope.bindings = &binding;
        scope.binding_count = 1;
        apply_further(l, rule, loop, 1, &scope, decl, decl->name_span);
    }
}

static bool file_is_used(const Compilation *c, uint32_t file) {
    if (!c->files.items[file].library) return true;
    for (uint32_t f = 0; f < c->files.count; f++) {
        if (c->files.items[f].library) continue;
        for (uint32_t u = 0; u < c->files.items[f].uses.count; u++) {
            if (c->files.items[f].uses.items[u] == file) return true;
        }
    }
    return false;
}

/* ---- Waivers ------------------------------------------------------------------------ */

static Slice allow_text(Lowering *l, const Item *item, const char *label) {
    const Expr *text = label_expr(l, item, label);
    return text && text->kind == EXPR_STRING ? arena_copy(l->module->arena, text->text)
                                             : (Slice){0};
}

static const char waiver[] = "`allow rule_name because \"…\" until 2027-03-31 by \"Role\"`";

/* Why, until when and by whom: without all three nobody can hold anybody to it. */
static bool allow_labels_given(Lowering *l, const Item *item) {
    static const char *const labels[] = {"because", "until", "by"};
    Slice missing = {0};
    for (int i = 0; i < 3; i++) {
        if (label_expr(l, item, labels[i])) continue;
        missing = arena_printf(l->c->arena, "%.*s%s`%s`", SLICE_FMT(missing),
                               missing.length ? " and " : "", labels[i]);
    }
    if (!missing.length) return true;
    sema_error(l->c, &l->at, DIAG_MISSING_LABEL, item->head_span,
               "a waiver says why, until when and by whom it was agreed; this one has no %.*s: %s",
               SLICE_FMT(missing), waiver);
    return false;
}

static bool allow_labels_read(Lowering *l, const Item *item, const ModuleAllow *allow) {
    static const char *const labels[] = {"because", "by"};
    const Slice texts[] = {allow->because, allow->by};
    for (int i = 0; i < 2; i++) {
        if (texts[i].length) continue;
        sema_error(l->c, &l->at, DIAG_TYPE_MISMATCH, label_expr(l, item, labels[i])->span,
                   "a text in quotes is wanted after `%s`: %s", labels[i], waiver);
        return false;
    }
    const Expr *until = label_expr(l, item, "until");
    int32_t last = l->c->horizon_last ? financial_year_end(l->c->horizon_last) : 0;
    if (!allow->until)
        sema_error(l->c, &l->at, DIAG_TYPE_MISMATCH, until->span,
                   "a date is wanted after `until`: %s", waiver);
    else if (last && allow->until > last)
        sema_error(l->c, &l->at, DIAG_OUT_OF_RANGE, until->span,
                   "a finding is accepted for a time: at the longest until the plan ends, on %.*s",
                   SLICE_FMT(date_format_long(l->c->arena, last)));
    else
        return true;
    return false;
}

static void add_allow(Lowering *l, const Decl *decl) {
    const Item *item = decl->item;
    const Expr *rule = first_value(item);
    l->at.self = decl->parent;
    if (item->broken) return;
    if (!rule || rule->kind != EXPR_WORD) {
        sema_error(l->c, &l->at, DIAG_SYNTAX_ERROR, item->head_span, "a waiver names a rule: %s",
                   waiver);
        return;
    }
    if (!allow_labels_given(l, item)) return;
    ModuleAllow allow = {.decl = MODULE_NONE,
                         .span = item->head_span,
                         .rule = kebab(l, rule->atom),
                         .because = allow_text(l, item, "because"),
                         .by = allow_text(l, item, "by"),
                         .until = label_day(l, item, "until")};
    if (!allow_labels_read(l, item, &allow)) return;
    uint64_t index;
    if (decl->parent && hashmap_get(&l->decl_index, decl->parent->index + 1, &index))
        allow.decl = (uint32_t)index;
    VEC_PUSH(l->module->arena, &l->module->allows, allow);
}

void lower_rules(Lowering *l) {
    Compilation *c = l->c;
    for (uint32_t i = 0; i < c->rules.count; i++) {
        Rule rule = {.rule = c->rules.items[i]};
        if (!file_is_used(c, rule.rule->unit_index) || rule.rule->item->broken) continue;
        read_rule(l, rule.rule, &rule.clauses);
        if (!complete(&rule.clauses)) continue;
        const Phrase *loop =
            item_phrase(&rule.rule->item->phrases, intern(c->interner, SLICE("for")));
        l->at.self = c->plan;
        Scope scope = rule_scope(l, rule.rule, c->plan);
        if (loop)
            apply_to_all(l, &rule, loop);
        else
            apply(l, &rule, &scope, c->plan, (c->plan ? c->plan : rule.rule)->name_span);
    }
    for (uint32_t i = 0; i < c->allows.count; i++) add_allow(l, c->allows.items[i]);
}
