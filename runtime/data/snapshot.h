/* Snapshots: the tables of a plan as columns in one file, made once from CSV and then mapped
 * into memory as they lie. A snapshot holds people's values and is private to its owner; it holds
 * no identifier: events know the rows of their people.
 *
 * A file is a header, a directory, and arrays:
 *   8 bytes  magic
 *   u32      format version
 *   u32      0x01020304, as this machine writes it: arrays are in its byte order
 *   u64      length of the file
 *   u64      offset of the directory, u64 its length, u64 its checksum
 *   u64      checksum of the header so far
 * The directory (LEB128 numbers, as in modules) describes tables and columns, and where the
 * arrays lie; these begin at multiples of 64 bytes after it. Each array has a checksum for every
 * SNAPSHOT_ROWS rows.
 *
 * Nothing in a file is believed: header and directory are checked when it is opened, an array
 * before it is first read (its checksums, and that every value is one its column may hold). Who
 * can write to the file while it is read can still do harm, as with any file that is mapped. */
#ifndef RUNTIME_DATA_SNAPSHOT_H
#define RUNTIME_DATA_SNAPSHOT_H

#include "runtime/base/sha256.h"
#include "runtime/bytecode/codec.h"
#include "runtime/data/bits.h"
#include "runtime/data/dataset.h"

#define SNAPSHOT_MAGIC "SCPS\r\n\x1a\n"
#define SNAPSHOT_FORMAT_VERSION 2
#define SNAPSHOT_ORDER_MARK UINT32_C(0x01020304)

enum { SNAPSHOT_HEADER_SIZE = 56, SNAPSHOT_ALIGNMENT = 64, SNAPSHOT_ROWS = 65536 };

typedef struct {
    uint64_t offset, length; /* in bytes, from where arrays begin; length 0: there is none */
    uint32_t block_count;
    uint8_t *checks; /* 8 bytes a block */
} SnapshotArray;

typedef struct {
    Slice name;
    uint32_t sort; /* ColumnSort; never COLUMN_IDENTIFIER */
    uint32_t width; /* 0: a bit a row, as marks of missing values are; flags alone */
    int64_t low, high;
    uint64_t missing_count;
    VEC(Slice) members; /* COLUMN_CATEGORY: the codes */
    SnapshotArray values, missing;
} SnapshotColumn;

/* Events: the row of the person in one part of their population, or DATA_NO_PERSON. */
typedef struct {
    uint32_t part;
    uint64_t unmatched;
    SnapshotArray rows;
} SnapshotJoin;

/* One file that was packed: a population on one day, or events. */
typedef struct {
    Slice name;
    uint32_t sort; /* TableSort */
    int64_t as_at;
    uint64_t rows, blank_lines, orphans;
    Slice file, sha256; /* of what was packed */
    Slice schema;       /* SHA-256 of names, types and categories */
    Slice ordered_by;   /* the column in whose order the rows lie; empty: as they were */
    VEC(SnapshotColumn) columns;
    VEC(SnapshotJoin) joins;
} SnapshotPart;

typedef struct {
    Slice version; /* of the program that packed */
    VEC(SnapshotPart) parts;
} SnapshotDirectory;

typedef struct Snapshot {
    struct Snapshot *next;
    Slice file; /* as the user knows it */
    uint64_t device, node;
    SnapshotDirectory directory;
    char *map; /* NULL: not mapped */
    size_t map_length;
    char *arrays; /* where they begin within the map; never written to */
} Snapshot;

/* Where a table's columns come from. */
typedef struct SnapshotUse {
    const Snapshot *snapshot;
    const SnapshotPart *part;
    const ModuleTable *table;       /* as declared */
    const SnapshotColumn **columns; /* by declared column; NULL: an identifier */
    uint32_t join;                  /* events: which of the part's joins */
    bool joined;                    /* ... and whether it has been verified */
} SnapshotUse;

/* ---- Reading -------------------------------------------------------------------------------- */

/* Whether the file begins as one. Leaves the descriptor where it was. */
bool snapshot_is(int descriptor);

/* Opens one: SCP_OK, or SCP_DATA (SCP_LIMIT) with what is wrong in *error. The descriptor stays
 * the caller's, and may be closed; snapshot_close gives the map back. */
ScpStatus snapshot_open(Arena *arena, int descriptor, Snapshot *snapshot, Slice *error);
void snapshot_close(Snapshot *snapshot);

/* Fills `data`, a table of the module on one of its days, with columns that lie in the snapshot,
 * not yet verified. SCP_DATA with the problems (snapshot-mismatch) in the report where the
 * snapshot does not hold what the table declares. Events are joined by snapshot_join. */
ScpStatus snapshot_take(const Snapshot *snapshot, const Module *module, uint32_t table,
                        uint32_t day, Arena *arena, TableData *data, DataReport *report);

/* Joins events to a day of their population, both taken from the same snapshot. */
ScpStatus snapshot_join(const Module *module, uint32_t table, const TableData *people,
                        TableData *data, Arena *arena, DataReport *report);

/* ---- Verifying ------------------------------------------------------------------------------ */

/* Verifies what lies in snapshots and the module's queries read, or all of it; what was verified
 * before is not again. Must be done before strata_run. SCP_DATA with the problems
 * (snapshot-damaged) in the report. */
ScpStatus dataset_verify(const Module *module, Dataset *dataset, bool all, uint32_t threads,
                         Arena *arena, DataReport *report);

/* ---- Writing -------------------------------------------------------------------------------- */

typedef struct {
    const char *path;
    Slice version;
    uint32_t threads;
    bool (*interrupted)(void *context); /* asked now and then; NULL: never is */
    void *context;
} SnapshotOptions;

/* Puts people in order of their finest geography, so that those of one area lie together; events
 * follow. What lies in a snapshot stays as it is. False: no memory, and the dataset is good for
 * nothing but dataset_free. */
bool dataset_order_people(const Module *module, Dataset *dataset, uint32_t threads);

/* Writes the dataset, whole or not at all and for its owner alone; `directory` says what was
 * written. What of it lies in a snapshot must be verified. SCP_DATA with why in *error. */
ScpStatus snapshot_write(const Module *module, const Dataset *dataset,
                         const SnapshotOptions *options, Arena *arena,
                         SnapshotDirectory *directory, Slice *error);

/* ---- Both ----------------------------------------------------------------------------------- */

/* Writes or reads the directory, as the codec is told. */
void snapshot_codec(Codec *codec, SnapshotDirectory *directory);

/* Bytes one checksum of an array of `width` bytes a row covers; 0: of a bit. */
static inline uint64_t snapshot_block(uint8_t width) { return values_size(SNAPSHOT_ROWS, width); }

static inline uint64_t snapshot_align(uint64_t offset) {
    return (offset + SNAPSHOT_ALIGNMENT - 1) & ~(uint64_t)(SNAPSHOT_ALIGNMENT - 1);
}

#endif
