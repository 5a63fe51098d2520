/* Who lies within whom: the people above the line of a rate within those below it, and
 * references that must not lead back to where they started. */
#include "compiler/sema/forms.h"

/* ---- Conditions that follow from others --------------------------------------------- */

/* `column op constant`, as read from a comparison node. */
typedef struct {
    const Node *column;
    bool lower_bound; /* constant <= column (or <); else column <= constant */
    bool strict;
    const Node *limit;
} Bound;

static bool is_constant(const Node *node) {
    return node->sort == NODE_CONST;
}

static bool read_bound(const Node *node, Bound *bound) {
    if (node->sort != NODE_OP || (node->op != OPCODE_LT && node->op != OPCODE_LE)) return false;
    bool left_constant = is_constant(node->args[0]);
    if (left_constant == is_constant(node->args[1])) return false;
    bound->lower_bound = left_constant;
    bound->strict = node->op == OPCODE_LT;
    bound->limit = node->args[left_constant ? 0 : 1];
    bound->column = node->args[left_constant ? 1 : 0];
    return true;
}

static int compare_limits(const Node *a, const Node *b) {
    if (a->constant.sort == CONST_EXACT && b->constant.sort == CONST_EXACT)
        return exact_compare(a->constant.exact, b->constant.exact);
    return (a->constant.integer > b->constant.integer) -
           (a->constant.integer < b->constant.integer);
}

/* age >= 70 implies age >= 65. */
static bool bound_implies(const Node *narrow, const Node *wide) {
    Bound a, b;
    if (!read_bound(narrow, &a) || !read_bound(wide, &b)) return false;
    if (a.lower_bound != b.lower_bound || !node_equal(a.column, b.column)) return false;
    int order = compare_limits(a.limit, b.limit);
    if (order == 0) return a.strict || !b.strict;
    return a.lower_bound ? order > 0 : order < 0;
}

/* frailty == severe implies frailty >= moderate. */
static bool equal_implies(const Node *narrow, const Node *wide) {
    Bound bound;
    if (narrow->sort != NODE_OP || narrow->op != OPCODE_EQ || !read_bound(wide, &bound))
        return false;
    bool left = is_constant(narrow->args[0]);
    if (left == is_constant(narrow->args[1])) return false;
    const Node *column = narrow->args[left ? 1 : 0], *constant = narrow->args[left ? 0 : 1];
    if (!node_equal(column, bound.column)) return false;
    int order = compare_limits(constant, bound.limit);
    if (order == 0) return !bound.strict;
    return bound.lower_bound ? order > 0 : order < 0;
}

/* Whether what is true of the condition is known of `what`: a comparison with it, the flag itself
 * or its opposite. */
static bool knows(const Node *condition, const Node *what) {
    if (node_equal(condition, what)) return true;
    if (condition->sort != NODE_OP) return false;
    switch (condition->op) {
    case OPCODE_EQ:
    case OPCODE_NE:
    case OPCODE_LT:
    case OPCODE_LE:
        return node_equal(condition->args[0], what) || node_equal(condition->args[1], what);
    case OPCODE_NOT: return knows(condition->args[0], what);
    default: return false;
    }
}

/* smoker implies that smoker is not missing. */
static bool known_implies(const Node *narrow, const Node *wide) {
    if (wide->sort != NODE_OP || wide->op != OPCODE_NOT) return false;
    const Node *absent = wide->args[0];
    return absent->sort == NODE_OP && absent->op == OPCODE_IS_ABSENT &&
           knows(narrow, absent->args[0]);
}

/* sex == F implies nothing but itself, and that sex is known. */
static bool implies(const Node *narrow, const Node *wide) {
    if (node_equal(narrow, wide) || bound_implies(narrow, wide) || equal_implies(narrow, wide) ||
        known_implies(narrow, wide))
        return true;
    if (narrow->sort == NODE_OP && narrow->op == OPCODE_AND)
        return implies(narrow->args[0], wide) || implies(narrow->args[1], wide);
    if (wide->sort == NODE_OP && wide->op == OPCODE_OR)
        return implies(narrow, wide->args[0]) || implies(narrow, wide->args[1]);
    if (narrow->sort == NODE_OP && narrow->op == OPCODE_OR)
        return implies(narrow->args[0], wide) && implies(narrow->args[1], wide);
    return false;
}

static const Table *people_table(const Node *node) {
    return node->table->events ? node->table->population : node->table;
}

bool people_within(const Node *part, const Node *whole) {
    if (people_table(part) != people_table(whole)) return false;
    if (whole->table->events && whole->table != part->table) return false;
    for (uint32_t i = 0; i < whole->filter_count; i++) {
        bool found = false;
        for (uint32_t j = 0; j < part->filter_count && !found; j++)
            found = implies(part->filters[j], whole->filters[i]);
        if (!found) return false;
    }
    return true;
}

void population_mismatch(Compilation *c, const Scope *scope, const Node *part, const Node *whole,
                         Span span) {
    Diag *diag = sema_error(c, scope, DIAG_POPULATION_MISMATCH, span,
                            "the people counted above the line need not be among those below it");
    diag_relate(c->diags, diag, part->span, "above: %.*s", SLICE_FMT(part->text));
    diag_relate(c->diags, diag, whole->span, "below: %.*s", SLICE_FMT(whole->text));
}

/* ---- References that end ------------------------------------------------------------ */

typedef struct {
    Compilation *c;
    Atom clause;
    HashMap state; /* decl index → WorkState */
} Walk;

static bool walk_value(Walk *walk, const Value *value);

static bool walk_decl(Walk *walk, Decl *decl) {
    uint64_t state;
    if (hashmap_get(&walk->state, decl->index + 1, &state)) return state == STATE_DONE;
    hashmap_put(&walk->state, decl->index + 1, STATE_BUSY);
    Value *references =
        value_member(walk->c, NULL, decl_itself(walk->c, decl), walk->clause, decl->name_span);
    if (!walk_value(walk, references)) return false;
    hashmap_put(&walk->state, decl->index + 1, STATE_DONE);
    return true;
}

static bool walk_value(Walk *walk, const Value *value) {
    if (value->sort == VALUE_CLAUSE) value = value_of_clause(walk->c, value->clause);
    if (value->sort == VALUE_DECL) return walk_decl(walk, value->decl);
    if (value->sort != VALUE_LIST) return true;
    for (uint32_t i = 0; i < value->list.count; i++) {
        if (!walk_value(walk, value->list.items[i])) return false;
    }
    return true;
}

bool references_end(Compilation *c, Decl *start, Atom clause) {
    Walk walk = {.c = c, .clause = clause};
    hashmap_init(&walk.state, c->arena);
    return walk_decl(&walk, start);
}
