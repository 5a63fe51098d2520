/* Answers the tasks of the workload again and again in one process, and times each: the
 * program's side of a comparison in which the other side is kept hot too.
 *
 *     hot [--once] THREADS NAME=PATH,NAME=PATH,… TASK=MODULE…
 *
 * The data of the last module is read once; the tables of the others must begin it. Then each
 * line of standard input asks for one thing, and is answered by a line of seconds: the name of
 * a task (counting, then computing and protecting), `ingest` (the data of the first module
 * read once more, and given back) or `open` (the snapshots that the first module's data lie in
 * opened once more: as far as a run gets before it reads a column). With --once memory that is
 * given back goes back to the system, as in a run of the program; else it is kept for the next
 * turn. Refuses to print a result: what the answers are is compared elsewhere. */
#include <stdio.h>
#include <stdlib.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif
#include <string.h>
#include <time.h>

#include "runtime/base/file.h"
#include "runtime/data/snapshot.h"
#include "runtime/vm/vm.h"

enum { MAX_TASKS = 16, MAX_FILES = 8, MODULE_BYTES = 64 << 20 };

typedef struct {
    const char *name;
    const Module *module;
} Task;

typedef struct {
    Arena arena;
    Boundary boundary;
    uint32_t threads;
    Task tasks[MAX_TASKS];
    uint32_t task_count;
    DataOverride files[MAX_FILES];
    uint32_t file_count;
    Dataset data;
} Bench;

static _Noreturn void fail(const char *what, Slice why) {
    fprintf(stderr, "hot: %s: %.*s\n", what, SLICE_FMT(why));
    exit(1);
}

static double now(void) {
    struct timespec at = {0};
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec * 1e-9;
}

/* ---- What is asked for ----------------------------------------------------------------------- */

/* Splits NAME=VALUE in place; the value. */
static char *split(char *text) {
    char *sign = strchr(text, '=');
    if (!sign) fail(text, SLICE("NAME=VALUE is wanted"));
    *sign = '\0';
    return sign + 1;
}

static void add_files(Bench *bench, char *list) {
    char *rest = list;
    for (char *one = strtok_r(list, ",", &rest); one; one = strtok_r(NULL, ",", &rest)) {
        if (bench->file_count == MAX_FILES) fail(one, SLICE("too many files"));
        const char *path = split(one);
        bench->files[bench->file_count++] = (DataOverride){slice_of(one), slice_of(path)};
    }
}

static void add_task(Bench *bench, char *argument) {
    Slice bytes, error;
    Module *module;
    const char *path = split(argument);
    if (bench->task_count == MAX_TASKS) fail(argument, SLICE("too many tasks"));
    if (file_read(&bench->arena, path, MODULE_BYTES, &bytes, &error) != SCP_OK ||
        module_load(&bench->arena, bytes, &module, &error) != SCP_OK)
        fail(path, error);
    bench->tasks[bench->task_count++] = (Task){argument, module};
}

/* Whether data of the second is data of the first: the same columns with the same members. */
static bool same_columns(const Module *a, const Module *b) {
    if (a->tables.count > b->tables.count) return false;
    for (uint32_t t = 0; t < a->tables.count; t++) {
        const ModuleTable *left = &a->tables.items[t], *right = &b->tables.items[t];
        if (left->columns.count != right->columns.count) return false;
        for (uint32_t c = 0; c < left->columns.count; c++) {
            const ModuleColumn *x = &left->columns.items[c], *y = &right->columns.items[c];
            if (!slice_equal(x->name, y->name) || x->sort != y->sort) return false;
            if (x->sort == COLUMN_CATEGORY &&
                a->dims.items[x->dim].member_count != b->dims.items[y->dim].member_count)
                return false;
        }
    }
    return true;
}

/* ---- Work ------------------------------------------------------------------------------------ */

static void load(Bench *bench, const Module *module, bool verified, Arena *arena, Dataset *data) {
    DataOptions options = {.root = SLICE("."),
                           .overrides = bench->files,
                           .override_count = bench->file_count,
                           .threads = bench->threads};
    DataReport report = {0};
    if (dataset_load(module, &options, arena, data, &report) == SCP_OK &&
        (!verified ||
         dataset_verify(module, data, true, bench->threads, arena, &report) == SCP_OK))
        return;
    fail("data", report.problems.count ? report.problems.items[0].message : SLICE("unreadable"));
}

/* A new arena each time: what a run of the program would find. */
static void run_task(Bench *bench, const Task *task) {
    Boundary boundary;
    Arena arena;
    Slice error;
    arena_init(&arena, &boundary, 0);
    if (setjmp(boundary.at)) fail(task->name, slice_of(boundary.message));
    StrataResult strata;
    VmResult result;
    double begun = now();
    StrataOptions counting = {0};
    if (strata_run(task->module, &bench->data, &counting, &arena, &strata, &error) != SCP_OK)
        fail(task->name, error);
    double counted = now();
    VmOptions options = {.strata = &strata, .policy = POLICY_HES};
    if (vm_run(task->module, &options, &arena, &result, &error) != SCP_OK) fail(task->name, error);
    double computed = now();
    arena_free(&arena);
    printf("%.9f %.9f\n", counted - begun, computed - counted);
}

static void read_again(Bench *bench, bool verified) {
    Boundary boundary;
    Arena arena;
    arena_init(&arena, &boundary, 0);
    if (setjmp(boundary.at)) fail("data", slice_of(boundary.message));
    Dataset data;
    double begun = now();
    load(bench, bench->tasks[0].module, verified, &arena, &data);
    printf("%.9f\n", now() - begun);
    dataset_free(&data);
    arena_free(&arena);
}

static void serve(Bench *bench) {
    char line[64];
    while (fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = '\0';
        const Task *task = NULL;
        for (uint32_t i = 0; i < bench->task_count; i++)
            if (!strcmp(bench->tasks[i].name, line)) task = &bench->tasks[i];
        if (task)
            run_task(bench, task);
        else if (!strcmp(line, "ingest"))
            read_again(bench, true);
        else if (!strcmp(line, "open"))
            read_again(bench, false);
        else
            fail(line, SLICE("no such task"));
        fflush(stdout);
    }
}

/* Memory given back is kept for the next turn, as the peers keep theirs. */
static void keep_memory(void) {
#if defined(__GLIBC__)
    mallopt(M_MMAP_THRESHOLD, 1 << 30);
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
#endif
}

int main(int count, char **arguments) {
    bool once = count > 1 && !strcmp(arguments[1], "--once");
    if (once) arguments++, count--;
    if (count < 4) fail("usage", SLICE("hot [--once] THREADS NAME=PATH,… TASK=MODULE…"));
    if (!once) keep_memory();
    Bench *bench = calloc(1, sizeof *bench);
    if (!bench) fail("hot", SLICE("no memory"));
    arena_init(&bench->arena, &bench->boundary, 0);
    if (setjmp(bench->boundary.at)) fail("hot", slice_of(bench->boundary.message));
    bench->threads = (uint32_t)strtoul(arguments[1], NULL, 10);
    add_files(bench, arguments[2]);
    for (int i = 3; i < count; i++) add_task(bench, arguments[i]);
    const Module *whole = bench->tasks[bench->task_count - 1].module;
    for (uint32_t i = 0; i < bench->task_count; i++)
        if (!same_columns(bench->tasks[i].module, whole))
            fail(bench->tasks[i].name, SLICE("its tables are not those of the last task"));
    double begun = now();
    load(bench, whole, true, &bench->arena, &bench->data);
    printf("ready %.9f\n", now() - begun);
    fflush(stdout);
    serve(bench);
    dataset_free(&bench->data);
    arena_free(&bench->arena);
    free(bench);
    return 0;
}
