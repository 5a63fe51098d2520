/* The meaning of a plan: loads it with its libraries, resolves names, checks clauses against
 * their kinds, and gives every value a type. The functions here are shared by the files of
 * this folder and by lowering. */
#ifndef COMPILER_SEMA_SEMA_H
#define COMPILER_SEMA_SEMA_H

#include "compiler/sema/model.h"
#include "compiler/sema/options.h"
#include "compiler/sema/pool.h"
#include "compiler/syntax/parse.h"

/* One source file of the compilation. */
typedef struct {
    Slice name;      /* "nhs.framework", "outcomes.scp" */
    Atom short_name; /* esp2013: the name its values are known by; ATOM_NONE for the plan's own */
    File *tree;
    uint32_t source;
    bool library; /* of the standard library */
    bool prelude; /* known without `use` */
    bool loading;
    VEC(uint32_t) uses;
} LoadedFile;

typedef struct {
    Slice root;            /* the plan's folder */
    uint64_t file_limit;   /* bytes a source file; 0: 1 MiB */
    uint32_t import_limit; /* files; 0: 256 */
    uint32_t depth_limit;  /* imports within imports; 0: 16 */
    bool has_as_of;
    int32_t as_of;           /* overrides the plan's */
    const CompileData *data; /* --data for geographies */
    uint32_t data_count;
} SemaOptions;

typedef struct {
    Atom name;
    Value *value;
} Binding;

typedef struct Compilation {
    Arena *arena;
    Interner *interner;
    SourceMap *sources;
    DiagBag *diags;
    SemaOptions options;
    ParseContext parse;
    Module *module;
    UnitTable units;
    VEC(LoadedFile) files;
    VEC(Kind *) kinds;
    HashMap kind_names; /* atom → Kind* */
    VEC(Decl *) decls;  /* parents before children */
    HashMap names;      /* atom → Decl*: top-level kinds, wherever they stand */
    HashMap members;    /* parent (decl index + 1) and atom → Decl*: what stands within it */
    HashMap tops;       /* file and atom → Decl*: what stands at its top */
    HashMap kept;       /* declaration and atom → Value*: what it says by that clause or kind */
    HashMap lost;       /* atoms: names of items that could not be read */
    Pool dim_pool;      /* of module->dims */
    HashMap row_codes;  /* table and dimension → Node*: how a row comes to its member */
    VEC(Decl *) rules, allows, fns;
    HashMap fn_names;   /* atom → Decl* */
    HashMap form_names; /* atom → place in forms.def */
    Decl *plan;
    bool plan_is_library;                /* a file without a plan item: checked as a library */
    int32_t horizon_first, horizon_last; /* 0: no plan */
    int32_t price_year;
    uint16_t horizon_dim; /* fy over the horizon; UINT16_MAX: none */
    bool has_horizon;
    bool data_missing; /* a geography's file could not be read: exit status 3 */
    uint32_t depth;    /* of elaboration */
    uint32_t steps;    /* expressions elaborated */
    uint32_t unfolded; /* function bodies within the call that is being elaborated */
    const Decl *at;    /* being read: the heading of messages that know no scope */
    VEC(Span) busy;    /* names of what is being defined, from without inwards */
    bool limit_said;
    bool prices_said;
    Value *decided[2]; /* false and true, where they were decided here */
} Compilation;

/* What surrounds an expression. */
typedef struct Scope {
    const struct Scope *outer;
    Binding *bindings;
    uint32_t binding_count;
    Decl *self;        /* the declaration it stands in; its children are known bare */
    bool members;      /* self's clauses are known bare: in derived clauses */
    const Table *rows; /* inside `where` and aggregates: columns are known bare */
    uint32_t file;     /* index in files */
    /* The outermost scope of a function's body, or of a library's rule: messages point at the
     * call, or at the declaration that the rule speaks of, and at the body as related. */
    const struct Scope *caller;
    Span call_span; /* SPAN_NONE: no body */
    Slice call_name;
} Scope;

/* ---- load.c: files and libraries ---------------------------------------------------- */
bool sema_load(Compilation *c, Slice path, Slice text);
/* "nhs.esp2013": the name of the library at that place of scp_stdlib_files. */
Slice library_name(Compilation *c, size_t index);
uint32_t file_at(const Compilation *c, Span span);
/* Whether what `file` declares is known in `from`: the files of a plan are one, a library is
 * known where it is used. */
bool file_sees(const Compilation *c, uint32_t from, uint32_t file);

/* ---- kinds.c: kinds, units, functions as data --------------------------------------- */
void sema_read_kinds(Compilation *c);
Kind *kind_find(const Compilation *c, Atom name);
const ClauseSpec *kind_clause(const Kind *kind, Atom name);
/* A unit written as an expression: `persons * years`, `100_000 person_years`. */
bool unit_of_expr(Compilation *c, const Expr *expr, Unit *unit, Exact *scale);
Kind *kind_of_sort(const Compilation *c, DeclSort sort);

/* ---- declare.c: declarations and their clauses against their kinds ------------------ */
void sema_declare(Compilation *c);
Decl *decl_find(const Compilation *c, Atom name);
Decl *decl_child(const Compilation *c, const Decl *decl, Atom name);
/* Declared at the top of that file. */
Decl *decl_in_file(const Compilation *c, uint32_t file, Atom name);
Clause *decl_clause(const Decl *decl, Atom name); /* first of that name; NULL */
const Phrase *item_phrase(const PhraseList *phrases, Atom label);

/* ---- people.c: populations, events, dimensions, geographies ------------------------- */
void sema_declare_plan(Compilation *c);
void sema_declare_people(Compilation *c);
uint16_t dim_intern(Compilation *c, const ModuleDim *dim);
uint16_t dim_years(Compilation *c, int32_t first, int32_t last);
/* The code of dimension `dim` for rows of `table`: a row node; NULL where it cannot be split. */
Node *dim_row_code(Compilation *c, const Table *table, uint16_t dim);
/* Whether more than one column could tell the member: then that is said. */
bool dim_ambiguous(Compilation *c, const Scope *scope, const Table *table, uint16_t dim, Span span);
/* The dimension a bare word names for `table` (NULL: any table); false where none. */
bool dim_resolve(Compilation *c, const Scope *scope, const Table *table, const Expr *expr,
                 uint16_t *dim);
Value *people_of(Compilation *c, Decl *decl);
/* The periods of that sort (DIM_YEAR to DIM_WEEK) that lie wholly within the days; of years at
 * least one. */
uint16_t dim_periods(Compilation *c, DimSort sort, int32_t from, int32_t to);
/* The financial years that data stand for: of snapshots and covered events. */
uint16_t dim_data_years(Compilation *c);
/* periods.c: the year a measure is of where nothing names one: the latest for which there are
 * people and whole events of theirs; where there is none, that of the latest people. */
int32_t data_usual_year(const Compilation *c, const Table *table);
/* Why the table says nothing of a financial year; empty where it does. */
Slice data_lacking(Compilation *c, const Table *table, int32_t year);
const TableColumn *people_column(const Table *table, Atom name);

/* ---- elaborate.c: expressions to values --------------------------------------------- */
Value *elaborate(Compilation *c, const Scope *scope, const Expr *expr);
Node *elaborate_node(Compilation *c, const Scope *scope,
                     const Expr *expr); /* NULL after a message */
/* The table whose rows are asked about; NULL outside `where` and aggregates. */
const Table *scope_rows(const Scope *scope);
/* What a condition came to before any data: where it is open, a node decides. */
typedef enum { TRUTH_POISON, TRUTH_FALSE, TRUTH_TRUE, TRUTH_ABSENT, TRUTH_OPEN } Truth;
Truth elaborate_truth(Compilation *c, const Scope *scope, const Expr *expr, Node **open);
Node *elaborate_condition(Compilation *c, const Scope *scope, const Expr *expr);
/* The value with clauses read as what they hold: nothing, one value, or a list. */
Value *elaborate_value(Compilation *c, const Scope *scope, const Expr *expr);
Value *value_strip(Compilation *c, Value *value);
bool fold_bool(const Node *node, bool *truth); /* constant and present */
/* A value used as a number at `span`; NULL after a message. */
Node *value_node(Compilation *c, const Scope *scope, Value *value, Span span);
Value *value_of_decl(Compilation *c, Decl *decl, Span span);
Value *value_of_clause(Compilation *c, Clause *clause);
Node *index_member(Compilation *c, Node *node, uint16_t dim, uint32_t member, Span span);
Value *value_member(Compilation *c, const Scope *scope, Value *base, Atom member, Span span);
bool fn_declare(Compilation *c, Decl *decl);
/* All functions: well-formed, and none calls itself. */
void sema_check_fns(Compilation *c);

/* ---- literals.c --------------------------------------------------------------------- */
/* A date as written; of a month or a quarter its last day, which is what it means as a deadline.
 * False for everything else. */
bool expr_deadline(const Expr *expr, int32_t *day);

/* ---- operators.c -------------------------------------------------------------------- */
Node *operate(Compilation *c, const Scope *scope, Operator op, Node *a, Node *b, Span span);
/* The operator of `expr` on its two sides: messages point at it and at them. */
Node *operate_as_written(Compilation *c, const Scope *scope, const Expr *expr, Node *a, Node *b);
/* Whether an array given to a rate (weights) has only members of what that is taken across. */
bool across_agree(Compilation *c, const Scope *scope, const Node *given, const Node *taken,
                  Span span);
/* Whether two amounts of one list go together; `year` (or NULL) is the key of the second. */
bool listed_agree(Compilation *c, const Scope *scope, const Node *first, const Node *next,
                  const Node *year);
Node *coerce_bare(Compilation *c, Node *node, const Type *to);
Node *node_select(Compilation *c, const Scope *scope, Node *condition, Node *a, Node *b, Span span);
Node *node_or_else(Compilation *c, const Scope *scope, Node *a, Node *b, Span span);

/* ---- calls.c: functions, aggregates and the forms of the language ------------------- */
/* The names of forms.def. */
void forms_declare(Compilation *c);
Value *elaborate_call(Compilation *c, const Scope *scope, const Expr *expr);
/* [FY2026/27: …] as an array over the horizon; other keys stay pairs. */
/* A measure as an array over dims. */
Node *measure_by(Compilation *c, Node *measure, const uint16_t *dims, int count, Span span);
Value *keyed_array(Compilation *c, const Scope *scope, Value *pairs);
/* ( estimate at 99.8% ) */
Value *at_confidence(Compilation *c, const Scope *scope, const Expr *estimate, const Phrase *at);
/* The level of an estimate's limits, and the further ones it is asked for at; NULL, 0: none. */
const Node *estimate_level(const Node *node);
uint32_t estimate_levels(const Node *node, Node ***levels);
/* The estimate anew with other limits, also where it was asked for by a dimension, at a year or of
 * a member; NULL where the node is none whose limits can be made anew. */
Node *estimate_at(Compilation *c, Node *node, Node *confidence);
Value *narrow_people(Compilation *c, const Scope *scope, Value *people, const Phrase *where);

/* ---- clauses.c: clause values against their types ----------------------------------- */
void elaborate_clause(Compilation *c, Clause *clause);
void sema_elaborate_all(Compilation *c);
const ClauseLabel *clause_label(Compilation *c, Clause *clause, Atom label);

/* ---- advice.c ----------------------------------------------------------------------- */
/* "`left.amount`": the clauses of a declaration that hold a number, as they are asked for; empty
 * where none does. */
Slice decl_numbers(Compilation *c, const Decl *decl);

/* ---- node.c: making nodes and values ------------------------------------------------ */
Node *node_new(Compilation *c, NodeSort sort, Type type, Span span);
Node *node_op(Compilation *c, Opcode op, Type type, Span span, Node *a, Node *b, Node *d);
Node *node_exact(Compilation *c, Exact value, Span span);
Node *node_bool(Compilation *c, bool truth, Span span);
Node *node_text(Compilation *c, Slice text, Span span);
Node *node_date(Compilation *c, int32_t days, Span span);
Node *node_year(Compilation *c, int32_t year, Span span);
Node *node_code(Compilation *c, uint16_t dim, uint32_t member, Span span);
Node *node_absent(Compilation *c, BaseType base, int reason, Slice note, Span span);
Type type_of(BaseType base);
void type_join(Type *type, const Type *other); /* labels, dims, people: what a result inherits */
Value *value_new(Compilation *c, ValueSort sort, Span span);
Value *value_from_node(Compilation *c, Node *node);
Value *value_poison(Compilation *c);
Value *decl_itself(Compilation *c, Decl *decl); /* the declaration itself, not what it stands for */
Slice type_text(const Compilation *c, const Type *type);
/* "a number of years": for sentences that say what something is. */
Slice type_phrase(const Compilation *c, const Type *type);
Slice value_text(Compilation *c, const Value *value); /* what it is, in the plan's words */
uint16_t unit_for(Compilation *c, const Type *type,
                  const Display *display); /* NULL: the unit's own */
bool node_equal(const Node *a, const Node *b);

/* ---- report.c: messages ------------------------------------------------------------- */
Diag *sema_error(Compilation *c, const Scope *scope, DiagName name, Span span, const char *format,
                 ...) __attribute__((format(printf, 5, 6)));
/* "did you mean": the nearest of the candidates, or an empty slice. */
typedef struct {
    Slice wanted;
    Slice best;
    size_t distance;
} Nearest;
/* Says that what is defined at `span` is defined by way of itself, and by what way. */
void circular(Compilation *c, Span span, Slice name, Slice path);
void nearest_offer(Nearest *nearest, Slice candidate);
/* A member of a set as it is written opposite it: a word, a number, or a text between quotes. */
Slice member_written(const Compilation *c, Slice member);
void nearest_fix(Compilation *c, Diag *diag, Span span, const Nearest *nearest);
/* The fix that makes a library known in a file of the plan. */
void use_fix(Compilation *c, Diag *diag, uint32_t file, Slice library);
/* Whether an unknown name was lost to a mistake that was said. */
bool name_lost(const Compilation *c, Atom name);
Slice word(const Compilation *c, Atom atom);
Slice with_article(const Compilation *c, Atom atom); /* an intention, a kpi */
Slice quoted(const Compilation *c, Span span);       /* source text, shortened */

#endif
