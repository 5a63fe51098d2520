/* A module evaluated: its data read and counted, the machine run, its rules judged, and what a
 * report needs of all that in one place. What the program and the public interface both do
 * after a plan is compiled. Says nothing itself: problems and faults are handed back. */
#ifndef RUNTIME_RUN_EVALUATE_H
#define RUNTIME_RUN_EVALUATE_H

#include "runtime/run/findings.h"

typedef struct {
    bool with_data;   /* false: as `check` evaluates, no file is opened */
    DataOptions data;
    Policy policy;    /* what evaluation_policy gave */
    int32_t as_of;
    Slice version;       /* of the program */
    uint64_t cell_limit; /* of counting; 0: its default */
    uint64_t step_limit; /* of the machine; 0: its default */
    /* Told what counting will read and take before it begins; NULL: nobody asks. */
    void (*planned)(void *context, const StrataResult *plan);
    void *context;
} EvaluationOptions;

/* What an evaluation spends its time on. */
typedef enum { STAGE_READING, STAGE_VERIFYING, STAGE_COUNTING, STAGE_COMPUTING, STAGE_COUNT } Stage;

typedef struct {
    const Module *module;
    Dataset dataset;     /* owned: evaluation_free */
    DataReport problems; /* of data */
    Slice error;         /* of a limit that was reached */
    const char *raised_by; /* the option that raises that limit; NULL: none does */
    StrataResult strata; /* with data only */
    MeasuredData *measured; /* with data only: one a series of the module */
    VmResult vm;
    Findings findings;
    ReportInput input;
    double seconds[STAGE_COUNT]; /* on the clock */
} Evaluation;

/* SCP_OK; SCP_DATA with `problems`; SCP_LIMIT with `error` (or problems where memory for data
 * ended). The evaluation must be zeroed, and freed whatever came of it, also where memory ended
 * and the boundary was returned to. */
ScpStatus evaluation_run(const Module *module, const EvaluationOptions *options, Arena *arena,
                         Evaluation *evaluation);
void evaluation_free(Evaluation *evaluation);

/* Reads the data and no more: SCP_OK, or as dataset_load with `problems`. */
ScpStatus evaluation_load(const Module *module, const EvaluationOptions *options, Arena *arena,
                          Evaluation *evaluation);

/* The protection that applies: what the runner asks for, or the plan where it is stricter;
 * `internal` shows exact numbers whatever the plan says. SCP_DISCLOSURE where the plan asks for
 * a policy that is not there. */
ScpStatus evaluation_policy(const Module *module, Policy asked, bool internal, Policy *policy);

#endif
