/* scp/runtime.h: runs a compiled plan, without its source, inside another program.
 *
 * Every function may be called from several threads at once, each with objects of its own;
 * nothing is global. Results that leave are protected by the policy, as scpc's are. Memory that
 * runs out is a status, never a crash of the host.
 *
 *     ScpRun *run;
 *     int status = scp_run_module(bytes, length, &options, &run);
 *     if (status == SCP_STATUS_OK) puts(scp_run_json(run));
 *     else fputs(scp_run_message(run), stderr);
 *     scp_run_free(run);
 */
#ifndef SCP_RUNTIME_H
#define SCP_RUNTIME_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define SCP_API __attribute__((visibility("default")))
#else
#define SCP_API
#endif

#define SCP_VERSION "0.1.0"

/* What a call came to; the numbers are the exit statuses of scpc. */
enum {
    SCP_STATUS_OK = 0,
    SCP_STATUS_NO = 1,         /* findings, a failed requirement */
    SCP_STATUS_USAGE = 2,      /* an argument is wrong */
    SCP_STATUS_DATA = 3,       /* data or a module cannot be read or does not fit */
    SCP_STATUS_DISCLOSURE = 4, /* disclosure control refused an output */
    SCP_STATUS_LIMIT = 5,      /* a limit was reached, or memory ran out */
    SCP_STATUS_FAULT = 70      /* a fault of the library itself */
};

/* The version of the library that is linked, which may be newer than SCP_VERSION. */
SCP_API const char *scp_version(void);

/* How published numbers are protected; a plan may ask for a stricter one. */
typedef enum {
    SCP_POLICY_HES,       /* the default */
    SCP_POLICY_MIDPOINT6, /* stricter */
    SCP_POLICY_INTERNAL   /* exact numbers that must stay inside; outputs are watermarked */
} ScpPolicy;

/* A file to be read for a population or events of the plan. */
typedef struct {
    const char *name;
    const char *path;
} ScpData;

/* Zeroed means: data files below the working folder, protection `hes`, as many threads as the
 * machine has, the limits of scpc. */
typedef struct {
    const char *root; /* the folder data files are looked for in, and confined to */
    const ScpData *data;
    size_t data_count;
    ScpPolicy policy;
    unsigned threads;
    const char *as_of;     /* "2026-11-01"; NULL: the plan's day */
    uint64_t step_limit;   /* cells computed */
    uint64_t memory_limit; /* bytes, columns of data not counted */
} ScpRunOptions;

typedef struct ScpRun ScpRun;

/* Verifies the module, reads its data, evaluates it. `options` may be NULL. *run is always made
 * (NULL only where there is no memory even for that) and is freed by scp_run_free.
 * SCP_STATUS_NO: it ran, and a requirement failed. */
SCP_API int scp_run_module(const void *bytes, size_t length, const ScpRunOptions *options,
                           ScpRun **run);

/* Why a run has no results: sentences, a line each. Empty where nothing is wrong. */
SCP_API const char *scp_run_message(const ScpRun *run);

/* The results as `scpc run --format json` writes them, as a terminal shows them, and as the
 * published report; NULL where the run has none. They live as long as the run. */
SCP_API const char *scp_run_json(ScpRun *run);
SCP_API const char *scp_run_text(ScpRun *run);
SCP_API const char *scp_run_html(ScpRun *run);

SCP_API void scp_run_free(ScpRun *run); /* NULL is harmless */

#ifdef __cplusplus
}
#endif

#endif
