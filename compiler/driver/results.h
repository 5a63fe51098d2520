/* A plan's results: its data read and counted, the machine run, its rules judged. Says what is
 * wrong with the data, and what a reader of the numbers should know. */
#ifndef COMPILER_DRIVER_RESULTS_H
#define COMPILER_DRIVER_RESULTS_H

#include "compiler/driver/subject.h"

/* `with_data` false: as `check` evaluates. SCP_OK with the driver's evaluation made, or the
 * status with which the command ends, its messages made. */
ScpStatus results_make(Driver *driver, const Subject *subject, bool with_data);

/* SCP_NO where a requirement failed that no waiver covers, at or above --fail-on. */
ScpStatus results_status(const Driver *driver);

/* Reads the data of the subject and no more; says nothing of its problems. */
ScpStatus results_load(Driver *driver, const Subject *subject, Policy policy);

/* Verifies all that was read from snapshots; says nothing of what is wrong with them. */
ScpStatus results_verify(Driver *driver);

/* What was asked of the people and what it cost, as messages. */
void results_say_cost(Driver *driver);

#endif
