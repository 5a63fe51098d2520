/* Runs the program on a pseudo-terminal, watches what it shows there, and interrupts it:
 *     terminal SCPC FOLDER
 * where FOLDER/plan is the example, with its residents unpacked. Says what fails; status 1 then. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CLEAR "\r\033[K"
enum { SHOWN_SIZE = 1 << 16, PATIENCE = 60000 /* milliseconds */ };

typedef struct {
    const char *scpc;
    char plan[512], residents[512], pipe[512], out[512];
    unsigned proved, failed;
} World;

static void check(World *world, bool holds, const char *what, const char *shown) {
    world->proved += holds;
    world->failed += !holds;
    if (!holds) printf("FAILED %s\n", what);
    if (!holds && shown) {
        enum { TAIL = 400 };
        if (strlen(shown) > TAIL) shown += strlen(shown) - TAIL;
        for (; *shown; shown++) *shown < ' ' ? printf("\\x%02x", *shown) : putchar(*shown);
        putchar('\n');
    }
}

static void fault(const char *what) {
    perror(what);
    exit(2);
}

static void pause_for(long milliseconds) {
    nanosleep(&(struct timespec){milliseconds / 1000, milliseconds % 1000 * 1000000}, NULL);
}

static long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* ---- The program on a terminal of its own ---------------------------------------------------------- */

typedef struct {
    pid_t id;
    int terminal;
    char shown[SHOWN_SIZE]; /* on it, so far */
    size_t length;
    bool ended;
    int status;
} Program;

/* In the new process: the first terminal that a leader of a session opens is its own. */
static void become(const char *terminal, char *const *words) {
    setsid();
    int slave = open(terminal, O_RDWR);
    if (slave < 0) _exit(126);
    for (int descriptor = 0; descriptor <= 2; descriptor++) dup2(slave, descriptor);
    if (slave > 2) close(slave);
    setenv("TERM", "xterm", 1);
    execv(words[0], words);
    _exit(127);
}

static void start(Program *program, char *const *words) {
    memset(program, 0, sizeof *program);
    program->terminal = posix_openpt(O_RDWR | O_NOCTTY);
    if (program->terminal < 0 || grantpt(program->terminal) || unlockpt(program->terminal))
        fault("a pseudo-terminal");
    fcntl(program->terminal, F_SETFD, FD_CLOEXEC);
    const char *name = ptsname(program->terminal);
    program->id = fork();
    if (program->id < 0) fault("fork");
    if (!program->id) become(name, words);
}

/* Takes what is shown for so long at most. */
static void watch(Program *program, int milliseconds) {
    struct pollfd wait = {program->terminal, POLLIN, 0};
    if (poll(&wait, 1, milliseconds) < 1) return;
    size_t room = sizeof program->shown - 1 - program->length;
    ssize_t got = read(program->terminal, program->shown + program->length, room);
    if (got > 0) program->length += (size_t)got;
    if (got <= 0) pause_for(1); /* nobody has the other end */
}

static void look_for_end(Program *program) {
    pid_t found = program->ended ? 0 : waitpid(program->id, &program->status, WNOHANG);
    if (found == program->id) program->ended = true;
}

/* Until all of it is shown and the program has ended. */
static void finish(Program *program) {
    for (long until = now() + PATIENCE; !program->ended && now() < until;) {
        watch(program, 10);
        look_for_end(program);
    }
    if (!program->ended) kill(program->id, SIGKILL);
    if (!program->ended) waitpid(program->id, &program->status, 0);
    program->ended = true;
    for (size_t before = program->length + 1; before != program->length;) {
        before = program->length;
        watch(program, 10);
    }
    close(program->terminal);
}

/* Whether it is shown before the program ends. */
static bool await(Program *program, const char *text) {
    for (long until = now() + PATIENCE; !strstr(program->shown, text) && now() < until;) {
        watch(program, 10);
        look_for_end(program);
        if (program->ended) break;
    }
    return strstr(program->shown, text) != NULL;
}

static bool ended_by(const Program *program, int signal_number) {
    return WIFSIGNALED(program->status) && WTERMSIG(program->status) == signal_number;
}

static bool ended_well(const Program *program) {
    return WIFEXITED(program->status) && !WEXITSTATUS(program->status);
}

/* ---- Files ----------------------------------------------------------------------------------------- */

static unsigned count_files(const char *folder) {
    unsigned count = 0;
    DIR *open = opendir(folder);
    if (!open) fault(folder);
    for (struct dirent *entry; (entry = readdir(open));) count += entry->d_name[0] != '.' ||
                                                                 strlen(entry->d_name) > 2;
    closedir(open);
    return count;
}

static char *contents(const char *path, size_t *length) {
    FILE *file = fopen(path, "rb");
    struct stat about;
    if (!file) return NULL;
    if (fstat(fileno(file), &about)) fault(path);
    char *text = malloc((size_t)about.st_size + 1);
    if (!text) fault("malloc");
    *length = fread(text, 1, (size_t)about.st_size, file);
    fclose(file);
    return text;
}

static bool same_file(const char *path, const char *other) {
    size_t length = 0, other_length = 0;
    char *text = contents(path, &length), *expected = contents(other, &other_length);
    bool same = text && expected && length == other_length && !memcmp(text, expected, length);
    free(text);
    free(expected);
    return same;
}

/* ---- Progress -------------------------------------------------------------------------------------- */

/* So many bytes of the residents into the pipe. What is given is taken soon: the pipe is small. */
static void feed(const World *world, int to, size_t from, size_t bytes) {
    size_t length;
    char *text = contents(world->residents, &length);
    if (!text) fault(world->residents);
    if (bytes > length - from) bytes = length - from;
    while (bytes) {
        ssize_t put = write(to, text + from, bytes);
        if (put < 0) break;
        from += (size_t)put;
        bytes -= (size_t)put;
    }
    free(text);
}

enum { HALF = 1000000, ALL = 1 << 30 };

/* Starts the command with residents from the pipe, of which it has had a part. */
static int start_fed(const World *world, Program *program, char *const *words) {
    start(program, words);
    int pipe = open(world->pipe, O_WRONLY);
    if (pipe < 0) fault(world->pipe);
    feed(world, pipe, 0, HALF);
    return pipe;
}

#define WORDS(world, ...) \
    ((char *const[]){(char *)(world)->scpc, __VA_ARGS__, NULL})

/* The same of `data check` as a shell runs it. */
static int start_in_shell(const World *world, Program *program, const char *before,
                          const char *after) {
    char command[2048];
    snprintf(command, sizeof command, "%s exec '%s' data check '%s' --data 'residents=%s' %s",
             before, world->scpc, world->plan, world->pipe, after);
    return start_fed(world, program, (char *const[]){"/bin/sh", "-c", command, NULL});
}

static void feed_the_rest(const World *world, int pipe) {
    feed(world, pipe, HALF, ALL);
    close(pipe);
}

static void progress_is_shown_and_gone_at_the_end(World *world) {
    static Program program;
    char given[600], out[600];
    snprintf(given, sizeof given, "residents=%s", world->pipe);
    snprintf(out, sizeof out, "%s/run.json", world->out);
    int pipe = start_fed(world, &program, WORDS(world, "run", world->plan, "--data", given,
                                                "--color", "never", "-o", out));
    check(world, await(&program, "reading residents … ") && strstr(program.shown, " kB, 1 s"),
          "after a second it is said what is being done", program.shown);
    check(world, await(&program, ", 2 s"), "the seconds go on", program.shown);
    feed_the_rest(world, pipe);
    finish(&program);
    const char *last = strstr(program.shown, "note["), *line = strstr(program.shown, CLEAR);
    check(world, ended_well(&program), "a watched run ends well", program.shown);
    check(world, last && last > line && !memcmp(last - strlen(CLEAR), CLEAR, strlen(CLEAR)),
          "the line is gone before anything else is said", program.shown);
    check(world, last && !strstr(last, "…"), "nothing is left of it", program.shown);
    check(world, !access(out, F_OK), "the result is there", NULL);
    unlink(out);
}

/* A program that stands still for a second is late to show how far it is: wherever it stands. */
static void the_share_of_a_file_is_shown(World *world) {
    static Program program;
    char out[600];
    const char *shown = NULL;
    snprintf(out, sizeof out, "%s/run.json", world->out);
    for (long wait = 20; !shown && wait < 2000; wait += wait / 3) {
        start(&program, WORDS(world, "run", world->plan, "--format", "json", "-o", out));
        pause_for(wait);
        kill(program.id, SIGSTOP);
        pause_for(1100);
        kill(program.id, SIGCONT);
        finish(&program);
        shown = strstr(program.shown, "reading residents … ");
        shown = shown && strstr(shown, "% of 7 MB, ") ? shown : NULL;
    }
    check(world, shown != NULL, "the share of a file is shown", program.shown);
    unlink(out);
}

static void nothing_is_shown_with_quiet(World *world) {
    static Program program;
    char given[600];
    snprintf(given, sizeof given, "residents=%s", world->pipe);
    int pipe = start_fed(world, &program,
                         WORDS(world, "data", "check", world->plan, "--quiet", "--data", given));
    pause_for(1300);
    watch(&program, 0);
    check(world, !program.length, "with --quiet nothing is shown", program.shown);
    feed_the_rest(world, pipe);
    finish(&program);
    check(world, ended_well(&program) && !strchr(program.shown, '\033'),
          "with --quiet nothing has to be cleared", program.shown);
}

/* Standard error is a file, though the terminal is there. */
static void nothing_is_shown_in_a_file(World *world) {
    static Program program;
    int pipe = start_in_shell(world, &program, "", "2>errors >report");
    pause_for(1300);
    feed_the_rest(world, pipe);
    finish(&program);
    size_t length = 1;
    char *errors = contents("errors", &length);
    check(world, ended_well(&program) && !length && !program.length,
          "a file of messages holds no progress", errors);
    free(errors);
}

/* ---- Interrupts ------------------------------------------------------------------------------------ */

static void an_interrupt_by_the_key_clears_the_line(World *world) {
    static Program program;
    char given[600], out[600];
    snprintf(given, sizeof given, "residents=%s", world->pipe);
    snprintf(out, sizeof out, "%s/people.scps", world->out);
    int pipe = start_fed(world, &program,
                         WORDS(world, "data", "pack", world->plan, "--data", given, "-o", out));
    check(world, await(&program, "reading residents … "), "packing shows its progress",
          program.shown);
    if (write(program.terminal, "\x03", 1) != 1) fault("the key");
    finish(&program);
    close(pipe);
    size_t tail = strlen(CLEAR);
    check(world, ended_by(&program, SIGINT), "Ctrl-C ends by its signal", program.shown);
    check(world, program.length >= tail &&
                     !memcmp(program.shown + program.length - tail, CLEAR, tail),
          "Ctrl-C leaves an empty line", program.shown);
    check(world, !count_files(world->out), "Ctrl-C leaves no file", NULL);
}

/* A command that is told to ignore them (nohup) does so. */
static void what_is_ignored_stays_ignored(World *world) {
    static Program program;
    int pipe = start_in_shell(world, &program, "trap '' HUP;", "");
    await(&program, "reading residents … ");
    kill(program.id, SIGHUP);
    feed_the_rest(world, pipe);
    finish(&program);
    check(world, ended_well(&program), "a signal that is ignored changes nothing", program.shown);
}

/* What the command writes, and what it writes when it is left alone. */
typedef struct {
    const char *name;
    char words[3][16];
    const char *file, *expected, *further, *further_expected;
} Writer;

static const Writer writers[] = {
    {"run", {"run", "--format", "json"}, "run.json", "expected.json", NULL, NULL},
    {"report", {"report", "--manifest", ""}, "r.html", "expected.html", "r.json",
     "expected-manifest.json"},
    {"pack", {"data", "pack", ""}, "people.scps", "expected.scps", NULL, NULL},
};
enum { WRITERS = sizeof writers / sizeof *writers };

static void start_writer(const World *world, const Writer *writer, Program *program) {
    char out[600];
    char *words[10] = {(char *)world->scpc};
    int count = 1;
    bool pack = !strcmp(writer->name, "pack");
    snprintf(out, sizeof out, "%s/%s", world->out, writer->file);
    words[count++] = (char *)writer->words[0];
    if (pack) words[count++] = (char *)writer->words[1];
    words[count++] = (char *)world->plan;
    for (int i = 1; i < 3 && !pack; i++)
        if (writer->words[i][0]) words[count++] = (char *)writer->words[i];
    words[count++] = "-o";
    words[count++] = out;
    start(program, words);
}

static bool whole_or_not_there(const World *world, const char *file, const char *expected) {
    char path[600];
    if (!file) return true;
    snprintf(path, sizeof path, "%s/%s", world->out, file);
    if (access(path, F_OK)) return true;
    bool whole = same_file(path, expected);
    unlink(path);
    return whole;
}

/* Ended by the signal, or too late for it; nothing there that is not whole. */
static bool interrupt(World *world, const Writer *writer, Program *program, int signal_number) {
    char what[128];
    if (!program->ended) kill(program->id, signal_number);
    finish(program);
    bool whole = whole_or_not_there(world, writer->file, writer->expected);
    whole = whole_or_not_there(world, writer->further, writer->further_expected) && whole;
    snprintf(what, sizeof what, "%s interrupted by signal %d leaves nothing half done",
             writer->name, signal_number);
    check(world, whole && !count_files(world->out), what, NULL);
    snprintf(what, sizeof what, "%s interrupted by signal %d ends by it or well", writer->name,
             signal_number);
    check(world, ended_by(program, signal_number) || ended_well(program), what, program->shown);
    return ended_by(program, signal_number);
}

/* At ever later moments, until one comes too late; then while files are written. */
static void an_interrupt_leaves_nothing_behind(World *world, const Writer *writer) {
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    static Program program;
    int next = 0;
    bool in_time = true;
    for (long wait = 1; in_time; wait += wait / 2 + 1) {
        start_writer(world, writer, &program);
        pause_for(wait);
        in_time = interrupt(world, writer, &program, signals[next++ % 3]);
    }
    for (int i = 0; i < 3; i++) {
        start_writer(world, writer, &program);
        while (!program.ended && !count_files(world->out)) look_for_end(&program);
        interrupt(world, writer, &program, signals[i]);
    }
}

/* ---- All of it ------------------------------------------------------------------------------------- */

static void make_expected(const World *world) {
    char command[4096];
    snprintf(command, sizeof command,
             "exec 2>/dev/null; '%s' run '%s' --format json -o expected.json;"
             "'%s' report '%s' --manifest -o r.html && mv r.html expected.html &&"
             "mv r.json expected-manifest.json; '%s' data pack '%s' -o expected.scps",
             world->scpc, world->plan, world->scpc, world->plan, world->scpc, world->plan);
    if (system(command)) fault("the results to compare with");
}

static World world_of(const char *scpc, const char *folder) {
    World world = {.scpc = scpc};
    if (chdir(folder)) fault(folder);
    snprintf(world.plan, sizeof world.plan, "plan/plan.scp");
    snprintf(world.residents, sizeof world.residents, "plan/data/residents.csv");
    snprintf(world.pipe, sizeof world.pipe, "pipe");
    snprintf(world.out, sizeof world.out, "out");
    if (mkfifo(world.pipe, 0600) || mkdir(world.out, 0700)) fault(folder);
    return world;
}

int main(int argc, char **argv) {
    if (argc != 3) return 2;
    World world = world_of(argv[1], argv[2]);
    setvbuf(stdout, NULL, _IOLBF, 0);
    signal(SIGPIPE, SIG_IGN);
    make_expected(&world);
    progress_is_shown_and_gone_at_the_end(&world);
    the_share_of_a_file_is_shown(&world);
    nothing_is_shown_with_quiet(&world);
    nothing_is_shown_in_a_file(&world);
    an_interrupt_by_the_key_clears_the_line(&world);
    what_is_ignored_stays_ignored(&world);
    for (int i = 0; i < WRITERS; i++) an_interrupt_leaves_nothing_behind(&world, &writers[i]);
    printf("terminal: %u proved, %u failed\n", world.proved, world.failed);
    return world.failed > 0;
}
