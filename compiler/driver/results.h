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

/* The declaration in a clause of which the place lies; NULL: in none. */
const ModuleDecl *results_decl_around(const Module *module, Span span);

/* Reads the data of the subject and no more; says nothing of its problems. */
ScpStatus results_load(Driver *driver, const Subject *subject, Policy policy);

/* Verifies all that was read from snapshots; says nothing of what is wrong with them. */
ScpStatus results_verify(Driver *driver);

#endif
