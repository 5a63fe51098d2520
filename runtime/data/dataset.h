/* The data a module asks for: its tables read from CSV (plain, gzip or zstd) or Parquet into typed
 * columns, keys checked and events joined to people; or taken from a snapshot, where all that was
 * done. Problems are reported by file, line, field and header, never with a person's value. Large
 * buffers are owned here; dataset_free gives them back. */
#ifndef RUNTIME_DATA_DATASET_H
#define RUNTIME_DATA_DATASET_H

#include "runtime/base/diag.h"
#include "runtime/base/progress.h"
#include "runtime/bytecode/module.h"
#include "runtime/data/bits.h"

#define DATA_NO_PERSON UINT32_MAX

/* A column as dense values of `rows` rows; missing is a bitmap (bit i of byte i/8), NULL where
 * nothing is missing. */
typedef struct {
    ColumnSort sort;
    uint8_t width;  /* bytes a value: 1, 2 (both without sign), 4, 8; the smallest that fits.
                       0: a bit, as in `missing` */
    bool real;      /* COLUMN_REAL: double, width 8 */
    void *values;   /* bits of flags; uint8/uint16/int32/int64/double. NULL: not held */
    uint8_t *missing;
    uint64_t missing_count;
    int64_t low, high; /* smallest and largest held value; 0, 0 where there is none, and for
                          reals. A missing value is held as 0 */
    bool unverified;   /* of a snapshot, and not to be read before dataset_verify */
} Column;

/* What a column of whole numbers holds of a row, missing or not. */
static inline int64_t column_whole(const Column *column, uint64_t row) {
    switch (column->width) {
    case 0: return bit_at(column->values, row);
    case 1: return ((const uint8_t *)column->values)[row];
    case 2: return ((const uint16_t *)column->values)[row];
    case 4: return ((const int32_t *)column->values)[row];
    default: return ((const int64_t *)column->values)[row];
    }
}

static inline bool column_misses(const Column *column, uint64_t row) {
    return column->missing && bit_at(column->missing, row);
}

typedef struct {
    uint64_t rows;
    uint32_t column_count;
    Column *columns; /* as in the ModuleTable; identifiers have values NULL once joined */
    uint32_t *person; /* events: row of the person in the snapshot joined to, or DATA_NO_PERSON */
    uint64_t unmatched; /* events: rows without a person in this snapshot */
    bool clustered;     /* events: the rows of each person lie side by side */
    uint64_t blank_lines; /* skipped */
    Slice file;
    char sha256[65]; /* of the file as it lies on disk */
    struct SnapshotUse *stored; /* where the columns lie in a snapshot (runtime/data/snapshot.h);
                                   NULL: they were read from text */
    Slice ordered_by; /* the column in whose order the rows were put; empty: as they were */
} TableData;

typedef struct {
    Slice name; /* as in --data NAME=PATH; given again for each further snapshot. Empty: a
                   snapshot file for all tables that have no path of their own */
    Slice path;
} DataOverride;

typedef struct {
    Slice root; /* folder of the plan; files are confined to it unless overridden */
    const DataOverride *overrides;
    uint32_t override_count;
    uint32_t threads;
    const char *duckdb; /* the library that reads Parquet; NULL: as the system finds it */
    uint64_t row_limit; /* 0: 2^31 - 1 */
    bool tolerate_orphans; /* events of people not in the population are left out and counted */
    Progress *progress; /* told what is done with the data, until dataset_free; NULL: nobody asks */
} DataOptions;

typedef struct {
    /* tables[t].snapshots[s]; events of one file joined to snapshot s of their population: their
     * columns are the same for each s, their persons are not */
    struct DatasetTable {
        uint32_t snapshot_count;
        TableData *snapshots;
        uint64_t orphans; /* events whose person is in no snapshot */
    } *tables;
    uint32_t table_count;
    struct Snapshot *snapshots; /* snapshot files that are open */
    Progress *progress; /* as the options said */
    struct Parallel *crew; /* made with the data, to count them; NULL: one thread */
    struct ParallelAside *leaving; /* gives back the columns; NULL: they are here */
} Dataset;

/* Where a data problem lies. The first 100 are kept, all are counted. */
typedef struct {
    DiagName name;
    Slice file;
    uint64_t line; /* where the record starts; 0: the file as a whole */
    uint32_t field; /* from 1; 0: the record */
    Slice header;
    Slice message; /* what was expected */
} DataProblem;

/* The path given on the command line for what has that name, for the n-th time from 0; NULL:
 * none. */
const Slice *data_override(const DataOptions *options, Slice name, uint32_t nth);

/* All problems of one kind in one column, kept or not. */
typedef struct {
    DataProblem first; /* its message: of all of them */
    uint64_t count;
} DataTally;

typedef struct {
    VEC(DataProblem) problems;
    VEC(DataTally) tallies; /* of all, in order of the first of each */
    uint64_t total;
} DataReport;

/* Reads every table of the module. SCP_OK, or SCP_DATA (SCP_LIMIT where memory ended) with the
 * problems in `report` and nothing in the dataset. */
ScpStatus dataset_load(const Module *module, const DataOptions *options, Arena *arena,
                       Dataset *dataset, DataReport *report);
void dataset_free(Dataset *dataset);

/* Whether the module has events of that population. */
bool dataset_has_events(const Module *module, uint32_t population);

/* Gives back columns and persons, which nobody reads any more, beside what the caller does next,
 * where there are threads for it; what else is known of the tables stays. */
void dataset_let_go(Dataset *dataset);

/* Puts the rows of each person of an events table side by side, which strata_run needs of it
 * (dataset_load has done it). The snapshots share their columns. `room`: as of reorder_open.
 * False: no memory. */
bool dataset_cluster(TableData *snapshots, uint32_t snapshot_count, uint32_t threads, void *room);

#endif
