/* Typed nodes to a module. The files of this folder share one Lowering: rows.c makes row
 * expressions, code.c instructions, decls.c what a report needs, rules.c requirements. */
#ifndef COMPILER_LOWER_LOWER_H
#define COMPILER_LOWER_LOWER_H

#include "compiler/sema/clauses.h"
#include "compiler/sema/pool.h"
#include "compiler/sema/sema.h"

/* What a measure is asked for: by which dimensions, at which financial year (0: the year of
 * the latest snapshot). */
typedef struct {
    uint8_t dim_count;
    uint16_t dims[MODULE_MAX_DIMS];
    int32_t year;
} Context;

typedef struct {
    Compilation *c;
    Module *module;
    Scope at;              /* the declaration being lowered, for messages */
    HashMap memo;          /* node and context → register */
    VEC(Context) contexts; /* interned */
    HashMap row_memo;      /* node and table → place in row_values */
    VEC(struct RowValue) row_values;
    Pool consts, rows, queries;
    HashMap splits;     /* measure and dimension → whether it can be split by it */
    HashMap decl_index; /* Decl.index + 1 → declaration of the module */
    uint32_t depth;     /* of nodes within nodes */
} Lowering;

/* A row expression with the scale that makes its integers canonical. */
typedef struct RowValue {
    uint32_t node;
    bool real;
    int64_t num, den;
    bool constant;
    Exact exact; /* constant quantities, canonical, not yet held anywhere */
} RowValue;

/* A node and a small number as one key: within a compilation only, its order means nothing. */
uint64_t lower_key(const Node *node, uint32_t context);

/* rows.c: a node over rows of `table`; MODULE_NONE after a message. */
uint32_t lower_row(Lowering *l, const Table *table, const Node *node);
bool lower_row_value(Lowering *l, const Table *table, const Node *node, RowValue *value);
uint32_t row_and(Lowering *l, uint32_t a, uint32_t b);
uint32_t row_const(Lowering *l, int64_t value);
uint32_t row_op(Lowering *l, RowOp op, uint32_t a, uint32_t b, uint32_t c, bool real);

/* code.c: a node in a context; MODULE_NONE after a message. */
Reg lower_node(Lowering *l, const Node *node, const Context *context);
Reg emit(Lowering *l, Opcode op, uint32_t a, uint32_t b, uint32_t c, Span span);
Reg emit_const(Lowering *l, ModuleConst constant, Span span);
Reg emit_variadic(Lowering *l, Opcode op, uint32_t a, const uint32_t *args, uint32_t count,
                  Span span);

/* people.c: an aggregate over people or events in a context. */
/* Whether the table's rows can be told apart by the dimension. */
bool splits_by(Lowering *l, const Table *table, uint16_t dim);
Reg lower_aggregate(Lowering *l, const Node *node, const Context *context);

/* days.c: says where the aggregate, of that year, asks for days outside it. */
void days_check_year(Lowering *l, const Node *aggregate, int32_t year);

/* decls.c */
void lower_decls(Lowering *l);
void lower_outputs(Lowering *l);
/* A value as an output of the module; nothing where it has no number. */
void lower_output(Lowering *l, Slice name, Slice title, const Node *node, Span span);

/* asked.c: the expression of `scpc eval` as the output "eval". */
void lower_asked(Lowering *l, const Expr *asked);

/* rules.c */
void lower_rules(Lowering *l);

#endif
