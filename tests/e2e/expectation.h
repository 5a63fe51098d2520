/* What is expected of a plan: which vectors it is for, what of it their arguments replace, and which
 * of its results is which column of theirs. The statements are in README.md. */
#ifndef TESTS_E2E_EXPECTATION_H
#define TESTS_E2E_EXPECTATION_H

#include "read.h"

enum { MOST_KEYS = 8, MOST_STATEMENTS = 64, MOST_WORDS = 20 };

typedef struct {
    char *words[MOST_WORDS]; /* the verb first */
    size_t count;
    char *line; /* as written */
} Statement;

typedef struct {
    const char *path; /* of the .expect; the plan lies beside it */
    Statement statements[MOST_STATEMENTS];
    size_t count;
} Expectation;

Expectation read_expectation(const char *path);

/* How well it fits a vector: the number of its conditions, all of which hold; -1: not at all. */
int expectation_fits(const Expectation *expectation, const Json *vector);

/* What stands for an argument of the vector: the value it has there as a word of the plan; NULL where
 * the vector says nothing of it. */
const char *argument_word(const Statement *argument, const Json *vector);

/* The expectation with each argument's word replaced by the vector's. */
Expectation for_vector(const Expectation *expectation, const Json *vector);

/* One of the vector's levels of confidence. */
typedef struct {
    double percent;
    char *name;    /* "95", "998": in the names of the plan */
    char *written; /* "95%" */
    bool only;     /* then its columns are lowercl and uppercl */
    char *columns; /* "95_0cl" */
} Level;

typedef struct {
    Level levels[4];
    size_t count;
} Levels;

/* From the names of the columns expected, and what the vector asks for. */
Levels levels_of(const Json *vector);

/* The text of the plan for the vector: arguments replaced, what is counted written anew, and each
 * paragraph with `95%` in it repeated for every level. */
char *plan_for(const Expectation *expectation, const Json *vector, const Levels *levels,
               const char *directory);

/* The expected result of the vector, and the path of one of its inputs. */
const Json *expected_result(const Json *vector);
char *input_path(const Json *vector, const char *directory, const char *name);

/* `text` with every whole word `from` replaced. */
char *replace_word(const char *text, const char *from, const char *to);

#endif
