/* What the policies promise, on random people: every cell shown is the exact one as the policy makes
 * it, or is withheld; nothing that is written holds a key; what is not for publication says so; and
 * two files whose protected counts are equal give the same bytes.
 *
 *     disclosure SCPC FOLDER FIRST COUNT
 *
 * asks COUNT batches from seed FIRST. The exact numbers are SQLite's (../queries). Status 1: a
 * promise was broken; each is printed with its seed. */
#include "tests/properties/queries/model.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { QUESTIONS = 40, SMALL = 8 };

typedef enum { HES, MIDPOINT6 } Policy;
static const char *const policies[] = {"hes", "midpoint6"};

typedef struct {
    const char *program, *folder;
    Batch *batch;
    struct sqlite3 *database;
    int broken;
} Trial;

static void broken(Trial *trial, const char *what, const char *detail) {
    printf("seed %llu: %s\n  %s\n", (unsigned long long)trial->batch->seed, what, detail);
    trial->broken++;
}

/* Runs the program, with what may follow its name; what it wrote is in out.txt and err.txt. */
static int run(const Trial *trial, const char *arguments) {
    const char *orphans = trial->batch->orphans ? " --leave-out-orphans" : "";
    int status = system(join("cd '%s' && '%s' %s%s >out.txt 2>err.txt", trial->folder,
                             trial->program, arguments, orphans));
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000;
}

static char *written(const Trial *trial, const char *name) {
    return read_file(join("%s/%s", trial->folder, name));
}

/* ---- Keys -------------------------------------------------------------------------------------- */

/* No key of a person looks like anything else. */
static void mark_keys(Batch *batch) {
    for (int r = 0; r < batch->tables[0].rows; r++)
        batch->tables[0].ids[r] = join("zq%s", batch->tables[0].ids[r]);
}

static void holds_no_key(Trial *trial, const char *name, const char *what) {
    const char *text = written(trial, name), *found = strstr(text, "zq");
    if (found) broken(trial, join("%s holds a key", what), join("%.60s", found));
}

static void nothing_holds_a_key(Trial *trial) {
    static const char *const commands[] = {
        "run plan.scp --policy hes", "run plan.scp --format csv", "run plan.scp --explain",
        "run plan.scp --internal", "report plan.scp -o report.html --manifest",
        "data check plan.scp"};
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        run(trial, commands[i]);
        holds_no_key(trial, "out.txt", commands[i]);
        holds_no_key(trial, "err.txt", commands[i]);
        if (strstr(commands[i], "report")) holds_no_key(trial, "report.html", commands[i]);
    }
}

/* A field that cannot be read is told by its place, never by what it says. */
static void problems_hold_no_value(Trial *trial) {
    char *path = join("%s/people.csv", trial->folder), *text = read_file(path);
    write_file(path, join("%szqsomebody,zqvalue,zqvalue,zqvalue\n", text));
    int status = run(trial, "run plan.scp");
    if (status != 3) broken(trial, "damaged people are read", join("status %d", status));
    holds_no_key(trial, "out.txt", "a message about data");
    holds_no_key(trial, "err.txt", "a message about data");
    write_file(path, text);
}

static void exact_numbers_are_marked(Trial *trial) {
    static const char *const commands[] = {
        "run plan.scp --internal", "run plan.scp --internal --format json",
        "run plan.scp --internal --format csv", "eval plan.scp 'count(people)' --internal",
        "eval plan.scp 'count(people)' --internal --format json",
        "report plan.scp --internal -o r.html", "report plan.scp --internal -o r.md",
        "data check plan.scp --internal"};
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        int status = run(trial, commands[i]);
        const char *file = strstr(commands[i], " r."), *name = file ? file + 1 : "out.txt";
        if (status > 1)
            broken(trial, join("%s ends with %d", commands[i], status), written(trial, "err.txt"));
        else if (!strstr(written(trial, name), "INTERNAL"))
            broken(trial, join("%s bears no watermark", commands[i]), "");
    }
}

/* ---- Cells ------------------------------------------------------------------------------------- */

static bool few(double count) { return count > 0 && count < SMALL; }

/* NaN: withheld. */
static double protected_count(Policy policy, double count, double people) {
    if (policy == MIDPOINT6) return count == 0 ? 0 : ceil(count / 6) * 6 - 3;
    return few(count) || few(people) ? NAN : floor((count + 2) / 5) * 5;
}

static bool agrees(const Json *got, double expected) {
    if (isnan(expected)) return !got || got->sort == JSON_NULL;
    return got && got->sort != JSON_NULL && number_of(got) == expected;
}

static bool at_most_three_figures(double value) {
    char *text = join("%.2e", value);
    return fabs(strtod(text, NULL) - value) <= 1e-9 * fabs(value);
}

/* The question with more asked of the rows, counting rows or the people behind them. */
static Answer counted(const Trial *trial, const Ask *ask, const char *more, bool people) {
    Ask other = *ask;
    Cond *condition = take(sizeof *condition), *where = take(sizeof *where);
    *condition = (Cond){.sort = COND_LEAF, .sql = join("%s", more), .plan = ""};
    *where = (Cond){.sort = COND_AND, .left = ask->where, .right = condition};
    other.sort = people && ask->table ? ASK_DISTINCT : ASK_COUNT;
    other.where = where;
    return ask_sqlite(trial->batch, trial->database, &other);
}

/* What the numbers of a question rest on: the people behind what is counted, or stands above and
 * below the line; of a sum, the rows and people whose value is not 0. */
typedef struct {
    Answer exact, people, rows, below;
} Support;

static Support support_of(const Trial *trial, const Ask *ask) {
    bool sum = ask->sort == ASK_SUM || ask->sort == ASK_MEAN;
    const char *more = sum ? join("(%s) <> 0", ask->summed.sql) : cond_sql(ask->part);
    Ask of_people = *ask;
    of_people.table = ask->sort == ASK_RATE ? 0 : ask->table;
    return (Support){.exact = ask_sqlite(trial->batch, trial->database, ask),
                     .people = counted(trial, ask, more, true),
                     .rows = counted(trial, ask, more, false),
                     .below = counted(trial, &of_people, "1", true)};
}

static char *sum_breaks(const Ask *ask, Policy policy, const Support *support, int i,
                        const Json *shown) {
    const Answer *exact = &support->exact;
    double people = support->people.value[i], rows = support->rows.value[i];
    if (!shown || shown->sort == JSON_NULL) return NULL;
    double value = number_of(shown), sum = exact->value[i] / (ask->summed.money ? 100 : 1);
    if (few(people)) return join("a sum over %g people is shown: %g", people, value);
    double as_count = rows ? sum / rows * protected_count(policy, rows, people) : 0;
    bool posted = ask->summed.money && fabs(value - as_count) <= 0.005;
    if (value == as_count || posted || fabs(value - as_count) <= 1e-9 * fabs(value)) return NULL;
    if (fabs(sum) == rows) return join("a sum of ones is shown as %g, not %g", value, as_count);
    if (!at_most_three_figures(value)) return join("a sum is shown as %.17g", value);
    if (fabs(value - sum) > 0.0051 * fabs(sum)) return join("a sum of %g is shown as %g", sum, value);
    return NULL;
}

static char *count_breaks(Policy policy, double count, double people, const Json *shown,
                          const char *where) {
    if (agrees(shown, protected_count(policy, count, people))) return NULL;
    return join("%g, of %g people, is shown%s as %s", count, people, where,
                shown && shown->text ? shown->text : "nothing");
}

static char *cell_breaks(const Ask *ask, Policy policy, const Support *support, int i,
                         const Json *cell) {
    const Answer *exact = &support->exact;
    const Json *value = member(cell, "value"), *above = member(cell, "numerator");
    bool shown = value && value->sort != JSON_NULL;
    double people = support->people.value[i];
    if (exact->absent[i]) return NULL;
    switch (ask->sort) {
    case ASK_COUNT:
    case ASK_DISTINCT:
    case ASK_YEARS: return count_breaks(policy, exact->value[i], people, value, "");
    case ASK_SUM: return sum_breaks(ask, policy, support, i, value);
    case ASK_MEAN:
        if (shown && policy == HES && few(exact->divisor[i]))
            return join("a mean over %g is shown", exact->divisor[i]);
        return shown ? sum_breaks(ask, policy, support, i, above) : NULL;
    case ASK_SHARE:
    case ASK_RATE: break;
    }
    if (!shown) return NULL;
    char *why = count_breaks(policy, exact->value[i], people, above, " above the line");
    return why ? why
               : count_breaks(policy, exact->divisor[i], support->below.value[i],
                              member(cell, "denominator"), " below the line");
}

static const Json *let_named(const Json *all, const char *name) {
    const Json *lets = member(all, "lets");
    for (size_t i = 0; lets && i < lets->count; i++)
        if (is_text(member(&lets->items[i], "name"), name)) return &lets->items[i];
    stop("there is no result `%s`", name);
}

static void cells_are_protected(Trial *trial, Policy policy) {
    int status = run(trial, join("run plan.scp --format json --policy %s", policies[policy]));
    if (status) {
        broken(trial, join("run ends with %d", status), written(trial, "err.txt"));
        return;
    }
    Json all = parse_json(written(trial, "out.txt"));
    for (int q = 0; q < trial->batch->ask_count; q++) {
        const Ask *ask = &trial->batch->asks[q];
        Support support = support_of(trial, ask);
        const Json *cells = member(let_named(&all, join("q%d", q)), "cells");
        for (int i = 0; i < support.exact.size; i++) {
            char *why = cell_breaks(ask, policy, &support, i, &cells->items[i]);
            if (!why) continue;
            broken(trial, join("%s: %s", policies[policy], why), ask_plan(trial->batch, ask));
            break;
        }
    }
}

/* ---- Noninterference --------------------------------------------------------------------------- */

static bool is_count(const Ask *ask) { return ask->sort != ASK_SUM && ask->sort != ASK_MEAN; }

static bool same_counts(const Answer *one, const Answer *other, int asks) {
    for (int q = 0; q < asks; q++)
        for (int i = 0; i < one[q].size; i++) {
            if (protected_count(MIDPOINT6, one[q].value[i], 0) !=
                protected_count(MIDPOINT6, other[q].value[i], 0))
                return false;
            if (one[q].divisor && protected_count(MIDPOINT6, one[q].divisor[i], 0) !=
                                      protected_count(MIDPOINT6, other[q].divisor[i], 0))
                return false;
        }
    return true;
}

static Answer *all_answers(const Batch *batch) {
    struct sqlite3 *database = load_people(batch);
    Answer *answers = take((size_t)batch->ask_count * sizeof *answers);
    for (int q = 0; q < batch->ask_count; q++)
        answers[q] = ask_sqlite(batch, database, &batch->asks[q]);
    return answers;
}

static char *results_of(const Trial *trial) {
    run(trial, "run plan.scp --format json --policy midpoint6 --quiet");
    char *text = written(trial, "out.txt"), *data = strstr(text, "\"data\"");
    if (data) *data = '\0';
    return join("%s\n%s", text, written(trial, "err.txt"));
}

/* Whether somebody is in the file or not: where no protected count tells, nothing does. */
static int people_cannot_be_told_apart(Trial *trial) {
    Batch *batch = trial->batch, counts = *batch;
    counts.asks = take((size_t)batch->ask_count * sizeof *counts.asks);
    counts.ask_count = 0;
    for (int q = 0; q < batch->ask_count && counts.ask_count < 6; q++)
        if (is_count(&batch->asks[q])) counts.asks[counts.ask_count++] = batch->asks[q];
    trial->batch = &counts;
    Answer *before = all_answers(&counts);
    write_batch(&counts, trial->folder, NULL);
    char *first = results_of(trial);
    int proved = 0;
    for (int tries = 0; tries < 8 && counts.tables[0].rows > 20 && proved < 2; tries++) {
        int somebody = (int)pick(&batch->chance, 0, counts.tables[0].rows - 1);
        counts.tables[0].gone[somebody] = true;
        if (same_counts(before, all_answers(&counts), counts.ask_count)) {
            write_batch(&counts, trial->folder, NULL);
            proved++;
            if (strcmp(first, results_of(trial)) != 0)
                broken(trial, "midpoint6: somebody's absence shows though every count is the same",
                       counts.tables[0].ids[somebody]);
        }
        counts.tables[0].gone[somebody] = false;
    }
    trial->batch = batch;
    return proved;
}

/* ---- Batches ----------------------------------------------------------------------------------- */

static int judge(const char *program, const char *folder, uint64_t seed) {
    Batch *batch = take(sizeof *batch);
    batch->seed = batch->chance.state = seed;
    make_people(batch);
    mark_keys(batch);
    make_asks(batch, QUESTIONS);
    write_batch(batch, folder, NULL);
    Trial trial = {program, folder, batch, load_people(batch), 0};
    cells_are_protected(&trial, HES);
    cells_are_protected(&trial, MIDPOINT6);
    if (seed % 4 == 0) {
        nothing_holds_a_key(&trial);
        exact_numbers_are_marked(&trial);
        problems_hold_no_value(&trial);
    }
    people_cannot_be_told_apart(&trial);
    return trial.broken != 0;
}

int main(int argc, char **argv) {
    if (argc != 5) {
        fputs("usage: disclosure SCPC FOLDER FIRST COUNT\n", stderr);
        return 2;
    }
    uint64_t first = strtoull(argv[3], NULL, 10);
    int count = atoi(argv[4]), failed = 0;
    for (int b = 0; b < count; b++) {
        fflush(stdout);
        pid_t child = fork();
        if (child < 0) stop("no process");
        if (child == 0) exit(judge(argv[1], argv[2], first + (uint64_t)b));
        int status;
        waitpid(child, &status, 0);
        failed += status != 0;
    }
    return failed ? 1 : 0;
}
