/* A plan checked: compiled, evaluated without data, its rules and waivers judged. What every
 * reader of a plan calls: `scpc check`, the language server, the public interface. Opens no
 * data about people. */
#ifndef COMPILER_REVIEW_CHECK_H
#define COMPILER_REVIEW_CHECK_H

#include "compiler/lower/compile.h"
#include "compiler/review/findings.h"

enum { CHECK_STEP_LIMIT = 10000000 };

typedef struct {
    CompileOptions compile;
    uint64_t step_limit; /* 0: CHECK_STEP_LIMIT */
} CheckOptions;

typedef struct {
    CompileResult compile; /* its diagnostics include those of rules and waivers, sorted */
    VmResult vm;           /* where there is a module and no limit was reached */
    Findings findings;
} CheckResult;

/* Everything lives in the arena. Never fails but by leaving to its boundary. */
void check_plan(const CheckOptions *options, Arena *arena, CheckResult *result);

/* The exit status: findings at or above `fail_on` are SCP_NO, a geography that could not be
 * read SCP_DATA, a limit SCP_LIMIT. */
ScpStatus check_status(const CheckResult *result, Severity fail_on);

/* The same of diagnostics alone. */
ScpStatus diags_status(const DiagBag *diags, Severity fail_on);

#endif
