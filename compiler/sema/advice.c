/* What may have been meant where a declaration stands and a number is wanted: the clauses of it
 * that hold one. Decides by what its kind says and elaborates nothing. */
#include "compiler/sema/sema.h"

/* Types of kinds whose values are numbers. */
static bool is_number_type(const Compilation *c, const Expr *type) {
    static const char *const names[] = {"measure", "money",  "series",   "number",
                                        "percent", "amount", "quantity", "value"};
    if (!type) return false;
    if (type->kind == EXPR_BINARY && type->op == OP_OR)
        return is_number_type(c, type->left) || is_number_type(c, type->right);
    const Expr *name = type->kind == EXPR_CALL ? type->left : type;
    if (name->kind != EXPR_WORD) return false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (slice_equal(word(c, name->atom), slice_of(names[i]))) return true;
    return false;
}

static bool is_one_number(const Compilation *c, const Clause *clause) {
    const ClauseSpec *spec = clause->spec;
    bool once = spec->cardinality == CLAUSE_REQUIRED || spec->cardinality == CLAUSE_OPTIONAL;
    return once && clause->exprs && is_number_type(c, spec->type);
}

Slice decl_numbers(Compilation *c, const Decl *decl) {
    enum { MOST_SHOWN = 3 };
    Slice text = {0};
    int count = 0;
    for (uint32_t i = 0; i < decl->clauses.count && count < MOST_SHOWN; i++) {
        const Clause *clause = decl->clauses.items[i];
        if (clause == decl->head || !is_one_number(c, clause)) continue;
        text = arena_printf(c->arena, "%.*s%s`%.*s.%.*s`", SLICE_FMT(text), count ? " or " : "",
                            SLICE_FMT(word(c, decl->name)), SLICE_FMT(word(c, clause->spec->name)));
        count++;
    }
    return text;
}
