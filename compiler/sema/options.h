/* What the command line gives to compilation beside the plan's text. */
#ifndef COMPILER_SEMA_OPTIONS_H
#define COMPILER_SEMA_OPTIONS_H

#include "runtime/base/slice.h"

typedef struct {
    Slice name; /* of a geography: --data NAME=PATH */
    Slice path;
} CompileData;

#endif
