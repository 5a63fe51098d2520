/* A plan's results: its data read and counted, the machine run, its rules judged, and what a
 * report needs of all that in one place. */
#ifndef COMPILER_DRIVER_RESULTS_H
#define COMPILER_DRIVER_RESULTS_H

#include "compiler/driver/subject.h"
#include "compiler/review/findings.h"

typedef struct {
    const Subject *subject;
    bool has_data;
    StrataResult strata;
    VmResult vm;
    Findings findings;
    ReportInput input;
} Results;

/* `with_data` false: as `check` evaluates. SCP_OK, or the status with which the command ends,
 * its messages made. */
ScpStatus results_make(Driver *driver, const Subject *subject, bool with_data, Results *results);

/* SCP_NO where a requirement failed that no waiver covers, at or above --fail-on. */
ScpStatus results_status(const Driver *driver, const Results *results);

/* Reads the data of the subject into the driver's dataset; says what is wrong with it. */
ScpStatus results_load(Driver *driver, const Subject *subject, DataReport *report);

/* What was asked of the people and what it cost, as messages. */
void results_say_cost(Driver *driver, const Results *results);

#endif
