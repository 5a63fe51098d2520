/* All tables of a module: each file read, then keys checked, then events joined to their people.
 * What is wrong with a file never hides what is wrong with another; but no event is called an
 * orphan of a population that could not be read. */
#include "runtime/data/dataset.h"

#include <inttypes.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "runtime/base/file.h"
#include "runtime/data/ingest.h"
#include "runtime/data/parallel.h"
#include "runtime/data/problem.h"
#include "runtime/data/snapshot.h"

/* What loading needs of one file, and the dataset does not. */
typedef struct {
    KeyColumn keys;
    RowLines lines;
    KeyIndex index; /* populations */
    bool read;
} FileData;

typedef struct {
    const Module *module;
    const DataOptions *options;
    Arena *arena;
    Dataset *dataset;
    DataReport *report;
    FileData **files; /* [table][snapshot]; events have one */
    int root;         /* folder of the plan; -1: not opened yet */
    uint32_t threads;
    uint64_t seed;
    ScpStatus status;
} Loader;

/* Of a record, and then of its key; line 0: of the file. */
static DataProblem key_problem(const Loader *loader, DiagName name, Slice file, uint64_t line,
                               uint32_t table, Slice message) {
    const ModuleTable *declared = &loader->module->tables.items[table];
    Slice header = line ? declared->columns.items[declared->key].name : SLICE("");
    return (DataProblem){name, file, line, 0, header, message};
}

static void report(Loader *loader, DiagName name, Slice file, uint64_t line, uint32_t table,
                   Slice message) {
    data_report_add(loader->report, loader->arena,
                    key_problem(loader, name, file, line, table, message));
}

static void no_memory(Loader *loader, Slice file, uint32_t table) {
    report(loader, DIAG_LIMIT_REACHED, file, 0, table,
           SLICE("there is not enough memory for this table"));
    loader->status = status_worse(loader->status, SCP_LIMIT);
}

/* ---- Files --------------------------------------------------------------------------------- */

const Slice *data_override(const DataOptions *options, Slice table, uint32_t snapshot) {
    for (uint32_t i = 0; i < options->override_count; i++) {
        const DataOverride *override = &options->overrides[i];
        if (slice_equal(override->name, table) && !snapshot--) return &override->path;
    }
    return NULL;
}

/* A snapshot holds all days of a population, and its events: events without a path of their own
 * come from where their people do. */
static const Slice *find_path(const Loader *loader, uint32_t table, uint32_t snapshot) {
    const ModuleTable *declared = &loader->module->tables.items[table];
    const DataOptions *options = loader->options;
    const Slice *path = data_override(options, declared->name, snapshot);
    if (path) return path;
    const Slice *first = data_override(options, declared->name, 0);
    if (first && slice_ends_with(*first, SLICE(".scps"))) return first;
    path = data_override(options, SLICE(""), 0);
    if (path || declared->sort != TABLE_EVENTS) return path;
    path = data_override(options, loader->module->tables.items[declared->population].name, 0);
    return path && slice_ends_with(*path, SLICE(".scps")) ? path : NULL;
}

static int open_anywhere(Loader *loader, Slice path, Slice *error) {
    int descriptor = -1;
    return file_open(loader->arena, path, &descriptor, error) == SCP_OK ? descriptor : -1;
}

static int open_below_plan(Loader *loader, Slice path, Slice *error) {
    int descriptor = -1;
    if (loader->root < 0) {
        const char *folder = loader->options->root.length
                                 ? arena_copy(loader->arena, loader->options->root).data
                                 : ".";
        if (file_root_open(loader->arena, folder, &loader->root, error) != SCP_OK) return -1;
    }
    if (file_confined_open(loader->arena, loader->root, path, &descriptor, error) != SCP_OK)
        return -1;
    return descriptor;
}

/* The snapshot file, opened if it is not yet; NULL, with what is wrong told, if it cannot be. */
static const Snapshot *open_snapshot(Loader *loader, int descriptor, Slice path) {
    struct stat status;
    Slice error = SLICE("");
    if (fstat(descriptor, &status)) status = (struct stat){0};
    for (Snapshot *open = loader->dataset->snapshots; open; open = open->next)
        if (open->device == (uint64_t)status.st_dev && open->node == (uint64_t)status.st_ino)
            return open->map ? open : NULL;
    Snapshot *snapshot = ARENA_NEW(loader->arena, Snapshot);
    snapshot->next = loader->dataset->snapshots;
    snapshot->file = path;
    loader->dataset->snapshots = snapshot;
    if (snapshot_open(loader->arena, descriptor, snapshot, &error) == SCP_OK) return snapshot;
    data_report_add(loader->report, loader->arena,
                    (DataProblem){DIAG_SNAPSHOT_DAMAGED, path, 0, 0, SLICE(""), error});
    return NULL;
}

static ScpStatus take_table(Loader *loader, uint32_t table, uint32_t day, int descriptor,
                            Slice path) {
    const Snapshot *snapshot = open_snapshot(loader, descriptor, path);
    if (!snapshot) return SCP_DATA;
    struct DatasetTable *place = &loader->dataset->tables[table];
    TableData *data = &place->snapshots[day];
    ScpStatus status = snapshot_take(snapshot, loader->module, table, day, loader->arena, data,
                                     loader->report);
    if (status != SCP_OK) return status;
    place->orphans = data->stored->part->orphans;
    uint64_t limit = loader->options->row_limit;
    if (limit && data->rows > limit) {
        report(loader, DIAG_DATA_TOO_LARGE, path, 0, table,
               arena_printf(loader->arena, "the table has more than %" PRIu64 " rows", limit));
        return SCP_DATA;
    }
    return SCP_OK;
}

/* What is done with that table, for who waits. */
static const char *work_on(Loader *loader, const char *what, uint32_t table) {
    Slice name = loader->module->tables.items[table].name;
    return arena_printf(loader->arena, "%s %.*s", what, SLICE_FMT(name)).data;
}

static void begin(Loader *loader, const char *what, uint32_t table) {
    progress_begin(loader->options->progress, work_on(loader, what, table), 0);
}

/* 0 where the file does not say. */
static uint64_t size_of_file(int descriptor) {
    struct stat status;
    return fstat(descriptor, &status) || status.st_size < 0 ? 0 : (uint64_t)status.st_size;
}

static void read_file(Loader *loader, uint32_t table, uint32_t snapshot) {
    const ModuleTable *declared = &loader->module->tables.items[table];
    const Slice *override = find_path(loader, table, snapshot);
    Slice path = override ? *override : declared->snapshots.items[snapshot].file;
    Slice error = SLICE("");
    int descriptor = override ? open_anywhere(loader, path, &error)
                              : open_below_plan(loader, path, &error);
    if (descriptor < 0) {
        report(loader, DIAG_DATA_NOT_FOUND, path, 0, table, error);
        loader->status = status_worse(loader->status, SCP_DATA);
        return;
    }
    FileData *file = &loader->files[table][snapshot];
    TableData *data = &loader->dataset->tables[table].snapshots[snapshot];
    if (snapshot_is(descriptor) || slice_ends_with(path, SLICE(".scps"))) {
        ScpStatus taken = take_table(loader, table, snapshot, descriptor, path);
        close(descriptor);
        file->read = taken == SCP_OK;
        loader->status = status_worse(loader->status, taken);
        return;
    }
    progress_begin_bytes(loader->options->progress, work_on(loader, "reading", table),
                         size_of_file(descriptor));
    IngestRequest request = {
        .module = loader->module,
        .table = declared,
        .file = path,
        .descriptor = descriptor,
        .threads = loader->threads,
        .duckdb = loader->options->duckdb ? loader->options->duckdb : "",
        .progress = loader->options->progress,
        .row_limit = loader->options->row_limit ? loader->options->row_limit : INT32_MAX,
        .seed = loader->seed,
        .arena = loader->arena,
        .report = loader->report,
    };
    ScpStatus status = ingest_file(&request, data, &file->keys, &file->lines);
    close(descriptor);
    file->read = status == SCP_OK;
    loader->status = status_worse(loader->status, status);
}

/* ---- Keys and joins ------------------------------------------------------------------------ */

typedef struct {
    Loader *loader;
    uint32_t table, snapshot;
} Place;

static void tell_duplicate(void *context, uint32_t row, uint32_t first) {
    const Place *place = context;
    Loader *loader = place->loader;
    const FileData *file = &loader->files[place->table][place->snapshot];
    Slice path = loader->dataset->tables[place->table].snapshots[place->snapshot].file;
    loader->status = status_worse(loader->status, SCP_DATA);
    DataProblem problem = key_problem(loader, DIAG_DATA_DUPLICATE_KEY, path,
                                      row_line(&file->lines, row), place->table,
                                      SLICE("the identifier stands on an earlier line too"));
    data_report_count(loader->report, loader->arena, problem, 1);
    if (loader->report->problems.count >= DATA_PROBLEMS_KEPT) return;
    problem.message = arena_printf(loader->arena, "the same identifier stands on line %" PRIu64,
                                   row_line(&file->lines, first));
    data_report_keep(loader->report, loader->arena, problem);
}

bool dataset_has_events(const Module *module, uint32_t population) {
    VEC_EACH(const ModuleTable, table, &module->tables)
        if (table->sort == TABLE_EVENTS && table->population == population) return true;
    return false;
}

/* An index of people whom no events are of is not needed, unless to tell who is there twice. */
static bool index_people(Loader *loader, uint32_t table, uint32_t snapshot) {
    FileData *file = &loader->files[table][snapshot];
    Place place = {loader, table, snapshot};
    begin(loader, "comparing the keys of", table);
    if (!dataset_has_events(loader->module, table)) {
        KeysAre keys = keys_look(&file->keys, loader->seed, loader->threads);
        if (keys != KEYS_UNSURE) return keys == KEYS_DISTINCT;
    }
    return key_index_build(&file->index, &file->keys, loader->seed, loader->threads,
                           tell_duplicate, &place);
}

static void index_population(Loader *loader, uint32_t table) {
    uint32_t count = loader->module->tables.items[table].snapshots.count;
    for (uint32_t s = 0; s < count; s++) {
        FileData *file = &loader->files[table][s];
        if (!file->read || loader->dataset->tables[table].snapshots[s].stored) continue;
        if (index_people(loader, table, s)) continue;
        file->read = false;
        no_memory(loader, loader->dataset->tables[table].snapshots[s].file, table);
    }
}

/* The rows of people in one snapshot. False: no memory. */
static bool join_snapshot(Loader *loader, const KeyIndex *index, const KeyColumn *keys,
                          TableData *data) {
    data->person = mem_alloc_array(keys->rows, sizeof *data->person);
    if (!data->person) return false;
    if (!key_index_find(index, keys, loader->threads, data->person)) return false;
    for (uint64_t row = 0; row < data->rows; row++)
        data->unmatched += data->person[row] == DATA_NO_PERSON;
    return true;
}

static void tell_orphan(Loader *loader, uint32_t table, uint64_t row, Slice message) {
    loader->status = status_worse(loader->status, SCP_DATA);
    data_report_add(loader->report, loader->arena,
                    key_problem(loader, DIAG_DATA_ORPHAN_EVENT,
                                loader->dataset->tables[table].snapshots->file,
                                row_line(&loader->files[table]->lines, row), table, message));
}

static void find_orphans(Loader *loader, uint32_t table, uint32_t snapshots) {
    TableData *data = loader->dataset->tables[table].snapshots;
    const ModuleTable *declared = &loader->module->tables.items[table];
    Slice message =
        arena_printf(loader->arena, "nobody in `%.*s` has this identifier",
                     SLICE_FMT(loader->module->tables.items[declared->population].name));
    for (uint64_t row = 0; data->unmatched && row < data->rows; row++) {
        bool found = false;
        for (uint32_t s = 0; s < snapshots; s++)
            found |= data[s].person[row] != DATA_NO_PERSON;
        if (found) continue;
        loader->dataset->tables[table].orphans++;
        if (!loader->options->tolerate_orphans) tell_orphan(loader, table, row, message);
    }
}

static bool population_read(const Loader *loader, uint32_t population) {
    uint32_t count = loader->module->tables.items[population].snapshots.count;
    for (uint32_t s = 0; s < count; s++)
        if (!loader->files[population][s].read) return false;
    return true;
}

static bool join_events(Loader *loader, uint32_t table) {
    const ModuleTable *declared = &loader->module->tables.items[table];
    uint32_t snapshots = loader->module->tables.items[declared->population].snapshots.count;
    TableData *data = loader->dataset->tables[table].snapshots;
    const FileData *file = loader->files[table];
    begin(loader, "finding the people of", table);
    for (uint32_t s = 0; s < snapshots; s++) {
        if (s) {
            data[s] = data[0];
            data[s].person = NULL;
            data[s].unmatched = 0;
        }
        const KeyIndex *index = &loader->files[declared->population][s].index;
        if (!join_snapshot(loader, index, &file->keys, &data[s])) return false;
    }
    find_orphans(loader, table, snapshots);
    begin(loader, "sorting", table);
    return dataset_cluster(data, snapshots, loader->threads, file->keys.words);
}

/* Events of a snapshot know their people by rows; only people of the same snapshot will do. */
static void join_stored(Loader *loader, uint32_t table) {
    const ModuleTable *declared = &loader->module->tables.items[table];
    struct DatasetTable *events = &loader->dataset->tables[table];
    const TableData *people = loader->dataset->tables[declared->population].snapshots;
    ScpStatus status = SCP_OK;
    for (uint32_t s = 0; s < events->snapshot_count && status == SCP_OK; s++) {
        events->snapshots[s] = events->snapshots[0];
        status = snapshot_join(loader->module, table, &people[s], &events->snapshots[s],
                               loader->arena, loader->report);
    }
    if (status == SCP_OK && events->orphans && !loader->options->tolerate_orphans) {
        report(loader, DIAG_DATA_ORPHAN_EVENT, events->snapshots->stored->snapshot->file, 0, table,
               SLICE("the snapshot was packed with events of people who are not in it; leave them "
                     "out with --leave-out-orphans"));
        status = SCP_DATA;
    }
    loader->status = status_worse(loader->status, status);
}

static bool people_stored(const Loader *loader, uint32_t population) {
    const struct DatasetTable *people = &loader->dataset->tables[population];
    bool stored = false;
    for (uint32_t s = 0; s < people->snapshot_count; s++) stored |= people->snapshots[s].stored != NULL;
    return stored;
}

/* A snapshot holds no identifiers by which other events could find their people. */
static void refuse_mixture(Loader *loader, uint32_t table) {
    const ModuleTable *declared = &loader->module->tables.items[table];
    Slice people = loader->module->tables.items[declared->population].name;
    report(loader, DIAG_SNAPSHOT_MISMATCH, loader->dataset->tables[table].snapshots->file, 0, table,
           arena_printf(loader->arena,
                        "`%.*s` is taken from a snapshot, which holds no identifiers: take "
                        "`%.*s` from it too",
                        SLICE_FMT(people), SLICE_FMT(declared->name)));
    loader->status = status_worse(loader->status, SCP_DATA);
}

/* ---- The whole ----------------------------------------------------------------------------- */

static void make_places(Loader *loader) {
    const Module *module = loader->module;
    Dataset *dataset = loader->dataset;
    dataset->tables = arena_alloc_array(loader->arena, module->tables.count,
                                        sizeof *dataset->tables);
    loader->files = ARENA_NEW_ARRAY(loader->arena, FileData *, module->tables.count);
    for (uint32_t t = 0; t < module->tables.count; t++) {
        const ModuleTable *table = &module->tables.items[t];
        const ModuleTable *people =
            table->sort == TABLE_EVENTS ? &module->tables.items[table->population] : table;
        uint32_t count = people->snapshots.count;
        dataset->tables[t].snapshots = ARENA_NEW_ARRAY(loader->arena, TableData, count);
        dataset->tables[t].snapshot_count = count;
        loader->files[t] = ARENA_NEW_ARRAY(loader->arena, FileData, table->snapshots.count);
        dataset->table_count = t + 1;
    }
}

static void load(Loader *loader) {
    const Module *module = loader->module;
    make_places(loader);
    for (uint32_t t = 0; t < module->tables.count; t++)
        for (uint32_t s = 0; s < module->tables.items[t].snapshots.count; s++)
            read_file(loader, t, s);
    for (uint32_t t = 0; t < module->tables.count; t++)
        if (module->tables.items[t].sort == TABLE_POPULATION) index_population(loader, t);
    for (uint32_t t = 0; t < module->tables.count; t++) {
        const ModuleTable *table = &module->tables.items[t];
        if (table->sort != TABLE_EVENTS || !loader->files[t]->read) continue;
        if (!population_read(loader, table->population)) continue;
        if (loader->dataset->tables[t].snapshots->stored)
            join_stored(loader, t);
        else if (people_stored(loader, table->population))
            refuse_mixture(loader, t);
        else if (!join_events(loader, t))
            no_memory(loader, loader->dataset->tables[t].snapshots->file, t);
    }
    data_report_sort(loader->report);
}

static void loader_free(Loader *loader) {
    for (uint32_t t = 0; t < loader->dataset->table_count; t++)
        for (uint32_t s = 0; s < loader->module->tables.items[t].snapshots.count; s++) {
            FileData *file = &loader->files[t][s];
            key_column_free(&file->keys);
            key_index_free(&file->index);
            mem_free(file->lines.lines);
        }
    if (loader->root >= 0) close(loader->root);
}

/* The seed scatters tables of keys against crafted ones; it changes no result. */
static uint64_t make_seed(const Loader *loader) {
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return ((uint64_t)now.tv_nsec << 32) ^ (uint64_t)now.tv_sec ^ (uint64_t)(uintptr_t)loader;
}

/* A boundary of its own, so that nothing is lost when the arena is exhausted. */
static void load_guarded(Loader *loader) {
    Boundary *outer = loader->arena->boundary, boundary;
    loader->arena->boundary = &boundary;
    if (setjmp(boundary.at)) {
        loader->arena->boundary = outer;
        loader_free(loader);
        dataset_free(loader->dataset);
        boundary_leave(outer, boundary.status, boundary.message);
    }
    load(loader);
    loader->arena->boundary = outer;
    loader_free(loader);
}

ScpStatus dataset_load(const Module *module, const DataOptions *options, Arena *arena,
                       Dataset *dataset, DataReport *report_to) {
    *dataset = (Dataset){.progress = options->progress};
    *report_to = (DataReport){0};
    Loader loader = {
        .module = module,
        .options = options,
        .arena = arena,
        .dataset = dataset,
        .report = report_to,
        .root = -1,
        .threads = parallel_threads(options->threads),
    };
    loader.seed = make_seed(&loader);
    dataset->crew = parallel_open(loader.threads);
    load_guarded(&loader);
    if (loader.status != SCP_OK) dataset_free(dataset);
    return loader.status;
}

static void columns_free(const TableData *data) {
    if (!data->columns || data->stored) return;
    for (uint32_t c = 0; c < data->column_count; c++) {
        mem_free(data->columns[c].values);
        mem_free(data->columns[c].missing);
    }
}

static void tables_free(void *context, uint32_t worker) {
    (void)worker;
    const Dataset *dataset = context;
    for (uint32_t t = 0; t < dataset->table_count; t++)
        for (uint32_t s = 0; s < dataset->tables[t].snapshot_count; s++) {
            const TableData *data = &dataset->tables[t].snapshots[s];
            bool shared = s && data->columns == dataset->tables[t].snapshots->columns;
            if (!shared) columns_free(data);
            if (!data->stored) mem_free(data->person);
        }
}

void dataset_let_go(Dataset *dataset) {
    bool aside = parallel_size(dataset->crew) > 1 && !dataset->leaving;
    if (aside) dataset->leaving = parallel_begin(tables_free, dataset);
}

void dataset_free(Dataset *dataset) {
    if (dataset->leaving)
        parallel_end(dataset->leaving);
    else
        tables_free(dataset, 0);
    for (Snapshot *snapshot = dataset->snapshots; snapshot; snapshot = snapshot->next)
        snapshot_close(snapshot);
    parallel_close(dataset->crew);
    *dataset = (Dataset){0};
}
