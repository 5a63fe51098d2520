/* The plan that `scpc new` starts from: the files of compiler/driver/template, made part of the
 * program when it is built. */
#ifndef COMPILER_DRIVER_TEMPLATE_H
#define COMPILER_DRIVER_TEMPLATE_H

#include "compiler/sema/embedded.h"

extern const EmbeddedFile scp_template_files[];
extern const size_t scp_template_count;

#endif
