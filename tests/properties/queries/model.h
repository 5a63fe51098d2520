/* What is asked, of whom: a population and its events with random columns and rows, random questions
 * in the language of plans, and the same questions in SQL. Shares no code with the program that is
 * judged, and frees nothing: a process lives for one batch of questions. */
#ifndef TESTS_PROPERTIES_QUERIES_MODEL_H
#define TESTS_PROPERTIES_QUERIES_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/e2e/read.h"

/* ---- Chance ------------------------------------------------------------------------------------ */

typedef struct {
    uint64_t state;
} Chance;

uint64_t chance(Chance *chance); /* 64 bits */
int64_t pick(Chance *chance, int64_t low, int64_t high); /* both included */
bool one_in(Chance *chance, int64_t n);

/* ---- People and events ------------------------------------------------------------------------- */

typedef enum {
    COLUMN_WHOLE,   /* integer */
    COLUMN_YEARS,   /* years in 0..120 */
    COLUMN_DECIMAL, /* number */
    COLUMN_PENCE,
    COLUMN_POUNDS, /* held in pence */
    COLUMN_DAY,
    COLUMN_FLAG,
    COLUMN_CODE,    /* category */
    COLUMN_ORDERED, /* ordered */
    COLUMN_AREA     /* category of a geography */
} Sort;

typedef struct {
    char *name;
    Sort sort;
    bool may_miss, unknown; /* or missing, as unknown */
    bool ranged;
    int words; /* of a flag: which of flag_words its file has */
    int64_t low, high;
    int member_count;
    char **members;
    int geography; /* COLUMN_AREA */
} Column;

typedef struct {
    bool missing;
    int64_t whole; /* also the code of a category, days since 1970 */
    double real;
    char *text; /* as the file says it */
} Value;

enum { MOST_COLUMNS = 16, MOST_LEVELS = 3, MOST_TABLES = 4, MOST_DIMS = 48 };

typedef struct {
    char *name, *file;
    Column columns[MOST_COLUMNS];
    int column_count;
    int rows;
    Value *values;      /* by row, then column */
    char **ids;         /* population: the key of each row as the file says it */
    int *snapshot;      /* population: of which date a row is; rows of the first date come first */
    int *person;        /* population and events: the number of the person; -1: nobody */
    int (*rows_of)[2];  /* population: of each person the row at each date; -1: none */
    bool *gone;         /* rows that a smaller case goes without */
    int dated;          /* the column, or -1 */
    bool covered;       /* `covers`, with: */
    int64_t from, to;   /* days */
} Records;

typedef struct {
    char *name;
    int level_count; /* finest first */
    char *levels[MOST_LEVELS];
    int sizes[MOST_LEVELS];
    int *parent[MOST_LEVELS]; /* of each area of the finest level, its area of this one */
} Geography;

typedef enum { BY_CODE, BY_YEAR, BY_QUARTER, BY_MONTH, BY_WEEK } DimSort;

/* By what a question may be split. */
typedef struct {
    char *name;
    DimSort sort;
    int table;        /* 0: people, else events; BY_YEAR of 0: of anything */
    char *declared;   /* `dimension …`; NULL: a column or level */
    char *sql;        /* the number of the member of a row of p, or of e */
    char *ready;      /* SQL that makes a table the other SQL reads; NULL: none */
    int size;
    char **labels;
    bool *uncovered;  /* of periods: those that the events say nothing about */
} Dim;

/* ---- Questions --------------------------------------------------------------------------------- */

typedef enum { COND_TRUE, COND_LEAF, COND_AND, COND_OR, COND_NOT } CondSort;

typedef struct Cond {
    CondSort sort;
    char *plan, *sql; /* COND_LEAF */
    struct Cond *left, *right;
} Cond;

typedef struct {
    char *name;
    int parent; /* or -1: the population */
    Cond *where;
} Segment;

typedef enum { ASK_COUNT, ASK_DISTINCT, ASK_SUM, ASK_MEAN, ASK_YEARS, ASK_SHARE, ASK_RATE } AskSort;

/* What is summed of a row. */
typedef struct {
    char *plan, *sql;
    bool real;  /* summed as doubles */
    bool money; /* held in pence */
} Summed;

typedef struct {
    AskSort sort;
    int table;   /* 0: people */
    int segment; /* whom it is of; -1: all */
    Cond *where;
    Cond *part;  /* ASK_SHARE: who of them counts; ASK_RATE: which events */
    Summed summed;
    int dims[4], dim_count;
    int year; /* `measured(… at FY)`; 0: as it is */
} Ask;

typedef struct {
    uint64_t seed;
    Chance chance;
    int snapshots;  /* dates that the people are known at: 1 or 2 */
    int years[2];   /* of each its financial year, by the year it begins in */
    char *dates[2];
    int as_at_year; /* of the last */
    int usual_year; /* the year that is counted where no other is asked for: of the last date in
                       whose year all events are known */
    Geography geographies[2];
    int geography_count;
    Records tables[MOST_TABLES]; /* 0: people */
    int table_count;
    bool orphans, crlf, quoted;
    int many; /* so many people with few columns, whose sums cancel; 0: as chance will have it */
    int most_cells;
    Dim dims[MOST_DIMS];
    int dim_count;
    Segment segments[6];
    int segment_count;
    Ask *asks;
    int ask_count;
} Batch;

/* people.c: the population, its events and by what they can be split */
extern const char *const flag_words[4][2]; /* for no and for yes; the first need no declaration */
void make_people(Batch *batch);
bool may_split(const Batch *batch, int dim, int table);
char *day_text(int64_t day);
int64_t day_of(int year, int month, int day);
int financial_year(int64_t day);
int row_count(const Records *table);
int snapshot_of(const Batch *batch, int year);           /* -1: none is of that year */
bool in_no_file(const Batch *batch, const Records *table, int row);

/* ask.c: questions, as words of a plan and as SQL */
void make_asks(Batch *batch, int count);
char *cond_plan(const Cond *cond);
char *cond_sql(const Cond *cond);
char *people_plan(const Batch *batch, const Ask *ask);
char *ask_plan(const Batch *batch, const Ask *ask); /* what stands right of `=` */
/* The two numbers of each cell: what is asked (or stands above the line), and what it is divided by.
 * The second is NULL where there is none. */
void ask_sql(const Batch *batch, const Ask *ask, char *sql[2]);
bool names(const char *text, const char *word);

/* files.c: the plan and its data as files of a folder; with a Chance the rows in another order */
void write_batch(const Batch *batch, const char *folder, Chance *order);

/* answers.c */
typedef struct {
    int size;
    double *value, *divisor; /* of each cell; divisor NULL: there is none */
    bool *absent;            /* cells that nothing can be said of */
} Answer;

struct sqlite3 *load_people(const Batch *batch);
Answer ask_sqlite(const Batch *batch, struct sqlite3 *database, const Ask *ask);
/* What differs first; NULL: nothing. */
char *compare_answer(const Batch *batch, const Ask *ask, const Answer *expected, const Json *got);

#endif
