/* Help, made of the tables of commands and options: the first screen, a command's page, the
 * reference page, and what a shell needs to complete them. */
#ifndef COMPILER_DRIVER_HELP_H
#define COMPILER_DRIVER_HELP_H

#include "compiler/driver/driver.h"

/* The help of a command, or with COMMAND_COUNT the first screen, as the result. */
ScpStatus help_print(Driver *driver, CommandId command);

void help_overview(Buffer *out);

/* Where to look after a command line that was wrong. */
void help_hint(CommandId command, Buffer *out);

/* `scpc 0.1.0` and a line end. */
Slice help_version(void);

#endif
