/* What the report reads out of a module: clauses of declarations, and values as they are
 * shown. A view: nothing is copied or changed. Asks nothing of `confidential`. */
#ifndef RUNTIME_REPORT_MODEL_H
#define RUNTIME_REPORT_MODEL_H

#include "runtime/report/report.h"

/* ---- Declarations -------------------------------------------------------------------- */

bool text_is(Slice text, const char *word);

/* The title of a declaration, or its name made readable where it has none. */
Slice decl_title(Arena *arena, const ModuleDecl *decl);

/* A word of the plan for readers: `hospital_to_community` as "Hospital to community",
 * `imd_decile` as "IMD decile". */
Slice word_for_readers(Arena *arena, Slice word);

const ModuleDecl *model_decl(const ReportInput *input, uint32_t decl); /* NULL: none */
uint32_t decl_index(const ReportInput *input, const ModuleDecl *decl);
bool decl_is(const ModuleDecl *decl, const char *kind);

/* The next declaration of that kind after `after` (NULL: the first); `kind` NULL is any. With
 * `parent` only its direct children. NULL at the end. */
const ModuleDecl *next_decl(const ReportInput *input, const ModuleDecl *after, const char *kind,
                            const ModuleDecl *parent);

#define EACH_DECL(input, decl, kind, parent)                                        \
    for (const ModuleDecl *decl = next_decl((input), NULL, (kind), (parent)); decl; \
         decl = next_decl((input), decl, (kind), (parent)))

/* ---- Clauses: every function takes NULL for "there is none" and passes it on ------------- */

const ModuleField *decl_field(const ModuleDecl *decl, const char *name); /* the first so named */
const ModuleField *next_field(const ModuleDecl *decl, const ModuleField *after, const char *name);
bool field_is_head(const ModuleField *field); /* what stands in the declaration's own line */
const FieldValue *field_value(const ModuleField *field); /* the first that is not missing */
const FieldLabel *field_label(const ModuleField *field, const char *label);
const FieldValue *label_value(const ModuleField *field, const char *label);

/* The value of a clause, or of a label in the declaration's own line (`milestone x by DATE`). */
const FieldValue *decl_value(const ModuleDecl *decl, const char *name);

/* The clause or the label of the declaration's own line, as a list; {NULL, 0} where absent. */
typedef struct {
    const FieldValue *items;
    uint32_t count;
} FieldValues;
FieldValues decl_values(const ModuleDecl *decl, const char *name);

const ModuleDecl *value_decl(const ReportInput *input, const FieldValue *value);
Slice value_word(const FieldValue *value); /* of a choice; empty where it is none */

/* ---- Values as shown ---------------------------------------------------------------------- */

/* A register with the unit it is shown in; array NULL: there is none. */
typedef struct {
    const Array *array;
    const ModuleUnit *unit;
} Shown;

Shown shown_of(const ReportInput *input, Reg reg, uint16_t unit);
Shown shown_field(const ReportInput *input, const FieldValue *value); /* of a register */

/* Text, day or financial year of a register without dimensions. False where absent or of
 * another type. */
bool scalar_text(const ReportInput *input, const FieldValue *value, Slice *text);
bool scalar_date(const ReportInput *input, const FieldValue *value, int32_t *day);
bool scalar_year(const ReportInput *input, const FieldValue *value, int32_t *year);

/* Real or exact: a number that can be drawn, compared and added. */
bool shown_is_number(Shown shown);
bool shown_present(Shown shown, uint32_t cell);

/* A present number in its unit. The factor of the unit is applied to what is there; where that
 * moved the last binary places, the neighbour with 12 figures is taken, so that 0.0123 per one
 * is 1230 per 100000 and not 1229.9999999999998. */
double shown_number(Shown shown, uint32_t cell);
double shown_scaled(Shown shown, double canonical); /* a limit */

/* An amount of money (or any exact or real number) posted: "-1250.00", halves away from zero. */
Slice shown_posted(Arena *arena, Shown shown, uint32_t cell);

/* The k-th interval of an estimate that is shown: 0 its own, then further ones, with the level of
 * each. False: there is none. */
bool shown_interval(const ReportInput *input, Shown shown, uint32_t k, Shown *further,
                    double *level);

bool shown_limits(Shown shown, uint32_t cell, double *lower, double *upper);

/* The member of the array's dimension `axis` in which the cell lies. */
const ModuleDim *shown_dim(const ReportInput *input, Shown shown, uint32_t axis);
uint32_t shown_member(const ReportInput *input, Shown shown, uint32_t cell, uint32_t axis);

/* The member that a cell of ELEM_CODE names, as it is written in the plan. */
Slice shown_code(const ReportInput *input, Shown shown, uint32_t cell);

/* A value for each of some financial years and nothing else; the cell of a year of such a
 * series, MODULE_NONE where it has none. */
bool shown_is_series(const ReportInput *input, Shown shown);
uint32_t shown_year_cell(const ReportInput *input, Shown shown, int32_t year);

/* ---- What is derived from a KPI ------------------------------------------------------------- */

typedef struct {
    const ModuleField *field; /* the clause */
    int32_t year;             /* 0: not said */
    Shown level;
    bool indistinct; /* the level lies within the limits of the baseline */
} KpiTarget;

/* A promise about the difference between groups. */
typedef struct {
    const ModuleField *field; /* the clause */
    Slice on;                 /* "sii" or "gap" */
    Slice across;             /* the name of the dimension */
    int32_t year;             /* 0: not said */
    Shown baseline, level, latest, trajectory;
    bool indistinct; /* as of a target */
} KpiEquity;

/* How a part compares with the whole, as the machine found it. */
typedef struct {
    bool compared;
    int side;      /* -1 lower, 0 similar, 1 higher */
    Slice level;   /* "95%", "99.8%"; empty where similar */
    Slice meaning; /* "better", "worse"; empty where similar, or neither direction is */
} Comparison;

typedef struct {
    const ModuleDecl *decl;
    Shown baseline;
    int32_t baseline_year; /* 0: not said */
    VEC(KpiTarget) targets;
    Shown trajectory;
    VEC(Shown) results;       /* without dimensions first */
    VEC(Shown) comparisons;   /* one a result; array NULL: not compared */
    Slice compared_by;        /* "funnel", "limits"; empty: nothing is compared */
    int32_t measured_year;    /* of the results; 0: not known */
    Shown asked;              /* what the trajectory asks for in that year */
    VEC(KpiEquity) equities;
    Slice status;             /* "on track", "no newer data", "suppressed"; in the plan's words */
    bool judged;              /* it was compared with what was asked for */
    Slice movement;           /* "worse than the baseline"; empty: not known */
} Kpi;

/* The latest result, where it is of a year after the baseline, or there is no year of that; array
 * NULL: there is none newer. */
Shown kpi_newer(const Kpi *kpi);

Kpi kpi_read(const ReportInput *input, Arena *arena, const ModuleDecl *decl);

/* How a cell of a result compares with the whole. */
Comparison kpi_comparison(const Kpi *kpi, uint32_t result, uint32_t cell);

/* "Higher, worse (99.8%)"; empty where it is not compared. Its mark says the side once more, for
 * those who look along a column: an arrow up or down, or a level line. */
Slice comparison_words(Arena *arena, const Comparison *comparison);
const char *comparison_mark(const Comparison *comparison);

/* How the comparisons were made, in a sentence. */
Slice comparison_method(Arena *arena, const Kpi *kpi);

/* The status as a sentence with the figures it rests on. */
Slice kpi_standing(Arena *arena, const ReportInput *input, const Kpi *kpi);

/* "Slope index of inequality across IMD quintile". */
Slice equity_title(Arena *arena, const ReportInput *input, const KpiEquity *equity);

/* Why a value without dimensions is absent, with what is known of it: "unknown until 30 June 2027:
 * the registers are being joined". */
Slice absence_text(Arena *arena, Shown shown);

/* Only what is known of it: "until 30 June 2027: …", "there is no snapshot of …"; empty: nothing. */
Slice absence_note(Arena *arena, Shown shown);

/* ---- Money by year ------------------------------------------------------------------------- */

/* A declaration's money by financial year: a budget, a shift, a cost of an intention, and
 * whatever else derives `by_year`. */
typedef struct {
    const ModuleDecl *decl;
    Slice as; /* "recurrent" where a cost says so; else empty */
    Shown by_year;
    Shown after; /* after every shift, where that is derived */
} FinanceLine;

typedef VEC(FinanceLine) FinanceLines;
FinanceLines finance_read(const ReportInput *input, Arena *arena);

/* ---- Requirements --------------------------------------------------------------------------- */

const ModuleRequirement *finding_rule(const ReportInput *input, const ReportFinding *finding);
Slice finding_message(const ReportInput *input, const ReportFinding *finding);

/* ---- Names of things ------------------------------------------------------------------------ */

Slice policy_name(const ReportInput *input);
Slice internal_watermark(void);
const ModuleDecl *plan_decl(const ReportInput *input);

/* Why a cell is absent, in the words of the JSON: "suppressed", "unknown until", "no data". */
const char *reason_text(AbsentReason reason);

/* A count of people or events as the policy lets it out; false: withheld. */
bool rows_released(const ReportInput *input, const ReportData *data, int64_t *released);
bool count_released(const ReportInput *input, bool people, int64_t count, int64_t *released);

#endif
