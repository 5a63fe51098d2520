/* A compiled plan: what the compiler writes, the verifier checks, and the runtime evaluates
 * without the source. It holds no data about people.
 *
 * Code is one straight line of instructions in single assignment: instruction i defines
 * register i, and reads only registers below i. There are no jumps, loops or calls of code,
 * so every module ends by construction; what would repeat was unrolled by the compiler over
 * declarations, dimensions or financial years. Every register is a labelled array whose
 * element type and dimensions are known statically. */
#ifndef RUNTIME_BYTECODE_MODULE_H
#define RUNTIME_BYTECODE_MODULE_H

#include "runtime/base/exact.h"
#include "runtime/base/span.h"
#include "runtime/base/status.h"
#include "runtime/base/vec.h"

#define MODULE_NONE UINT32_MAX /* "no register", "no declaration", … */
#define MODULE_MAX_DIMS 8
#define COLUMN_MONEY_SCALE 100 /* COLUMN_MONEY is declared in pounds and held in pence */

typedef uint32_t Reg;

/* ---- Types --------------------------------------------------------------------------- */

typedef enum {
    ELEM_BOOL,  /* true, false */
    ELEM_REAL,  /* double; everything that comes from people */
    ELEM_EXACT, /* Exact; money and numbers written in the plan */
    ELEM_DATE,  /* days since 1970-01-01 */
    ELEM_YEAR,  /* financial year by its first calendar year */
    ELEM_CODE,  /* member of a dimension, from 0; RegType.code_dim says which */
    ELEM_TEXT
} ElemType;

/* open ⊑ released ⊑ aggregate: person-level values never reach a register. */
typedef enum { LABEL_OPEN, LABEL_RELEASED, LABEL_AGGREGATE } SensitivityLabel;

typedef struct {
    uint8_t elem;     /* ElemType */
    uint8_t label;    /* SensitivityLabel */
    uint8_t estimate; /* 1: carries limits, numerator and denominator (ELEM_REAL only) */
    uint8_t dim_count;
    uint16_t dims[MODULE_MAX_DIMS]; /* row-major: the last varies fastest; no dim twice */
    uint16_t code_dim;              /* ELEM_CODE: the dimension it is a member of */
} RegType;

/* How a value is shown and what it is called. Registers hold canonical values (people,
 * pounds, years, 0.125 for 12.5%); a printed value is canonical * num / den. */
typedef enum { UNIT_PLAIN, UNIT_PERCENT, UNIT_MONEY, UNIT_POINTS } UnitSort;

typedef struct {
    Slice label; /* "admissions per 100000 person_years", "percent", "gbp", "" */
    Slice prose; /* "per 100,000 person-years", "%", "£": for readers of the report */
    UnitSort sort;
    int64_t num, den; /* both > 0 */
    bool whole;       /* a count: whole numbers */
    int32_t price_year; /* UNIT_MONEY at prices of that financial year; 0: cash */
} ModuleUnit;

typedef enum { DIM_CATEGORY, DIM_BAND, DIM_GEOGRAPHY, DIM_YEAR, DIM_QUARTER, DIM_MONTH, DIM_WEEK, DIM_LIST } DimSort;

typedef struct {
    Slice name;  /* as written in the plan: "place", "fy" */
    Slice title; /* for readers; the name where there is none */
    DimSort sort;
    bool ordered;
    uint32_t member_count;
    Slice *members; /* codes: "0-4", "FY2026/27", "north" */
    Slice *titles;  /* for readers: "0 to 4", "2026/27", "North" */
    int32_t first;  /* DIM_YEAR: first calendar year of member 0; others: 0 */
} ModuleDim;

typedef enum { CONST_BOOL, CONST_REAL, CONST_EXACT, CONST_DATE, CONST_YEAR, CONST_CODE, CONST_TEXT, CONST_ABSENT } ConstSort;

typedef struct {
    ConstSort sort;
    ElemType elem;     /* CONST_ABSENT: of what it is absent */
    double real;
    Exact exact;
    int64_t integer;   /* bool, date, year, code; CONST_ABSENT: its AbsentReason */
    uint16_t dim;      /* CONST_CODE */
    Slice text;        /* CONST_TEXT; CONST_ABSENT unknown: why and until when, for readers */
} ModuleConst;

/* ---- Code ---------------------------------------------------------------------------- */

typedef enum {
#define OPCODE(name, text, a, b, c, result, prose) OPCODE_##name,
#include "runtime/bytecode/opcodes.def"
#undef OPCODE
    OPCODE_COUNT
} Opcode;

typedef struct {
    uint8_t op;      /* Opcode */
    uint32_t a, b, c; /* meaning by opcodes.def; unused ones are 0 */
    RegType type;
    Span span; /* in the concatenated sources; for `why` and messages */
} Instr;

/* ---- People: tables and stratification queries ------------------------------------------ */

typedef enum { TABLE_POPULATION, TABLE_EVENTS } TableSort;

typedef enum {
    COLUMN_IDENTIFIER, /* key; only equality by joins */
    COLUMN_INTEGER,    /* int64 in the column's own unit (years, pence, days …) */
    COLUMN_REAL,       /* double */
    COLUMN_MONEY,      /* written in pounds and pence, held as int64 pence */
    COLUMN_DATE,       /* int32 days */
    COLUMN_FLAG,       /* 0 or 1; written so, or in texts the column declares */
    COLUMN_CATEGORY    /* code into `dim` */
} ColumnSort;

/* What an identifier is held against as it is read. */
typedef enum { IDENTIFIER_ANY, IDENTIFIER_NHS_NUMBER, IDENTIFIER_LSOA } IdentifierForm;

/* How the bytes of a file are text. */
typedef enum { ENCODING_UTF_8, ENCODING_WINDOWS_1252, ENCODING_UTF_16 } TextEncoding;

/* What may stand between the fields of a file: a mark that no number, word or quoted field is made
 * of. */
static inline bool delimiter_sound(char mark) {
    return mark == '\t' || mark == ',' || mark == ';' || mark == '|' || mark == ':' ||
           mark == '~' || mark == '^' || mark == '!';
}

typedef struct {
    Slice name;
    ColumnSort sort;
    IdentifierForm form;   /* COLUMN_IDENTIFIER */
    bool may_miss;         /* an empty field is allowed */
    bool has_range;
    int64_t low, high;     /* inclusive, in held values */
    uint16_t dim;          /* COLUMN_CATEGORY: members are the written codes */
    Slice texts[2];        /* COLUMN_FLAG: what is written for no and for yes; both empty: 0 and 1 */
    Span span;
} ModuleColumn;

static inline bool column_has_texts(const ModuleColumn *column) {
    return column->texts[0].length > 0;
}

typedef struct {
    Slice file;    /* relative to the plan's folder */
    int32_t as_at; /* day; populations only */
} ModuleSnapshot;

typedef struct {
    Slice name, title;
    TableSort sort;
    TextEncoding encoding; /* of its files */
    char delimiter;        /* between their fields; 0: a comma */
    bool headless;         /* they begin with a record: the columns are theirs, in order */
    VEC(ModuleSnapshot) snapshots; /* populations: ascending as_at; events: exactly one */
    VEC(ModuleColumn) columns;
    uint32_t key;        /* populations: the identifier column; events: the column joined on */
    uint32_t population; /* events: index of their table */
    uint32_t dated;      /* events: the date column, or MODULE_NONE */
    int32_t covers_from, covers_to; /* events: days; 0,0 where not stated */
    Slice unit;          /* "admissions" */
    Span span;
} ModuleTable;

/* A row expression: evaluated for every row, in batches. Node i reads nodes below i. Values
 * are int64 (codes, days, scaled integers, truth) or double, each with a missing mark;
 * logic is three-valued. */
typedef enum {
#define ROWOP(name, text, prose) ROW_##name,
#include "runtime/bytecode/rowops.def"
#undef ROWOP
    ROW_OP_COUNT
} RowOp;

typedef struct {
    uint8_t op;    /* RowOp */
    uint8_t real;  /* 1: the node's value is a double */
    uint32_t a, b, c;
    int64_t value; /* ROW_CONST (integers), ROW_SHIFT … */
    double number; /* ROW_CONST (reals) */
} RowNode;

/* A look-up table of a row expression: for codes or small integers `first` … `first+count-1`
 * the result code, or -1 for missing. Below: missing; above: the last entry (an open band). */
typedef struct {
    int64_t first;
    uint32_t count;
    int32_t *codes;
} RowTable;

/* Groups of equal size by value within strata, over the rows of a population: what ROW_RANKED
 * looks up. `value` and `stratum` are row nodes of that table. */
typedef struct {
    uint32_t table;
    uint32_t value;
    uint32_t stratum; /* codes 0 … stratum_count - 1 */
    uint32_t stratum_count;
    uint32_t groups;  /* codes of the result: 0 … groups - 1, the lowest values first */
    bool highest_first;
} RowRanking;

/* What SPREAD makes of the values of an ordered query. */
typedef enum {
    SPREAD_QUANTILE,
    SPREAD_GINI,
    SPREAD_CONCENTRATION,
    SPREAD_CONCENTRATION_GENERALISED,
    SPREAD_CONCENTRATION_ERREYGERS,
    SPREAD_CONCENTRATION_WAGSTAFF,
    SPREAD_CONVENIENT, /* the four forms by the convenient regression */
    SPREAD_DIRECT = SPREAD_CONVENIENT + 4, /* and by the formula itself */
    SPREAD_LORENZ = SPREAD_DIRECT + 4,
    MODULE_SPREAD_LAST = SPREAD_LORENZ
} SpreadSort;

typedef enum {
    AGG_ROWS,        /* rows that pass the filter */
    AGG_PEOPLE,      /* distinct people behind those rows */
    AGG_SUM,         /* of `value`, exact */
    AGG_SUM_SQUARES, /* of `value`, exact for integers */
    AGG_SUM_SQUARED_EVENTS, /* over people: (rows of that person in the cell) squared; the
                              variance of standardised rates for people who recur */
    AGG_ORDERED /* every value itself, in order of `rank` and value: read by SPREAD alone */
} AggSort;

typedef struct {
    uint32_t table;
    uint32_t snapshot; /* of the population the rows or their people are in */
    uint32_t filter;   /* row node, or MODULE_NONE */
    uint8_t dim_count;
    uint16_t dims[MODULE_MAX_DIMS];
    uint32_t groups[MODULE_MAX_DIMS]; /* row node giving the code of each dim */
    AggSort agg;
    uint32_t value;    /* row node of AGG_SUM, AGG_SUM_SQUARES; else MODULE_NONE */
    uint32_t rank;     /* row node people are ranked by (AGG_ORDERED); else MODULE_NONE */
    uint32_t valued;   /* row node that must not be missing for the row to count, or NONE:
                          mean() counts the rows whose value is there */
    int64_t scale_num, scale_den; /* canonical result = aggregate * num / den (of squares: the
                                     factor is squared by the engine) */
    Slice text;        /* in the plan's words, for `run --explain` and `why` */
    Span span;
} StrataQuery;

/* ---- Series that were measured -------------------------------------------------------------- */

/* What the columns of such a file hold. */
typedef enum {
    MEASURED_VALUE,
    MEASURED_LOWER,
    MEASURED_UPPER,
    MEASURED_NUMERATOR,
    MEASURED_DENOMINATOR,
    MEASURED_COLUMNS
} MeasuredRole;

/* Where the limits of its values come from. */
typedef enum {
    MEASURED_WITHOUT_LIMITS,
    MEASURED_LIMITS_GIVEN,      /* columns of their own */
    MEASURED_LIMITS_RATE,       /* made of the counts: Byar, exact below ten */
    MEASURED_LIMITS_PROPORTION, /* made of the counts: Wilson */
    MODULE_MEASURED_LIMITS_LAST = MEASURED_LIMITS_PROPORTION
} MeasuredLimits;

typedef struct {
    Slice header;  /* empty: there is no such column */
    bool may_miss; /* an empty field is allowed */
    int64_t scale_num, scale_den; /* canonical = written * num / den; both > 0 */
} MeasuredColumn;

/* A file of published numbers, one record a period, in order and without gaps: read when the
 * module runs, so that a plan need not be compiled anew when more is measured. */
typedef struct {
    Slice name, title;
    Slice file; /* relative to the plan's folder */
    TextEncoding encoding;
    char delimiter; /* 0: a comma */
    uint16_t dim;  /* of time: the periods there may be */
    Slice period;  /* heading of the column of periods */
    bool estimate; /* values with limits or counts */
    uint8_t limits; /* MeasuredLimits */
    MeasuredColumn columns[MEASURED_COLUMNS];
    Span span;
} ModuleMeasured;

/* ---- What a report and the rules need ------------------------------------------------------ */

typedef enum { FIELD_REGISTER, FIELD_DECL, FIELD_WORD, FIELD_MISSING } FieldSort;

typedef struct {
    FieldSort sort;
    Reg reg;        /* FIELD_REGISTER */
    uint16_t unit;  /* FIELD_REGISTER: how to show it; 0 is the plain unit */
    uint32_t decl;  /* FIELD_DECL */
    Slice word;     /* FIELD_WORD: a choice, a dimension; for FIELD_REGISTER how it was written */
} FieldValue;

typedef struct {
    Slice label; /* "by", "at", … */
    VEC(FieldValue) values;
} FieldLabel;

/* One clause of a declaration (or a derived value: derived is true). */
typedef struct {
    Slice name;
    bool derived;
    VEC(FieldValue) values;
    VEC(FieldLabel) labels;
    Span span;
} ModuleField;

typedef struct {
    Slice kind, name, title, doc;
    uint32_t parent; /* declaration, or MODULE_NONE */
    VEC(ModuleField) fields;
    Span span;
    Slice path; /* "Outcome: People age well at home > KPI: …" */
} ModuleDecl;

/* An interval of an estimate that is shown: its own, where `further` is `reg`, or a further one, the
 * limits of the same estimate at another level. */
typedef struct {
    Reg reg, further;
    double level; /* 0.95 */
} ModuleInterval;

/* A `let` or other value a run prints. */
typedef struct {
    Slice name, title;
    Reg reg;
    uint16_t unit;
    Span span;
} ModuleOutput;

typedef struct {
    Slice text; /* as written */
    Reg reg;
    uint16_t unit;
} ModuleSubValue;

/* One rule applied to one declaration. It fails where the condition is false; absent is not
 * false. */
typedef struct {
    Slice rule; /* kebab-case */
    uint32_t decl;
    Reg condition;
    Reg message; /* text */
    uint8_t severity, draft_severity; /* Severity */
    int32_t from, until; /* in force, days, inclusive; 0: always */
    Slice source;
    Slice why; /* the rule's doc comment */
    bool waivable;
    Span span;
    VEC(ModuleSubValue) values;
} ModuleRequirement;

typedef struct {
    Slice rule;    /* kebab-case */
    uint32_t decl; /* covers it and what stands below; MODULE_NONE: the whole plan */
    Slice because, by;
    int32_t until; /* days; 0: none */
    Span span;
} ModuleAllow;

typedef struct {
    Slice path;
    Slice sha256; /* hex */
    bool library;
    Slice text;   /* kept so that a damaged or moved plan can still be explained: line starts only */
    uint32_t base;
    VEC(uint32_t) line_starts; /* offsets from base, for line numbers after the source is gone */
} ModuleSource;

/* A file that was read when the plan was compiled, its content now in the module: the areas of a
 * geography. */
typedef struct {
    Slice name; /* of the declaration */
    Slice file; /* as it was opened */
    Slice sha256; /* hex */
} ModuleInput;

/* A value the plan calls unknown until a day: past it the plan has no meaning. */
typedef struct {
    int32_t until; /* day, inclusive */
    Span span;
} ModuleUnknown;

typedef struct {
    Arena *arena;
    Slice compiler_version;
    int32_t edition;
    int32_t as_of;      /* days */
    bool final_status;  /* `status final` */
    uint8_t policy;     /* the least strict policy the plan allows: 0 hes, 1 midpoint6, 2 exact */
    int32_t horizon_first, horizon_last; /* financial years */
    int32_t price_year;
    uint32_t plan;      /* declaration of the plan, or MODULE_NONE for a library */
    VEC(ModuleUnit) units; /* [0] is plain */
    VEC(ModuleDim) dims;
    VEC(ModuleConst) consts;
    VEC(Instr) code;
    VEC(uint32_t) args;  /* registers and numbers of variadic instructions */
    VEC(ModuleTable) tables;
    VEC(RowNode) rows;
    VEC(RowTable) row_tables;
    VEC(RowRanking) rankings;
    VEC(StrataQuery) queries;
    VEC(ModuleMeasured) measured;
    VEC(ModuleDecl) decls; /* parents before children, in order of declaration */
    VEC(ModuleOutput) outputs;
    VEC(ModuleInterval) intervals; /* of a register its own first */
    VEC(ModuleRequirement) requirements;
    VEC(ModuleAllow) allows;
    VEC(ModuleSource) sources;
    VEC(ModuleInput) inputs;
    VEC(ModuleUnknown) unknowns;
} Module;

Module *module_new(Arena *arena);

/* Bytes of the module: equal modules give equal bytes. */
Slice module_save(const Module *module, Arena *arena);

/* Reads and verifies. On failure SCP_DATA and a message that names the broken rule; no part of
 * an unverified module is ever returned. */
ScpStatus module_load(Arena *arena, Slice bytes, Module **module, Slice *error);

/* The mandatory verifier; the compiler's own output goes through it too. Empty: well-formed;
 * else the name of the rule and what breaks it. */
Slice module_verify(const Module *module, Arena *arena);

/* The module as text: dims, constants, queries, code, declarations. */
Slice module_disassemble(const Module *module, Arena *arena);

#endif
