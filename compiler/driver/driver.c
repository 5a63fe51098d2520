/* Running one command: memory and its boundary around it, the command from the table inside. */
#include "compiler/driver/driver.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "compiler/driver/clock.h"
#include "compiler/driver/files.h"
#include "compiler/driver/help.h"
#include "compiler/driver/interrupts.h"
#include "runtime/report/table.h"

/* ---- Writing ----------------------------------------------------------------------------- */

int driver_write_all(int descriptor, Slice text) {
    while (text.length) {
        ssize_t count = write(descriptor, text.data, text.length);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return errno;
        text = slice_sub(text, (size_t)count, text.length);
    }
    return 0;
}

/* What cannot be said because standard error itself is gone shows in the exit status alone. */
static void write_message(int descriptor, Slice text) {
    int lost = driver_write_all(descriptor, text);
    (void)lost;
}

void driver_flush(Driver *driver) {
    progress_line_clear(&driver->line);
    write_message(driver->err, buffer_slice(&driver->messages));
    buffer_clear(&driver->messages);
}

void driver_progress(Driver *driver, const char *what) {
    Buffer plain;
    if (!driver->line.open) return;
    driver_flush(driver);
    buffer_init(&plain, &driver->arena);
    plain_text(&plain, slice_of(what));
    progress_begin(&driver->line.progress, arena_copy(&driver->arena, buffer_slice(&plain)).data,
                   0);
}

ScpStatus driver_fail(Driver *driver, ScpStatus status, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    Slice sentence = arena_vprintf(&driver->arena, format, arguments);
    va_end(arguments);
    driver->failure = sentence;
    buffer_add_text(&driver->messages, "scpc: ");
    plain_text(&driver->messages, sentence);
    buffer_add_char(&driver->messages, '\n');
    return status;
}

/* Standard output by its names in the file system, which cannot be replaced by another file. */
bool driver_writes_file(const Driver *driver) {
    static const char *const standard[] = {"-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"};
    const char *output = driver->options.output;
    for (size_t i = 0; output && i < sizeof standard / sizeof *standard; i++)
        if (strcmp(output, standard[i]) == 0) return false;
    return output != NULL;
}

static ScpStatus write_result(Driver *driver, const FileText *file) {
    driver_flush(driver);
    if (driver_writes_file(driver)) return files_write(driver, file, 1);
    int error = files_write_to(driver, driver->out, file);
    if (!error) return SCP_OK;
    return driver_fail(driver, SCP_DATA, "standard output cannot be written: %s", strerror(error));
}

ScpStatus driver_result(Driver *driver, Slice text) {
    return write_result(driver, &(FileText){.path = driver->options.output, .text = text});
}

ScpStatus driver_result_parts(Driver *driver, const ReportParts *parts) {
    return write_result(driver, &(FileText){.path = driver->options.output, .parts = parts});
}

ScpStatus driver_guard_input(Driver *driver, const char *input) {
    struct stat from, to;
    if (!driver_writes_file(driver) || stat(input, &from) || stat(driver->options.output, &to))
        return SCP_OK;
    if (from.st_dev != to.st_dev || from.st_ino != to.st_ino) return SCP_OK;
    return driver_fail(driver, SCP_USAGE, "`%s` is what is read; name another file for the output",
                       driver->options.output);
}

uint32_t driver_limit(const Driver *driver, LimitId limit, bool running) {
    int64_t value = options_limit(&driver->options, limit, running);
    return value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
}

/* ---- Running ----------------------------------------------------------------------------- */

static ScpStatus run_command(Driver *driver) {
    switch (driver->options.command) {
#define COMMAND(constant, function, name, arguments, fewest, most, formats, summary, more, \
                examples)                                                                  \
    case COMMAND_##constant:                                                               \
        return function(driver);
#include "compiler/driver/commands.def"
#undef COMMAND
    case COMMAND_COUNT: break;
    }
    help_overview(&driver->messages);
    return SCP_USAGE;
}

static bool is_terminal(int descriptor) {
    const char *term = getenv("TERM");
    return isatty(descriptor) && !(term && strcmp(term, "dumb") == 0);
}

/* See https://no-color.org. */
static bool wants_colour(const Options *options, int descriptor) {
    const char *no_color = getenv("NO_COLOR");
    switch (options->color) {
    case COLOR_AUTO: return is_terminal(descriptor) && !(no_color && *no_color);
    case COLOR_ALWAYS: return true;
    case COLOR_NEVER: break;
    }
    return false;
}

static void choose_appearance(Driver *driver) {
    if (is_terminal(driver->err) && !driver->options.quiet) {
        progress_line_open(&driver->line, driver->err);
        interrupts_clear_line();
    }
    driver->colour = wants_colour(&driver->options, driver->err);
    driver->result_colour = wants_colour(&driver->options, driver->out) && !driver->options.output;
}

/* The bounds that hold for the whole command; `check` and what works without data have the
 * lower ones. */
static void set_limits(Driver *driver) {
    CommandId command = driver->options.command;
    if (command == COMMAND_COUNT || !option_is_for(OPTION_MAX_TIME, command)) return;
    bool running = command != COMMAND_CHECK;
    driver->work.limit = (size_t)options_limit(&driver->options, LIMIT_MEMORY, running);
    clock_limit(options_limit(&driver->options, LIMIT_TIME, running));
}

static ScpStatus run_line(Driver *driver, int argc, char *const *argv) {
    Slice error = {0};
    bool good = options_parse(&driver->arena, argc, argv, &driver->options, &error);
    choose_appearance(driver);
    if (!good) {
        driver_fail(driver, SCP_USAGE, "%.*s", SLICE_FMT(error));
        help_hint(driver->options.command, &driver->messages);
        return SCP_USAGE;
    }
    if (driver->options.version) return driver_result(driver, help_version());
    if (driver->options.help) return help_print(driver, driver->options.command);
    set_limits(driver);
    ScpStatus status = run_command(driver);
    return status_worse(status, driver->findings);
}

/* The arena that told of its end holds no message: it is written from the boundary itself. */
static ScpStatus say_why_left(Driver *driver) {
    char text[512];
    const Boundary *boundary = &driver->boundary;
    const char *format = boundary->status == SCP_FAULT
                             ? "scpc: a fault of scpc itself: %s; please report it with the plan\n"
                         : boundary->status == SCP_LIMIT && driver->work.limit
                             ? "scpc: %s: --max-memory says how much may be used\n"
                             : "scpc: %s\n";
    progress_line_clear(&driver->line);
    write_message(driver->err, buffer_slice(&driver->messages));
    snprintf(text, sizeof text, format, boundary->message);
    write_message(driver->err, slice_of(text));
    return boundary->status;
}

/* Apart from the frame that owns the driver, so that nothing lives in a register across the
 * return to the boundary. */
static ScpStatus run_guarded(Driver *driver, int argc, char *const *argv) {
    if (setjmp(driver->boundary.at)) return say_why_left(driver);
    ScpStatus status = run_line(driver, argc, argv);
    driver_flush(driver);
    return status;
}

ScpStatus driver_run(int argc, char *const *argv, int in, int out, int err) {
    Driver driver = {.in = in, .out = out, .err = err};
    arena_init(&driver.arena, &driver.boundary, 0);
    arena_init(&driver.work, &driver.boundary, 0);
    buffer_init(&driver.messages, &driver.arena);
    ScpStatus status = run_guarded(&driver, argc, argv);
    progress_line_close(&driver.line);
    evaluation_free(&driver.evaluation);
    arena_free(&driver.work);
    arena_free(&driver.arena);
    return status;
}
