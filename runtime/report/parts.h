/* Texts that are made in parts, by several threads at once, and handed over one after the other.
 * What a part says is the maker's; nothing here knows it. */
#ifndef RUNTIME_REPORT_PARTS_H
#define RUNTIME_REPORT_PARTS_H

#include "runtime/base/buffer.h"
#include "runtime/report/report.h"

struct ReportParts {
    uint32_t count;
    /* Adds a part to `out`. Called by any thread, with an arena that is that thread's alone. */
    void (*make)(const void *document, uint32_t part, Arena *arena, Buffer *out);
    const void *document;
    size_t limit; /* of the memory of each thread; 0: none */
};

#endif
