/* Diagnostics as messages of the program, for people. */
#ifndef COMPILER_DRIVER_DIAGNOSTICS_H
#define COMPILER_DRIVER_DIAGNOSTICS_H

#include "compiler/driver/driver.h"

/* Every diagnostic that no waiver covers, for people; under --quiet no notes. */
void diagnostics_say(Driver *driver, const SourceMap *sources, const DiagBag *diags);

/* The same as the result that a script reads, where the command was asked for JSON and a plan with
 * mistakes has no other. SCP_OK, or why it could not be written. */
ScpStatus diagnostics_give(Driver *driver, const SourceMap *sources, const DiagBag *diags);

/* `plan.scp:41: ` of a place in a module whose source is not at hand; empty where it has none. */
Slice diagnostics_place(Arena *arena, const Module *module, uint32_t offset);

/* Problems of data, a line each: the file, line and field, and what was expected there; then
 * how many there are, where not all are shown. Never a value. */
void diagnostics_say_data(Driver *driver, const DataReport *report);

#endif
