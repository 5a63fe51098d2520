/* What a run publishes: a verified module and its results as JSON, as text for a terminal, and
 * as the report that a board puts on its web site. Everything here is a pure function of its
 * input: no clock, no files, no locale. Reads only what may leave (an array's `confidential`
 * values never), protects the counts it is handed in `data` by the policy, and invents no
 * number: what is absent is said to be absent, and why. */
#ifndef RUNTIME_REPORT_REPORT_H
#define RUNTIME_REPORT_REPORT_H

#include "runtime/vm/vm.h"

/* People or events that an aggregate left out, for want of a value it groups by or sums. */
typedef struct {
    Slice what;    /* in the plan's words */
    int64_t count; /* exact: protected here */
} ReportLeftOut;

/* One file that was read. Counts are exact, and protected here before they are written. */
typedef struct {
    Slice name, file, sha256; /* hex */
    bool people;              /* rows are people; else events */
    bool open;                /* rows are published numbers: nobody's, and not protected */
    int64_t rows;
    int64_t orphans; /* events whose person is in no snapshot */
    const ReportLeftOut *left_out;
    uint32_t left_out_count;
} ReportData;

/* What one requirement of the module came to. */
typedef struct {
    uint32_t requirement; /* index in the module */
    RequirementOutcome outcome;
    uint32_t allow; /* the waiver that covers it, or MODULE_NONE */
} ReportFinding;

typedef struct {
    const Module *module;
    const VmResult *vm;
    Policy policy;
    bool internal; /* --internal: exact counts, every output watermarked */
    int32_t as_of; /* days */
    Slice version; /* of the program */
    const ReportData *data;
    uint32_t data_count;
    const ReportFinding *findings;
    uint32_t finding_count;
} ReportInput;

/* `run --format json` and `eval --format json` (docs/language, "The command line"). A value is
 * canonical * num / den of its unit, money is posted to pence as text. One line. */
Slice report_run_json(Arena *arena, const ReportInput *input);
Slice report_eval_json(Arena *arena, const ReportInput *input, Slice name, Reg reg, uint16_t unit);

/* The same text as report_run_json's in parts, which are made only when they are asked for and are
 * nowhere together. The input must not change before. */
typedef struct ReportParts ReportParts;
const ReportParts *report_run_json_parts(Arena *arena, const ReportInput *input);

/* Is given one part after the other: by any thread, but never two at once. False: no more are
 * wanted. */
typedef bool ReportTake(void *context, Slice part);

/* Makes the parts, on at most `threads` threads (0: as many as the machine has), and hands them to
 * `take` in order. Leaves to no boundary: where memory ends, it is noted at this one and is the
 * status. SCP_OK: all were made, or `take` wanted no more. */
ScpStatus report_parts_make(const ReportParts *parts, uint32_t threads, ReportTake *take,
                            void *context, Boundary *boundary);

/* KPIs and values as rows for a spreadsheet, a cell a row, each dimension a column. */
Slice report_run_csv(Arena *arena, const ReportInput *input);

/* The same for a reader at a terminal: plain UTF-8, no colour, control characters made
 * visible. */
Slice report_run_text(Arena *arena, const ReportInput *input);
Slice report_eval_text(Arena *arena, const ReportInput *input, Reg reg, uint16_t unit);

/* The published report: one self-contained HTML file, without script, WCAG 2.2 AA. */
Slice report_html(Arena *arena, const ReportInput *input);

/* What was made from what: hashes of sources and data, versions, policy, and the hash of the
 * output that is named. */
typedef struct {
    Slice file;
    Slice sha256; /* hex */
} ReportOutput;
Slice report_manifest_json(Arena *arena, const ReportInput *input, const ReportOutput *outputs,
                           uint32_t output_count);

#endif
