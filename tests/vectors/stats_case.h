/* One case of a manifest, and what the families of cases share: arguments with defaults,
 * columns by role, groups of rows, confidence levels, results as tables. */
#ifndef TESTS_VECTORS_STATS_CASE_H
#define TESTS_VECTORS_STATS_CASE_H

#include "runtime/base/json.h"
#include "tests/vectors/table.h"

enum { LEVELS_MAX = 4, RESULTS_MAX = 6 };

typedef struct {
    const char *name; /* "result", "summary", … as the manifest calls it */
    Table *table;
} NamedTable;

typedef struct {
    Arena *arena;
    const JsonValue *entry;
    const char *directory;
    Table *data;   /* the input named `data` */
    Table *totals; /* the input `observed_totals`; NULL: none */
    double levels[LEVELS_MAX];
    size_t level_count; /* 0: no limits asked for */
    /* What the family fills in. */
    const char *refusal; /* why the case was refused; NULL: it was computed */
    NamedTable results[RESULTS_MAX];
    size_t result_count;
} Case;

typedef void CaseFunction(Case *c);

/* The families, each with the manifest's names of the functions it stands for. */
typedef struct {
    const char *function;
    CaseFunction *run;
} Family;

extern const Family RATE_FAMILIES[], INEQUALITY_FAMILIES[], CHART_FAMILIES[];

/* Arguments of the case. */
const JsonValue *case_arg(const Case *c, const char *name);
double case_number(const Case *c, const char *name, double otherwise);
bool case_flag(const Case *c, const char *name, bool otherwise);
Slice case_word(const Case *c, const char *name, const char *otherwise);

/* The input column that plays a role; empty where none does. */
Slice case_column(const Case *c, const char *role);
/* The type of an input column of `data`, as the manifest states it. */
Slice case_column_type(const Case *c, Slice column);
/* The number of a role's column in a row of `data`; NaN where it is NA. */
double case_value(const Case *c, const char *role, size_t row);
/* All of a role's column. */
double *case_values(const Case *c, const char *role);

/* Adds a result table. */
Table *case_result(Case *c, const char *name, size_t rows);
/* Refuses the case; the first reason stays. */
void case_refuse(Case *c, const char *why);

/* The rows of `data` with equal keys. */
typedef struct {
    size_t *rows;
    size_t count;
} Group;

typedef struct {
    Slice *keys;
    size_t key_count;
    Group *groups;
    size_t count;
} Groups;

/* Groups by the manifest's `group_by`, sorted by key; one group of all rows without it. */
Groups case_groups(const Case *c);
Groups groups_by(const Case *c, Slice *keys, size_t key_count);
/* Copies a group's key cells into a result row. */
void group_copy_keys(const Case *c, const Groups *groups, size_t group, Table *table, size_t row);
/* A role's column for the rows of a group. */
double *group_values(const Case *c, const Group *group, const char *role);

/* `lowercl`, or `lower95_0cl` where there are several levels (or always). */
Slice limit_name(const Case *c, const char *prefix, double level, bool always, const char *suffix);
/* "95%, 99.8%". */
Slice confidence_text(const Case *c);
/* A whole number as text. */
Slice whole_text(const Case *c, const char *before, double value, const char *after);

#endif
