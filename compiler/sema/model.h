/* What a plan means: kinds, declarations, typed values. The tree says what was written; here
 * every name is resolved, every unit known, and everything that can be decided without data is
 * decided. What remains are nodes, which lowering turns into instructions. */
#ifndef COMPILER_SEMA_MODEL_H
#define COMPILER_SEMA_MODEL_H

#include "compiler/sema/unit.h"
#include "compiler/syntax/tree.h"
#include "runtime/base/diag.h"
#include "runtime/base/hashmap.h"
#include "runtime/bytecode/module.h"

typedef struct Node Node;
typedef struct Decl Decl;
typedef struct Kind Kind;
typedef struct Clause Clause;
typedef struct ClauseSpec ClauseSpec;
typedef struct Value Value;
typedef struct Table Table;

/* ---- Types -------------------------------------------------------------------------- */

typedef enum {
    TYPE_BOOL,
    TYPE_QUANTITY,
    TYPE_DATE,
    TYPE_YEAR,
    TYPE_CODE,
    TYPE_TEXT,
    TYPE_ABSENT
} BaseType;

typedef enum { PRICE_NONE, PRICE_CASH, PRICE_REAL } PriceBase;

typedef struct {
    BaseType base;
    Unit unit;
    bool bare;       /* a number written without a unit: takes the unit it meets in a comparison */
    bool percent;    /* written or measured as a percentage */
    bool points;     /* a difference of percentages: 3pp */
    bool real;       /* doubles: rests on people; else exact */
    bool measure;    /* a function of the grouping asked for */
    bool row;        /* a value of one person or event: only inside an aggregate */
    bool identifier; /* a key: not even there */
    bool estimate;   /* carries an interval */
    Span because;    /* where it has its unit or price from; SPAN_NONE: nowhere in particular */
    PriceBase price;
    int32_t price_year; /* PRICE_REAL: at prices of; PRICE_CASH: 0 */
    /* of rows: what a number written without a unit is worth beside it, in canonical units: 100
     * beside a column of pence is a pound. 0: as much as it says */
    int64_t worth_num, worth_den;
    uint16_t code_dim;  /* TYPE_CODE */
    uint8_t dim_count;  /* dims the value has whatever the grouping */
    uint16_t dims[MODULE_MAX_DIMS];
} Type;

/* ---- Nodes: what is left to compute ------------------------------------------------- */

typedef enum {
    NODE_CONST,  /* constant */
    NODE_OP,     /* opcode, args: an element-wise instruction */
    NODE_REDUCE, /* opcode over dims of args[0] */
    NODE_INDEX,  /* args[0] at member `member` of dims[0] */
    NODE_STACK,  /* args, one a member of dims[0] */
    NODE_CALL,   /* native, args, dims: measures among args are taken with dims added */
    NODE_TOTAL,  /* args[0] without dims, repeated along them */
    NODE_AT,     /* args[0] at the period `year` */
    NODE_BY,     /* the measure args[0] as an array over dims */
    NODE_MEASURED, /* the series `member` of the module, read from a file when it runs */
    NODE_AGG,    /* agg over table rows that pass the filters, of args[0] where there is one */
    NODE_TEXT,   /* args: texts, one after the other */
    NODE_FORMAT, /* args[0] as text; format */
    /* rows of people or events only */
    NODE_COLUMN,    /* column of table */
    NODE_ROW_TABLE, /* args[0] through a look-up table of module->row_tables */
    NODE_RANKED,    /* args[0] as one of `groups` of equal size, within dims */
    NODE_ROW_DATE   /* row_op (YEAR, QUARTER, MONTH, WEEK) of args[0], less `integer` */
} NodeSort;

struct Node {
    uint8_t sort; /* NodeSort */
    uint8_t dim_count;
    uint16_t op;         /* Opcode; NODE_CALL: native; NODE_ROW_DATE: RowOp */
    bool when_condition; /* NODE_OP: a `when`: taken as true where nothing is known */
    uint32_t arg_count;
    Span span;
    Node **args;
    Node **levels; /* an estimate: further levels of confidence that it is asked for at */
    uint32_t level_count;
    Type type;
    uint16_t dims[MODULE_MAX_DIMS];
    union {
        ModuleConst constant; /* NODE_CONST */
        struct {
            uint32_t member; /* NODE_INDEX; NODE_ROW_TABLE: table; NODE_FORMAT: format */
            uint16_t unit;   /* NODE_FORMAT: module unit */
            int64_t integer; /* NODE_AT: year; NODE_ROW_DATE: origin; NODE_OP POW: exponent;
                                NODE_ROW_TABLE: added to what is looked up */
            int64_t scale_num, scale_den; /* NODE_ROW_TABLE of numbers: canonical = value * num /
                                             den; 0: a code */
        };
        struct {
            const Table *table; /* NODE_AGG: counted; NODE_COLUMN: read */
            uint32_t column;
            AggSort agg;
            uint32_t filter_count;
            Node **filters;
            Slice text;       /* NODE_AGG: in the plan's words */
            bool person_time; /* AGG_ROWS: times the length of the period */
            uint8_t spread;   /* AGG_ORDERED: SpreadSort; args: value, parameter, rank */
        };
        struct {
            const Table *ranked; /* NODE_RANKED: among the people of this table */
            uint32_t groups;
            bool highest_first;
        };
    };
};

/* ---- Values: what an expression came to --------------------------------------------- */

typedef enum {
    VALUE_POISON, /* wrong, and said so */
    VALUE_NODE,
    VALUE_MISSING, /* not stated */
    VALUE_DECL,
    VALUE_CLAUSE, /* one clause of a declaration: its value, with labels as members */
    VALUE_LIST,
    VALUE_CHOICE,  /* a word of a closed set */
    VALUE_KIND,    /* all declarations of a kind */
    VALUE_PEOPLE,  /* people or events: a table and conditions */
    VALUE_DIMS,    /* dimensions */
    VALUE_CHANGE,  /* a change from a baseline */
    VALUE_DISPLAY, /* how a number is shown: per 100_000 person_years */
    VALUE_RANGE,   /* from .. to */
    VALUE_LIBRARY, /* a library's name: esp2013 */
    VALUE_UNKNOWN, /* unknown until … because … */
    VALUE_PAIRS    /* [k: v, …] before its use decides what it is */
} ValueSort;

typedef VEC(Value *) ValueList;

typedef struct {
    Value *key;
    Value *value;
} ValuePair;

/* How a number is shown. */
typedef struct {
    Exact scale; /* per how many */
    Unit unit;
} Display;

struct Value {
    ValueSort sort;
    Span span;
    Node *node; /* NODE, UNKNOWN; CHANGE: the amount; DIMS: a row's member, where there is one */
    union {
        Decl *decl;
        Clause *clause;
        Kind *kind;
        ValueList list;
        VEC(ValuePair) pairs;
        Display *display;
        bool relative; /* CHANGE: of the baseline; else absolute */
        struct {
            Atom word;        /* CHOICE, LIBRARY */
            const Expr *type; /* CHOICE, MISSING: the set it is of, where that is known */
        };
        struct {
            Value *from, *to; /* RANGE */
        };
        struct {
            const Table *table; /* PEOPLE: counted; DIMS: split */
            uint8_t dim_count;  /* DIMS */
            uint32_t filter_count;
            union {
                uint16_t dims[MODULE_MAX_DIMS]; /* DIMS */
                struct {
                    Node **filters; /* PEOPLE */
                    Slice text;     /* PEOPLE: in the plan's words */
                };
            };
        };
    };
};

/* ---- Kinds -------------------------------------------------------------------------- */

typedef enum {
    CLAUSE_REQUIRED,
    CLAUSE_OPTIONAL,
    CLAUSE_SEVERAL,
    CLAUSE_REPEATED,
    CLAUSE_DERIVED
} Cardinality;

typedef struct {
    Atom label;
    Expr *type;
    bool may_miss;
    Span span;
} LabelSpec;

struct ClauseSpec {
    Atom name;
    Cardinality cardinality;
    Expr *type;    /* NULL: only labels */
    bool may_miss; /* the value may be left out where a label gives it */
    VEC(LabelSpec) labels;
    Expr *fallback; /* `= default` */
    Expr *derived;  /* CLAUSE_DERIVED */
    Slice doc;
    Span span;
    Kind *kind;
};

/* What the compiler itself gives meaning to; everything else is SORT_PLAIN. */
typedef enum {
    SORT_PLAIN,
#define CORE(name, text, prose) SORT_##name,
#include "compiler/sema/core.def"
#undef CORE
    SORT_COUNT
} DeclSort;

struct Kind {
    Atom name;
    Slice title;
    Slice doc;
    DeclSort sort;
    bool builtin;     /* of the compiler itself: let, rule, allow … */
    VEC(Atom) within; /* empty: top level */
    bool anywhere;    /* may stand in any block */
    bool local;       /* declared within a kind: names belong to the parent */
    ClauseSpec head;  /* labels before the definition; type after "=" or ":" */
    bool head_colon;  /* the definition follows ":" */
    VEC(ClauseSpec *) clauses;
    VEC(Decl *) decls; /* instances in order */
    Value *items;      /* the same as a list, once asked for */
    uint32_t file;     /* where it is declared */
    Span span;
};

/* ---- Declarations ------------------------------------------------------------------- */

typedef enum { STATE_NEW, STATE_BUSY, STATE_DONE } WorkState;

typedef struct {
    const LabelSpec *spec;
    const Phrase *phrase;
    ValueList values;
} ClauseLabel;

/* One clause as written; values are elaborated when first asked for. */
struct Clause {
    const ClauseSpec *spec;
    Decl *decl;
    const Item *item;
    const ExprList *exprs; /* the values as written; NULL: none */
    ValueList values;
    VEC(ClauseLabel) labels;
    bool misspelt;    /* its word is one near to the clause's, and that was said */
    bool mislabelled; /* has a label that it does not take, and that was said */
    WorkState state;
    Value *value; /* what it comes to, once asked for */
    Span span;
};

struct Decl {
    Kind *kind;
    const Item *item;
    Atom name;
    Slice title;
    Span name_span;
    Decl *parent;
    uint32_t unit_index;   /* which file it stands in: index in Compilation.files */
    uint32_t index;        /* in Compilation.decls */
    VEC(Clause *) clauses; /* as written, the head first where the kind has one */
    Clause *head;
    VEC(Decl *) children;
    Slice path;
    bool library; /* declared by the standard library */
    bool used;
    WorkState state;
    Value *self;  /* itself as a value, once asked for */
    Value *value; /* let, table, segment, dimension, population: what it stands for */
    Table *table; /* population, events */
    struct FnSpec *fn;
    struct Geography *geography; /* geography: its levels and areas */
};

typedef struct FnParam {
    Atom name;
    Expr *type; /* NULL: any */
    Atom label; /* ATOM_NONE: by position */
    bool is_list;
} FnParam;

/* A function of the language: with a body, or native. */
typedef struct FnSpec {
    VEC(FnParam) params;
    bool good;    /* well-formed */
    Expr *result; /* natives */
    Slice native;
    Expr *body;
} FnSpec;

/* ---- People ------------------------------------------------------------------------- */

typedef struct {
    Atom name;
    Type type;                    /* row type */
    uint32_t column;              /* in the module's table */
    int64_t scale_num, scale_den; /* canonical = held * num / den */
    const Decl *geography;        /* category of its finest level */
    bool unknown_member;          /* `or missing as unknown` */
    uint16_t unknown_dim;         /* then its members and `unknown` */
    bool broken;                  /* its type is wrong, and said so */
    Span span;
} TableColumn;

struct Table {
    Decl *decl;
    uint32_t index; /* in the module */
    bool events;
    const Table *population; /* events: of whom */
    VEC(TableColumn) columns;
    Unit unit;      /* counted: persons, admissions */
    Span unit_span; /* where that is said */
    uint32_t dated; /* column or MODULE_NONE */
};

#endif
