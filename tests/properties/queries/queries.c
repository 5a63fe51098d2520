/* Random questions on random people, asked of scpc and of SQLite: every cell must be equal. The same
 * plan must give the same bytes on any number of threads, with rows in any order, from a snapshot and
 * on any kind of processor.
 *
 *     queries SCPC FOLDER FIRST COUNT STEP SIZE [PEOPLE]
 *
 * asks COUNT batches of SIZE questions; the seed of each is STEP more than that of the one before.
 * With PEOPLE there are so many, with few columns, whose sums cancel.
 * What fails is made as small as it still fails, and printed with its seed. Status 1: something did. */
#include "model.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct {
    const char *name;
    const char *arguments[3];
    const char *processor; /* NULL: as it is */
    bool shuffled, packed;
    bool always; /* else of every fifth batch */
} Way;

/* The first is held against SQLite, the others against the first. */
static const Way ways[] = {
    {"one thread", {"--threads", "1"}, .always = true},
    {"rows in another order, three threads", {"--threads", "3"}, .shuffled = true, .always = true},
    {"two threads", {"--threads", "2"}, .processor = NULL},
    {"eight threads", {"--threads", "8"}, .processor = NULL},
    {"a snapshot", {"--threads", "2"}, .packed = true},
    {"a snapshot of rows in another order", {"--threads", "1"}, .shuffled = true, .packed = true},
    {"the plainest loops", {"--threads", "2"}, .processor = "portable"},
    {"the loops for AVX2", {"--threads", "1"}, .processor = "avx2"},
};
enum { WAY_COUNT = sizeof ways / sizeof ways[0] };

typedef struct {
    const char *program, *folder;
    Batch *batch;
    int only; /* the way that is looked at besides the first; -1: those the batch's turn says */
} Trial;

/* What is wrong: a question (or -1) and why; why NULL: nothing. */
typedef struct {
    int ask, way;
    char *why;
} Finding;

/* ---- The program ------------------------------------------------------------------------------- */

/* Its status; standard output and error go into files of the folder. */
static int run_program(const char *folder, const char *const *arguments, const char *processor) {
    pid_t child = fork();
    if (child < 0) stop("no process: %s", strerror(errno));
    if (child == 0) {
        if (chdir(folder) || !freopen("out.json", "wb", stdout) || !freopen("err.txt", "wb", stderr))
            _exit(127);
        if (processor) setenv("SCP_PROCESSOR", processor, 1);
        execv(arguments[0], (char *const *)arguments);
        _exit(127);
    }
    int status;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR) stop("waiting: %s", strerror(errno));
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static char *failure(const char *folder, int status) {
    return join("scpc ended with status %d: %.2000s", status,
                read_file(join("%s/err.txt", folder)));
}

static int pack(const Trial *trial, const char *folder) {
    const char *arguments[] = {trial->program, "data", "pack", "plan.scp", "-o", "all.scps",
                               "--quiet", trial->batch->orphans ? "--leave-out-orphans" : NULL, NULL};
    return run_program(folder, arguments, NULL);
}

/* What it says of the files is theirs: names and fingerprints are blotted out. */
static void blot(char *text, const char *key) {
    for (char *at = text; (at = strstr(at, key)); at++) {
        at += strlen(key);
        size_t length = strcspn(at, "\"");
        memmove(at, at + length, strlen(at + length) + 1);
    }
}

static char *answer_of(const Trial *trial, const Way *way, char **why) {
    Chance order = {.state = trial->batch->seed * 7919 + 1};
    const char *folder = join("%s/%s", trial->folder, way->shuffled ? "shuffled" : "plain");
    const char *arguments[20] = {trial->program, "run", "plan.scp", "--internal", "--format", "json",
                                 "--quiet"};
    int count = 7;
    if (mkdir(folder, 0700) && errno != EEXIST) stop("%s: %s", folder, strerror(errno));
    write_batch(trial->batch, folder, way->shuffled ? &order : NULL);
    for (int i = 0; way->arguments[i]; i++) arguments[count++] = way->arguments[i];
    if (trial->batch->orphans) arguments[count++] = "--leave-out-orphans";
    if (way->packed) {
        arguments[count++] = "--data";
        arguments[count++] = "all.scps";
        int packed = pack(trial, folder);
        if (packed) *why = failure(folder, packed);
        if (packed) return NULL;
    }
    int status = run_program(folder, arguments, way->processor);
    if (status) *why = failure(folder, status);
    if (status) return NULL;
    char *text = read_file(join("%s/out.json", folder));
    blot(text, "\"file\":\"");
    blot(text, "\"sha256\":\"");
    blot(text, "\"file\": \"");
    blot(text, "\"sha256\": \"");
    return text;
}

/* ---- What is wrong ----------------------------------------------------------------------------- */

static const Json *let_named(const Json *all, const char *name) {
    const Json *lets = member(all, "lets");
    for (size_t i = 0; lets && i < lets->count; i++)
        if (is_text(member(&lets->items[i], "name"), name)) return &lets->items[i];
    return NULL;
}

static Finding judge_answers(const Trial *trial, const char *text) {
    const Batch *batch = trial->batch;
    Json all = parse_json(text);
    struct sqlite3 *database = load_people(batch);
    for (int i = 0; i < batch->ask_count; i++) {
        Answer expected = ask_sqlite(batch, database, &batch->asks[i]);
        char *why = compare_answer(batch, &batch->asks[i], &expected, let_named(&all, join("q%d", i)));
        if (why) return (Finding){.ask = i, .why = join("q%d: %s", i, why)};
    }
    return (Finding){.ask = -1};
}

static char *first_difference(const char *one, const char *other) {
    size_t at = 0;
    while (one[at] && one[at] == other[at]) at++;
    size_t from = at > 60 ? at - 60 : 0;
    return join("…%.160s…\n  is …%.160s…", one + from, other + from);
}

static Finding judge(const Trial *trial) {
    char *why = NULL;
    char *first = answer_of(trial, &ways[0], &why);
    if (!first) return (Finding){-1, 0, why};
    if (trial->only <= 0) {
        Finding finding = judge_answers(trial, first);
        if (finding.why) return finding;
    }
    bool turn = trial->batch->seed % 5 == 0;
    for (int w = 1; w < WAY_COUNT; w++) {
        if (trial->only >= 0 ? w != trial->only : !(ways[w].always || turn)) continue;
        char *text = answer_of(trial, &ways[w], &why);
        if (!text) return (Finding){-1, w, why};
        if (strcmp(first, text) == 0) continue;
        return (Finding){-1, w, join("%s: %s", ways[w].name, first_difference(first, text))};
    }
    return (Finding){.ask = -1};
}

/* ---- Smaller ----------------------------------------------------------------------------------- */

/* Whether the finding is still there; of a refusal the same first words. */
static bool still_fails(const Trial *trial, const Finding *finding) {
    Trial again = *trial;
    again.only = finding->way;
    Finding now = judge(&again);
    if (!now.why || now.way != finding->way) return false;
    bool refusal = !strncmp(finding->why, "scpc ended", 10);
    return refusal ? !strncmp(now.why, finding->why, 60) : strncmp(now.why, "scpc ended", 10) != 0;
}

static bool keep_one(Trial *trial, const Finding *finding, int ask) {
    Batch *batch = trial->batch, before = *batch;
    batch->asks += ask;
    batch->ask_count = 1;
    if (still_fails(trial, finding)) return true;
    *batch = before;
    return false;
}

static void fewer_asks(Trial *trial, const Finding *finding) {
    if (finding->ask >= 0) {
        keep_one(trial, finding, finding->ask);
        return;
    }
    for (int i = 0; i < trial->batch->ask_count && trial->batch->ask_count > 1; i++)
        if (keep_one(trial, finding, i)) return;
}

/* Each part of a condition in the place of the whole, or nothing at all. */
static bool smaller_cond(Trial *trial, const Finding *finding, Cond **cond) {
    Cond *before = *cond, anybody = {.sort = COND_TRUE};
    if (before->sort == COND_TRUE) return false;
    Cond *nothing = take(sizeof *nothing);
    *nothing = anybody;
    Cond *instead[] = {nothing, before->left, before->right};
    for (int i = 0; i < 3; i++) {
        if (!instead[i]) continue;
        *cond = instead[i];
        if (still_fails(trial, finding)) return true;
        *cond = before;
    }
    if (before->sort == COND_LEAF) return false;
    return smaller_cond(trial, finding, &before->left) ||
           (before->right && smaller_cond(trial, finding, &before->right));
}

static bool fewer_dims(Trial *trial, const Finding *finding, Ask *ask) {
    for (int i = 0; i < ask->dim_count; i++) {
        Ask before = *ask;
        for (int j = i; j + 1 < ask->dim_count; j++) ask->dims[j] = ask->dims[j + 1];
        ask->dim_count--;
        if (still_fails(trial, finding)) return true;
        *ask = before;
    }
    return false;
}

static bool plainer(Trial *trial, const Finding *finding, Ask *ask) {
    Ask before = *ask;
    ask->segment = -1;
    if (before.segment >= 0 && still_fails(trial, finding)) return true;
    *ask = before;
    ask->year = 0;
    if (before.year && still_fails(trial, finding)) return true;
    *ask = before;
    return false;
}

/* Rows in halves, quarters, … as long as the rest still fails. */
static void fewer_rows(Trial *trial, const Finding *finding, Records *table) {
    for (int size = (table->rows + 1) / 2, tries = 0; size > 0 && tries < 250; size /= 2)
        for (int from = 0; from < table->rows && tries < 250; from += size) {
            bool *before = take((size_t)table->rows * sizeof *before), changed = false;
            memcpy(before, table->gone, (size_t)table->rows * sizeof *before);
            for (int r = from; r < from + size && r < table->rows; r++) {
                changed |= !table->gone[r];
                table->gone[r] = true;
            }
            if (!changed) continue;
            tries++;
            if (!still_fails(trial, finding))
                memcpy(table->gone, before, (size_t)table->rows * sizeof *before);
        }
}

static void make_smaller(Trial *trial, const Finding *finding) {
    Batch *batch = trial->batch;
    fewer_asks(trial, finding);
    for (bool again = true; again && batch->ask_count == 1;) {
        Ask *ask = &batch->asks[0];
        again = plainer(trial, finding, ask) || fewer_dims(trial, finding, ask) ||
                smaller_cond(trial, finding, &ask->where) ||
                smaller_cond(trial, finding, &ask->part);
    }
    for (int t = batch->table_count; t-- > 0;) fewer_rows(trial, finding, &batch->tables[t]);
}

static void print_file(const char *folder, const char *name, size_t most) {
    char *text = read_file(join("%s/plain/%s", folder, name));
    printf("--- %s\n%.*s%s", name, (int)most, text, strlen(text) > most ? "…\n" : "");
}

static void report(const Trial *trial, const Finding *finding) {
    const Batch *batch = trial->batch;
    printf("\nseed %llu: %s\n%s\n", (unsigned long long)batch->seed, ways[finding->way].name,
           finding->why);
    for (int i = 0; i < batch->ask_count && batch->ask_count == 1; i++) {
        char *sql[2];
        ask_sql(batch, &batch->asks[i], sql);
        for (int d = 0; d < batch->dim_count; d++)
            if (batch->dims[d].ready && strstr(sql[0], batch->dims[d].name))
                printf("sql: %s\n", batch->dims[d].ready);
        printf("sql: %s\n", sql[0]);
        if (sql[1]) printf("sql: %s\n", sql[1]);
    }
    print_file(trial->folder, "plan.scp", 6000);
    for (int t = 0; t < batch->table_count; t++)
        print_file(trial->folder, batch->tables[t].file, 1500);
    if (batch->snapshots > 1) print_file(trial->folder, "later.csv", 1500);
}

/* ---- Batches ----------------------------------------------------------------------------------- */

static int ask_batch(const char *program, const char *folder, uint64_t seed, int size, int many) {
    Batch *batch = take(sizeof *batch);
    batch->seed = batch->chance.state = seed;
    batch->many = many;
    make_people(batch);
    make_asks(batch, size);
    Trial trial = {.program = program, .folder = folder, .batch = batch, .only = -1};
    Finding finding = judge(&trial);
    if (!finding.why) return 0;
    make_smaller(&trial, &finding);
    trial.only = finding.way;
    Finding smallest = judge(&trial);
    report(&trial, smallest.why ? &smallest : &finding);
    return 1;
}

int main(int argc, char **argv) {
    if (argc != 7 && argc != 8) {
        fputs("usage: queries SCPC FOLDER FIRST COUNT STEP SIZE [PEOPLE]\n", stderr);
        return 2;
    }
    uint64_t first = strtoull(argv[3], NULL, 10), step = strtoull(argv[5], NULL, 10);
    int count = atoi(argv[4]), size = atoi(argv[6]), failed = 0;
    int many = argc == 8 ? atoi(argv[7]) : 0;
    for (int b = 0; b < count; b++) {
        fflush(stdout);
        pid_t child = fork();
        if (child < 0) stop("no process: %s", strerror(errno));
        if (child == 0) exit(ask_batch(argv[1], argv[2], first + (uint64_t)b * step, size, many));
        int status;
        while (waitpid(child, &status, 0) < 0)
            if (errno != EINTR) stop("waiting: %s", strerror(errno));
        failed += status != 0;
    }
    if (failed) printf("%d of %d batches failed\n", failed, count);
    return failed ? 1 : 0;
}
