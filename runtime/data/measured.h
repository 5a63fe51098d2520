/* Series that were measured, one record a period: published numbers, read from the files a module
 * names when it runs. Records stand in order of time and without gaps; what was not measured is an
 * empty field. Never fills, sorts or sums. */
#ifndef RUNTIME_DATA_MEASURED_H
#define RUNTIME_DATA_MEASURED_H

#include "runtime/data/dataset.h"

typedef struct {
    uint32_t periods;                  /* of the series' dimension */
    uint32_t known;                    /* to the last record; what follows is still to come */
    double *columns[MEASURED_COLUMNS]; /* canonical; NaN: missing; NULL: there is no such column */
    Slice file;
    char sha256[65];
    uint64_t rows;
} MeasuredData;

/* Reads every series of the module, in its order: SCP_OK, or SCP_DATA with the problems added to
 * `report`. All in the arena. */
ScpStatus measured_load(const Module *module, const DataOptions *options, Arena *arena,
                        MeasuredData **data, DataReport *report);

#endif
