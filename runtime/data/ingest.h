/* One data file to one table: header, rows on several threads, columns. Tells what is wrong
 * with the file and its fields; whether keys are unique and events have their people is for
 * runtime/data/dataset.c, which sees more than one file. */
#ifndef RUNTIME_DATA_INGEST_H
#define RUNTIME_DATA_INGEST_H

#include "runtime/data/dataset.h"
#include "runtime/data/keys.h"

typedef struct {
    const Module *module;
    const ModuleTable *table;
    Slice file;     /* as the user knows it */
    int descriptor; /* open for reading; stays the caller's */
    uint32_t threads;
    const char *duckdb; /* the library that reads Parquet; "": as the system finds it */
    uint64_t row_limit;
    uint64_t seed;
    Progress *progress; /* told of bytes read; NULL: nobody asks */
    size_t chunk_size; /* 0: one that suits; changes no result */
    Arena *arena;
    DataReport *report;
} IngestRequest;

/* Where a row starts: `lines` by row, or NULL where row r is on line r + 2. */
typedef struct {
    uint32_t *lines;
} RowLines;

uint64_t row_line(const RowLines *lines, uint64_t row);

/* Fills `data` (whose columns lie in the arena, their values in memory of their own), the keys
 * and the lines, all zeroed by the caller, who also frees what they hold. SCP_DATA and
 * SCP_LIMIT have their problems in the report. */
ScpStatus ingest_file(const IngestRequest *request, TableData *data, KeyColumn *keys,
                      RowLines *lines);

#endif
