/* Making a snapshot: sums of all arrays first, then header, directory and arrays in one go, to a
 * file that is there whole or not at all and that its owner alone may read. */
#include "runtime/data/snapshot.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "runtime/base/atomic_file.h"
#include "runtime/data/checksum.h"
#include "runtime/data/parallel.h"

enum { WRITE_SIZE = 4 << 20 };

/* The bytes of one array and where its description is. */
typedef struct {
    const void *bytes;
    SnapshotArray *array;
    uint64_t block;
    uint64_t first; /* number of its first block among all */
} Stretch;

typedef struct {
    const Module *module;
    const Dataset *dataset;
    Arena *arena;
    SnapshotDirectory *directory;
    VEC(Stretch) sources;
    uint64_t end;    /* of the arrays so far */
    uint64_t blocks; /* so far */
    _Atomic uint64_t next;
} Packing;

/* ---- Describing ----------------------------------------------------------------------------- */

static void place(Packing *p, SnapshotArray *array, const void *bytes, uint64_t length,
                  uint64_t block) {
    array->offset = p->end;
    array->length = length;
    array->block_count = (uint32_t)((length + block - 1) / block);
    array->checks = ARENA_NEW_ARRAY(p->arena, uint8_t, (size_t)array->block_count * 8);
    VEC_PUSH(p->arena, &p->sources, (Stretch){bytes, array, block, p->blocks});
    p->end = snapshot_align(p->end + length);
    p->blocks += array->block_count;
}

static void describe_column(Packing *p, const ModuleColumn *declared, const Column *held,
                            uint64_t rows, SnapshotColumn *column) {
    *column = (SnapshotColumn){.name = declared->name,
                               .sort = declared->sort,
                               .width = held->width,
                               .low = held->low,
                               .high = held->high,
                               .missing_count = held->missing_count};
    if (declared->sort == COLUMN_CATEGORY) {
        const ModuleDim *dim = &p->module->dims.items[declared->dim];
        column->members.items = dim->members;
        column->members.count = dim->member_count;
    }
    place(p, &column->values, held->values, values_size(rows, held->width),
          snapshot_block(held->width));
    if (held->missing_count)
        place(p, &column->missing, held->missing, bits_size(rows), snapshot_block(0));
}

static void add_schema(Sha256 *sha, Slice text) {
    uint64_t length = text.length;
    sha256_add(sha, (Slice){(const char *)&length, sizeof length});
    sha256_add(sha, text);
}

/* Of what a table declares: two snapshots of one schema have one fingerprint. */
static Slice schema_of(const Packing *p, const ModuleTable *table) {
    Sha256 sha;
    char hex[SHA256_HEX_SIZE];
    sha256_init(&sha);
    add_schema(&sha, table->name);
    VEC_EACH(const ModuleColumn, column, &table->columns) {
        char sort = (char)column->sort;
        add_schema(&sha, column->name);
        add_schema(&sha, (Slice){&sort, 1});
        if (column->sort != COLUMN_CATEGORY) continue;
        const ModuleDim *dim = &p->module->dims.items[column->dim];
        for (uint32_t i = 0; i < dim->member_count; i++) add_schema(&sha, dim->members[i]);
    }
    sha256_hex(sha256_finish(&sha), hex);
    return arena_copy(p->arena, slice_of(hex));
}

static void describe_part(Packing *p, uint32_t table, uint32_t day, SnapshotPart *part) {
    const ModuleTable *declared = &p->module->tables.items[table];
    const TableData *data = &p->dataset->tables[table].snapshots[day];
    *part = (SnapshotPart){.name = declared->name,
                           .sort = declared->sort,
                           .as_at = declared->snapshots.items[day].as_at,
                           .rows = data->rows,
                           .blank_lines = data->blank_lines,
                           .orphans = p->dataset->tables[table].orphans,
                           .file = data->file,
                           .sha256 = slice_of(data->sha256),
                           .schema = schema_of(p, declared),
                           .ordered_by = data->ordered_by};
    part->columns.items = ARENA_NEW_ARRAY(p->arena, SnapshotColumn, declared->columns.count);
    for (uint32_t c = 0; c < declared->columns.count; c++)
        if (declared->columns.items[c].sort != COLUMN_IDENTIFIER)
            describe_column(p, &declared->columns.items[c], &data->columns[c], data->rows,
                            &part->columns.items[part->columns.count++]);
}

static void describe_joins(Packing *p, uint32_t table, const uint32_t *first_part,
                           SnapshotPart *part) {
    uint32_t population = p->module->tables.items[table].population;
    uint32_t days = p->dataset->tables[population].snapshot_count;
    part->joins.items = ARENA_NEW_ARRAY(p->arena, SnapshotJoin, days);
    part->joins.count = days;
    for (uint32_t day = 0; day < days; day++) {
        const TableData *data = &p->dataset->tables[table].snapshots[day];
        SnapshotJoin *join = &part->joins.items[day];
        join->part = first_part[population] + day;
        join->unmatched = data->unmatched;
        place(p, &join->rows, data->person, data->rows * 4, snapshot_block(4));
    }
}

static uint32_t files_of(const Module *module, const Dataset *dataset, uint32_t table) {
    return module->tables.items[table].sort == TABLE_EVENTS ? 1
                                                            : dataset->tables[table].snapshot_count;
}

static void describe(Packing *p) {
    const Module *module = p->module;
    uint32_t count = 0;
    uint32_t *first_part = ARENA_NEW_ARRAY(p->arena, uint32_t, module->tables.count + 1);
    for (uint32_t t = 0; t < module->tables.count; t++) {
        first_part[t] = count;
        count += files_of(module, p->dataset, t);
    }
    p->directory->parts.items = ARENA_NEW_ARRAY(p->arena, SnapshotPart, count);
    p->directory->parts.count = count;
    for (uint32_t t = 0; t < module->tables.count; t++)
        for (uint32_t day = 0; day < files_of(module, p->dataset, t); day++) {
            SnapshotPart *part = &p->directory->parts.items[first_part[t] + day];
            describe_part(p, t, day, part);
            if (module->tables.items[t].sort == TABLE_EVENTS)
                describe_joins(p, t, first_part, part);
        }
}

/* ---- Sums ----------------------------------------------------------------------------------- */

static void sum_blocks(void *context, uint32_t worker) {
    (void)worker;
    Packing *p = context;
    for (uint64_t at; (at = atomic_fetch_add(&p->next, 1)) < p->blocks;) {
        uint32_t s = 0;
        while (s + 1 < p->sources.count && p->sources.items[s + 1].first <= at) s++;
        const Stretch *source = &p->sources.items[s];
        uint64_t from = (at - source->first) * source->block, left = source->array->length - from;
        uint64_t sum = checksum_of((const char *)source->bytes + from,
                                   left < source->block ? left : source->block);
        memcpy(source->array->checks + (at - source->first) * 8, &sum, sizeof sum);
        progress_add(p->dataset->progress, 1);
    }
}

/* ---- Writing -------------------------------------------------------------------------------- */

static void put_word(uint8_t *bytes, uint64_t word) { memcpy(bytes, &word, sizeof word); }

static void make_header(uint8_t header[SNAPSHOT_HEADER_SIZE], Slice directory, uint64_t end) {
    uint32_t mark = SNAPSHOT_ORDER_MARK;
    uint64_t arrays = snapshot_align(SNAPSHOT_HEADER_SIZE + directory.length);
    memcpy(header, SNAPSHOT_MAGIC, 8);
    write_u32(header + 8, SNAPSHOT_FORMAT_VERSION);
    memcpy(header + 12, &mark, sizeof mark);
    put_word(header + 16, arrays + end);
    put_word(header + 24, SNAPSHOT_HEADER_SIZE);
    put_word(header + 32, directory.length);
    put_word(header + 40, checksum_of(directory.data, directory.length));
    put_word(header + 48, checksum_of(header, 48));
}

static ScpStatus put_padding(Output *output, uint64_t *at) {
    static const char zeros[SNAPSHOT_ALIGNMENT];
    uint64_t to = snapshot_align(*at);
    ScpStatus status = output_write(output, (Slice){zeros, (size_t)(to - *at)});
    *at = to;
    return status;
}

/* Piece by piece, so that an interrupt need not wait for the end. */
static ScpStatus put_array(Output *output, const Stretch *source, const SnapshotOptions *options,
                           Progress *progress, Slice *error) {
    uint64_t length = source->array->length;
    for (uint64_t at = 0; at < length; at += WRITE_SIZE) {
        uint64_t left = length - at;
        Slice bytes = {(const char *)source->bytes + at, left < WRITE_SIZE ? left : WRITE_SIZE};
        if (options->interrupted && options->interrupted(options->context)) {
            *error = SLICE("interrupted: nothing was written");
            return SCP_DATA;
        }
        if (output_write(output, bytes) != SCP_OK) return SCP_DATA;
        progress_add(progress, bytes.length);
    }
    return SCP_OK;
}

static ScpStatus put_all(Packing *p, Output *output, Slice directory,
                         const SnapshotOptions *options, Slice *error) {
    uint8_t header[SNAPSHOT_HEADER_SIZE];
    uint64_t at = SNAPSHOT_HEADER_SIZE + directory.length;
    make_header(header, directory, p->end);
    ScpStatus status = output_write(output, (Slice){(const char *)header, sizeof header});
    if (status == SCP_OK) status = output_write(output, directory);
    if (status == SCP_OK) status = put_padding(output, &at);
    for (uint32_t i = 0; i < p->sources.count && status == SCP_OK; i++) {
        status = put_array(output, &p->sources.items[i], options, p->dataset->progress, error);
        at += p->sources.items[i].array->length;
        if (status == SCP_OK) status = put_padding(output, &at);
    }
    return status;
}

static Slice encode(const Packing *p) {
    Buffer bytes;
    buffer_init(&bytes, p->arena);
    Codec codec = {.arena = p->arena, .bytes = &bytes};
    snapshot_codec(&codec, p->directory);
    return buffer_slice(&bytes);
}

ScpStatus snapshot_write(const Module *module, const Dataset *dataset,
                         const SnapshotOptions *options, Arena *arena,
                         SnapshotDirectory *directory, Slice *error) {
    *directory = (SnapshotDirectory){.version = options->version};
    Packing packing = {.module = module, .dataset = dataset, .arena = arena,
                       .directory = directory};
    Progress *progress = dataset->progress;
    describe(&packing);
    progress_begin(progress, "adding check sums", packing.blocks);
    parallel_run(parallel_threads(options->threads), sum_blocks, &packing);
    Slice encoded = encode(&packing);
    OutputSet *set = output_set_new();
    *error = SLICE("there is no memory left to write files");
    if (!set) return SCP_LIMIT;
    *error = SLICE("");
    progress_begin_bytes(progress, "writing the snapshot", packing.end);
    Output *output = output_add(set, options->path, OUTPUT_PRIVATE);
    ScpStatus status = output ? put_all(&packing, output, encoded, options, error) : SCP_DATA;
    if (status == SCP_OK) status = output_commit(set);
    bool said = status == SCP_OK || error->length;
    char message[512];
    snprintf(message, sizeof message, "%s", output_set_error(set));
    output_set_free(set);
    if (!said) *error = arena_copy(arena, slice_of(message));
    return status;
}
