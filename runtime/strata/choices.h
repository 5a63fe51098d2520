/* Which rows of a batch belong to each choice of a pass (runtime/strata/layout.h): as bits, and as
 * places where something asks for them one by one. Evaluates nothing: what filters come to must
 * be in the vectors of the machine. */
#ifndef RUNTIME_STRATA_CHOICES_H
#define RUNTIME_STRATA_CHOICES_H

#include "runtime/strata/plan.h"

/* The rows of a batch, or those of them that are worth going on with. */
typedef struct {
    uint32_t count;
    const uint32_t *people; /* events */
} Batch;

typedef struct {
    uint16_t places[EXPR_BATCH + PLACES_SLACK];
    PlaceList rows; /* of choices that are listed */
    bool every;     /* all rows of the batch */
} Chosen;

typedef struct {
    Chosen *each;    /* by choice */
    uint64_t *words; /* of choice c from words + c on, as runtime/strata/kernels.h says */
    uint32_t stride;
    uint64_t kept_words[MASK_WORDS];
    uint16_t kept[EXPR_BATCH + PLACES_SLACK]; /* the rows gone on with, where they are few */
    uint32_t people[EXPR_BATCH];              /* theirs, of events */
} Choices;

bool choices_init(Choices *choices, const Layout *layout); /* false: no memory */
void choices_free(Choices *choices);

/* The choices that are filters, once their steps have been run. */
void choices_filter(const Pass *pass, const ExprMachine *machine, const Batch *batch,
                    Choices *choices);

/* Where few rows pass any filter, these are the batch from now on, and lie at `kept` of the one
 * it was. Whether it is so. */
bool choices_keep_few(const Pass *pass, const ExprMachine *machine, Batch *batch,
                      Choices *choices);

/* All others, and the places of those that are listed, once all steps have been run. */
void choices_mark(const Pass *pass, const ExprMachine *machine, uint32_t count, Choices *choices);

/* A batch of which the choices are marked and the cells found; cells[j] are those of its rows in
 * joint j. What it comes to is added to a worker's block. */
typedef struct {
    const Pass *pass;
    ExprMachine *machine;
    const Choices *choices;
    uint32_t (*cells)[EXPR_BATCH + CELLS_AHEAD];
    uint32_t count;
    char *block;
} Located;

#endif
