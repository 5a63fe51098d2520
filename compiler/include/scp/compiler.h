/* scp/compiler.h: checks and compiles plans inside another program.
 *
 * A plan is text; what it uses is read from files below its folder, and no data about people is
 * opened. Every function may be called from several threads at once, each with objects of its
 * own; nothing is global.
 *
 *     ScpPlan *plan;
 *     int status = scp_plan_check("plan.scp", text, length, NULL, &plan);
 *     fputs(scp_plan_messages(plan), stderr);
 *     if (status == SCP_STATUS_OK) bytes = scp_plan_module(plan, &size);
 *     scp_plan_free(plan);
 */
#ifndef SCP_COMPILER_H
#define SCP_COMPILER_H

#include "scp/runtime.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Zeroed means: the plan's own folder and day, and the limits of `scpc check`. */
typedef struct {
    const char *root;      /* the folder that files are confined to; NULL: the plan's */
    const char *as_of;     /* "2026-11-01"; NULL: the plan's day */
    uint64_t memory_limit; /* bytes */
    uint64_t step_limit;   /* cells computed */
    uint64_t file_limit;   /* bytes of a source file */
} ScpCheckOptions;

typedef struct ScpPlan ScpPlan;

/* Checks a plan: its text, the rules it uses, its waivers. `path` is what messages call it and
 * from where files are found. *plan is always made (NULL only where there is no memory even for
 * that) and is freed by scp_plan_free. SCP_STATUS_NO: there are errors. */
SCP_API int scp_plan_check(const char *path, const char *text, size_t length,
                           const ScpCheckOptions *options, ScpPlan **plan);

/* How many errors and warnings there are, those covered by a waiver left out. */
SCP_API size_t scp_plan_errors(const ScpPlan *plan);
SCP_API size_t scp_plan_warnings(const ScpPlan *plan);

/* What is wrong, for people, and as `scpc check --format json` writes it (NULL where memory or a
 * limit ended before all was checked: the messages then say which). They live as long as the
 * plan. */
SCP_API const char *scp_plan_messages(ScpPlan *plan);
SCP_API const char *scp_plan_messages_json(ScpPlan *plan);

/* The compiled plan, for scp_run_module or a file; NULL where the plan has errors of its own
 * (a rule that failed does not keep it from being compiled). Lives as long as the plan. */
SCP_API const void *scp_plan_module(ScpPlan *plan, size_t *length);

SCP_API void scp_plan_free(ScpPlan *plan); /* NULL is harmless */

#ifdef __cplusplus
}
#endif

#endif
