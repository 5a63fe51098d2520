/* What a status means and which of two counts. */
#include "runtime/base/status.h"

#include <stddef.h>

const char *status_meaning(ScpStatus status) {
    switch (status) {
#define STATUS(constant, exit_status, meaning) \
    case constant:                             \
        return meaning;
#include "runtime/base/status.def"
#undef STATUS
    }
    return NULL;
}

ScpStatus status_worse(ScpStatus a, ScpStatus b) {
    return a > b ? a : b;
}
