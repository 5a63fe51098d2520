/* Row expressions: conditions, groupings and values of one person or event. Integers are held
 * in the column's own unit (pence, years); where two scales meet, both go to a common one. */
#include "compiler/lower/lower.h"

#include <string.h>

enum { ROW_LIMIT = 1 << 20 }; /* the verifier takes no more */

static bool cannot(Lowering *l, const Node *node, const char *what) {
    sema_error(l->c, &l->at, DIAG_TYPE_MISMATCH, node->span,
               "%s cannot be asked of one person or event", what);
    return false;
}

static bool row_equal(const RowNode *a, const RowNode *b) {
    return a->op == b->op && a->real == b->real && a->a == b->a && a->b == b->b && a->c == b->c &&
           a->value == b->value && a->number == b->number;
}

static uint64_t row_hash(const RowNode *node) {
    uint64_t hash = pool_mix(node->op, node->real), number;
    memcpy(&number, &node->number, sizeof number);
    hash = pool_mix(hash, (uint64_t)node->a << 32 | node->b);
    hash = pool_mix(hash, node->c);
    return pool_mix(pool_mix(hash, (uint64_t)node->value), number);
}

static uint32_t add_row(Lowering *l, RowNode node) {
    Module *module = l->module;
    uint64_t hash = row_hash(&node);
    for (uint32_t i = pool_first(&l->rows, hash); i != POOL_END; i = pool_older(&l->rows, i)) {
        if (row_equal(&module->rows.items[i], &node)) return i;
    }
    if (module->rows.count == ROW_LIMIT) {
        if (!l->c->limit_said)
            sema_error(l->c, &l->at, DIAG_LIMIT_REACHED,
                       l->at.self ? l->at.self->name_span : SPAN_NONE,
                       "conditions on people unfold into more than %d steps: the limit", ROW_LIMIT);
        l->c->limit_said = true;
        return 0; /* no module is made of it */
    }
    pool_add(&l->rows, hash);
    VEC_PUSH(module->arena, &module->rows, node);
    return module->rows.count - 1;
}

uint32_t row_const(Lowering *l, int64_t value) {
    return add_row(l, (RowNode){.op = ROW_CONST, .value = value});
}

static uint32_t row_real(Lowering *l, double value) {
    return add_row(l, (RowNode){.op = ROW_CONST, .real = 1, .number = value});
}

uint32_t row_op(Lowering *l, RowOp op, uint32_t a, uint32_t b, uint32_t c, bool real) {
    return add_row(l, (RowNode){.op = (uint8_t)op, .real = real, .a = a, .b = b, .c = c});
}

uint32_t row_and(Lowering *l, uint32_t a, uint32_t b) {
    if (a == MODULE_NONE) return b;
    return b == MODULE_NONE ? a : row_op(l, ROW_AND, a, b, 0, false);
}

/* ---- Scales ------------------------------------------------------------------------- */

static void to_real(Lowering *l, RowValue *v) {
    if (v->real) return;
    if (v->constant) {
        v->node = row_real(l, exact_to_double(v->exact));
    } else {
        v->node = add_row(l, (RowNode){.op = ROW_TO_REAL,
                                       .real = 1,
                                       .a = v->node,
                                       .number = (double)v->num / (double)v->den});
    }
    v->real = true;
    v->constant = false;
    v->num = v->den = 1;
}

/* A constant held as an integer of that scale; false where it is none. */
static bool hold(Lowering *l, RowValue *v, int64_t num, int64_t den) {
    Arena *arena = l->c->arena;
    Exact scaled =
        exact_div(arena, exact_mul(arena, v->exact, exact_from_int(den)), exact_from_int(num));
    int64_t value;
    if (!exact_to_int64(scaled, &value)) return false;
    v->node = row_const(l, value);
    v->constant = false;
    v->num = num;
    v->den = den;
    return true;
}

static int64_t greatest_divisor(int64_t a, int64_t b) {
    while (b) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static void multiply(Lowering *l, RowValue *v, int64_t factor) {
    if (factor != 1) v->node = row_op(l, ROW_MUL, v->node, row_const(l, factor), 0, false);
}

/* Brings both to one scale, as integers where that is exact. */
static void align(Lowering *l, RowValue *a, RowValue *b) {
    if (a->constant && b->constant && !hold(l, a, 1, 1)) to_real(l, a);
    if (a->real || b->real) {
        to_real(l, a);
        to_real(l, b);
        return;
    }
    if (a->constant || b->constant) {
        RowValue *constant = a->constant ? a : b, *other = a->constant ? b : a;
        if (hold(l, constant, other->num, other->den)) return;
        to_real(l, a);
        to_real(l, b);
        return;
    }
    if (a->num == b->num && a->den == b->den) return;
    /* the common unit is gcd(num) / lcm(den) */
    int64_t den = a->den / greatest_divisor(a->den, b->den) * b->den;
    int64_t left = a->num * (den / a->den), right = b->num * (den / b->den),
            num = greatest_divisor(left, right);
    multiply(l, a, left / num);
    multiply(l, b, right / num);
    a->num = b->num = num;
    a->den = b->den = den;
}

/* ---- Nodes -------------------------------------------------------------------------- */

static bool column_value(Lowering *l, const Table *table, const Node *node, RowValue *value) {
    const Table *owner = node->table;
    const TableColumn *column = NULL;
    for (uint32_t i = 0; i < owner->columns.count; i++) {
        if (owner->columns.items[i].column == node->column) column = &owner->columns.items[i];
    }
    if (!column || (owner != table && table->population != owner))
        return cannot(l, node, "a column of other people");
    ColumnSort sort = l->module->tables.items[owner->index].columns.items[node->column].sort;
    value->real = sort == COLUMN_REAL;
    value->node = add_row(l, (RowNode){.op = owner == table ? ROW_COLUMN : ROW_PERSON_COLUMN,
                                       .real = value->real,
                                       .a = node->column});
    value->num = value->real ? 1 : column->scale_num;
    value->den = value->real ? 1 : column->scale_den;
    return true;
}

static bool const_value(Lowering *l, const Node *node, RowValue *value) {
    const ModuleConst *constant = &node->constant;
    value->num = value->den = 1;
    switch (constant->sort) {
    case CONST_EXACT:
        value->constant = true;
        value->exact = constant->exact;
        return true;
    case CONST_BOOL:
    case CONST_DATE:
    case CONST_YEAR:
    case CONST_CODE: value->node = row_const(l, constant->integer); return true;
    case CONST_ABSENT: value->node = add_row(l, (RowNode){.op = ROW_MISSING}); return true;
    case CONST_REAL:
    case CONST_TEXT: break;
    }
    return cannot(l, node, "a text");
}

static bool settle(Lowering *l, RowValue *value) {
    if (!value->constant || hold(l, value, 1, 1)) return true;
    to_real(l, value);
    return true;
}

static bool two(Lowering *l, const Table *table, const Node *node, RowValue *a, RowValue *b) {
    if (!lower_row_value(l, table, node->args[0], a) ||
        !lower_row_value(l, table, node->args[1], b))
        return false;
    align(l, a, b);
    return true;
}

static bool product(Lowering *l, const Table *table, const Node *node, RowValue *value) {
    RowValue a, b;
    if (!lower_row_value(l, table, node->args[0], &a) ||
        !lower_row_value(l, table, node->args[1], &b))
        return false;
    bool divide = node->op == OPCODE_DIV;
    if (divide || a.real || b.real) {
        to_real(l, &a);
        to_real(l, &b);
        *value = (RowValue){.real = true, .num = 1, .den = 1};
        value->node = row_op(l, divide ? ROW_DIV : ROW_MUL, a.node, b.node, 0, true);
        return true;
    }
    if (!settle(l, &a) || !settle(l, &b)) return false;
    if (a.real || b.real) {
        to_real(l, &a);
        to_real(l, &b);
    }
    *value = (RowValue){.real = a.real, .num = a.num * b.num, .den = a.den * b.den};
    value->node = row_op(l, ROW_MUL, a.node, b.node, 0, a.real);
    return true;
}

static bool arithmetic(Lowering *l, const Table *table, const Node *node, RowOp op,
                       RowValue *value) {
    RowValue a, b;
    if (!two(l, table, node, &a, &b)) return false;
    *value = a;
    value->constant = false;
    bool compares = op == ROW_EQ || op == ROW_NE || op == ROW_LT || op == ROW_LE;
    value->node = row_op(l, op, a.node, b.node, 0, !compares && a.real);
    if (compares) *value = (RowValue){.node = value->node, .num = 1, .den = 1};
    return true;
}

static bool selection(Lowering *l, const Table *table, const Node *node, RowValue *value) {
    RowValue condition, a, b;
    if (!lower_row_value(l, table, node->args[0], &condition)) return false;
    if (!lower_row_value(l, table, node->args[1], &a) ||
        !lower_row_value(l, table, node->args[2], &b))
        return false;
    align(l, &a, &b);
    *value = a;
    value->constant = false;
    value->node = row_op(l, ROW_SELECT, condition.node, a.node, b.node, a.real);
    return true;
}

static bool unary(Lowering *l, const Table *table, const Node *node, RowOp op, RowValue *value) {
    if (!lower_row_value(l, table, node->args[0], value) || !settle(l, value)) return false;
    bool real = op == ROW_NEG && value->real;
    value->node = row_op(l, op, value->node, 0, 0, real);
    if (op != ROW_NEG) *value = (RowValue){.node = value->node, .num = 1, .den = 1};
    return true;
}

static bool operation(Lowering *l, const Table *table, const Node *node, RowValue *value) {
    switch ((Opcode)node->op) {
    case OPCODE_EQ: return arithmetic(l, table, node, ROW_EQ, value);
    case OPCODE_NE: return arithmetic(l, table, node, ROW_NE, value);
    case OPCODE_LT: return arithmetic(l, table, node, ROW_LT, value);
    case OPCODE_LE: return arithmetic(l, table, node, ROW_LE, value);
    case OPCODE_AND: return arithmetic(l, table, node, ROW_AND, value);
    case OPCODE_OR: return arithmetic(l, table, node, ROW_OR, value);
    case OPCODE_ADD: return arithmetic(l, table, node, ROW_ADD, value);
    case OPCODE_SUB: return arithmetic(l, table, node, ROW_SUB, value);
    case OPCODE_OR_ELSE: return arithmetic(l, table, node, ROW_OR_ELSE, value);
    case OPCODE_MUL:
    case OPCODE_DIV: return product(l, table, node, value);
    case OPCODE_NEG: return unary(l, table, node, ROW_NEG, value);
    case OPCODE_NOT: return unary(l, table, node, ROW_NOT, value);
    case OPCODE_IS_ABSENT: return unary(l, table, node, ROW_IS_MISSING, value);
    case OPCODE_SELECT: return selection(l, table, node, value);
    default: return cannot(l, node, "this");
    }
}

static bool date_code(Lowering *l, const Table *table, const Node *node, RowValue *value) {
    if (!lower_row_value(l, table, node->args[0], value)) return false;
    value->node =
        add_row(l, (RowNode){.op = (uint8_t)node->op, .a = value->node, .value = node->integer});
    value->num = value->den = 1;
    return true;
}

/* The strata of a ranking as one code: mixed radix, as cells are counted. */
static uint32_t stratum_code(Lowering *l, const Table *table, const Node *node, uint32_t *count) {
    uint32_t code = row_const(l, 0);
    *count = 1;
    for (int i = 0; i < node->dim_count; i++) {
        Node *own = dim_row_code(l->c, table, node->dims[i]);
        uint32_t row = own ? lower_row(l, table, own) : MODULE_NONE;
        uint32_t members = l->module->dims.items[node->dims[i]].member_count;
        if (row == MODULE_NONE) return MODULE_NONE;
        if (members && *count > (1u << 20) / members) {
            cannot(l, node, "a ranking within more than a million strata");
            return MODULE_NONE;
        }
        *count *= members;
        uint32_t before = row_op(l, ROW_MUL, code, row_const(l, members), 0, false);
        code = i ? row_op(l, ROW_ADD, before, row, 0, false) : row;
    }
    return code;
}

static uint32_t add_ranking(Lowering *l, const RowRanking *ranking) {
    for (uint32_t i = 0; i < l->module->rankings.count; i++) {
        const RowRanking *other = &l->module->rankings.items[i];
        if (other->table == ranking->table && other->value == ranking->value &&
            other->stratum == ranking->stratum && other->groups == ranking->groups &&
            other->highest_first == ranking->highest_first)
            return i;
    }
    VEC_PUSH(l->module->arena, &l->module->rankings, *ranking);
    return l->module->rankings.count - 1;
}

/* Thresholds are made among the people; a row, of a person or an event, is looked up in them. */
static bool ranked_group(Lowering *l, const Table *table, const Node *node, RowValue *value) {
    RowRanking ranking = {
        .table = node->ranked->index, .groups = node->groups, .highest_first = node->highest_first};
    RowValue own, among;
    uint32_t count;
    if (!lower_row_value(l, node->ranked, node->args[0], &among) || !settle(l, &among))
        return false;
    ranking.value = among.node;
    ranking.stratum = stratum_code(l, node->ranked, node, &ranking.stratum_count);
    if (!lower_row_value(l, table, node->args[0], &own) || !settle(l, &own)) return false;
    uint32_t stratum = stratum_code(l, table, node, &count);
    if (ranking.stratum == MODULE_NONE || stratum == MODULE_NONE) return false;
    *value = (RowValue){.num = 1, .den = 1};
    value->node = row_op(l, ROW_RANKED, own.node, stratum, add_ranking(l, &ranking), false);
    return true;
}

/* A code, or a number in the scale its table holds it in. */
static bool looked_up(Lowering *l, const Table *table, const Node *node, RowValue *value) {
    if (!lower_row_value(l, table, node->args[0], value) || !settle(l, value)) return false;
    uint32_t row = row_op(l, ROW_TABLE, value->node, node->member, 0, false);
    if (node->integer) row = row_op(l, ROW_ADD, row, row_const(l, node->integer), 0, false);
    *value = (RowValue){.node = row, .num = 1, .den = 1};
    if (!node->scale_den) return true;
    value->num = node->scale_num;
    value->den = node->scale_den;
    return true;
}

static bool fresh_row_value(Lowering *l, const Table *table, const Node *node, RowValue *value) {
    *value = (RowValue){.num = 1, .den = 1};
    switch (node->sort) {
    case NODE_CONST: return const_value(l, node, value);
    case NODE_COLUMN: return column_value(l, table, node, value);
    case NODE_OP: return operation(l, table, node, value);
    case NODE_ROW_DATE: return date_code(l, table, node, value);
    case NODE_RANKED: return ranked_group(l, table, node, value);
    case NODE_ROW_TABLE: return looked_up(l, table, node, value);
    case NODE_REDUCE:
    case NODE_INDEX:
    case NODE_STACK:
    case NODE_CALL:
    case NODE_TOTAL:
    case NODE_AT:
    case NODE_BY:
    case NODE_AGG:
    case NODE_TEXT:
    case NODE_FORMAT: break;
    }
    return cannot(l, node, "an aggregate, a series or a text");
}

/* Conditions share parts: each is made once for a table. */
bool lower_row_value(Lowering *l, const Table *table, const Node *node, RowValue *value) {
    uint64_t found, key = lower_key(node, table->index);
    if (hashmap_get(&l->row_memo, key, &found)) {
        if (found == MODULE_NONE) return false;
        *value = l->row_values.items[found];
        return true;
    }
    if (!fresh_row_value(l, table, node, value)) {
        hashmap_put(&l->row_memo, key, MODULE_NONE);
        return false;
    }
    hashmap_put(&l->row_memo, key, l->row_values.count);
    VEC_PUSH(l->c->arena, &l->row_values, *value);
    return true;
}

uint32_t lower_row(Lowering *l, const Table *table, const Node *node) {
    RowValue value;
    if (!lower_row_value(l, table, node, &value) || !settle(l, &value)) return MODULE_NONE;
    return value.node;
}
