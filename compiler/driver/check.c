/* scpc check: plans read, compiled, evaluated without data, and everything wrong with them
 * said. Each plan has its own memory and its own limit; one that reaches it does not keep the
 * others from being checked. */
#include "compiler/review/check.h"

#include <string.h>

#include "compiler/driver/input.h"
#include "compiler/driver/paths.h"
#include "runtime/base/file.h"
#include "runtime/base/hashmap.h"

typedef enum { CHECK_HUMAN, CHECK_SHORT, CHECK_JSON } CheckFormat;

typedef struct {
    Driver *driver;
    CheckFormat format;
    Buffer out;
    JsonWriter json;
    TextMap seen; /* what two plans have in common is said once */
    DiagTally tally;
    ScpStatus status;
} Session;

static CheckFormat format_named(Slice name) {
    if (slice_equal(name, SLICE("json"))) return CHECK_JSON;
    return slice_equal(name, SLICE("short")) ? CHECK_SHORT : CHECK_HUMAN;
}

/* ---- Saying ------------------------------------------------------------------------------ */

static void render(Session *s, const SourceMap *sources, const Diag *diag) {
    bool colour = s->driver->colour && !driver_writes_file(s->driver);
    switch (s->format) {
    case CHECK_HUMAN: render_human(sources, diag, colour, &s->out); break;
    case CHECK_SHORT: render_short(sources, diag, &s->out); break;
    case CHECK_JSON: render_json(sources, diag, &s->json); break;
    }
}

static bool is_new(Session *s, const SourceMap *sources, const Diag *diag) {
    Buffer key;
    uint64_t value;
    buffer_init(&key, &s->driver->arena);
    render_short(sources, diag, &key);
    if (text_map_get(&s->seen, buffer_slice(&key), &value)) return false;
    text_map_put(&s->seen, buffer_slice(&key), 1);
    return true;
}

static void say(Session *s, const SourceMap *sources, const Diag *diag) {
    bool quiet = s->driver->options.quiet && diag->severity == SEVERITY_NOTE;
    if (quiet || !is_new(s, sources, diag)) return;
    diag_tally_add(&s->tally, diag);
    if (!diag->allowed_because.length) render(s, sources, diag);
}

/* Lines are found now, so that rendering asks nothing of the plan's memory, which may be at its
 * limit. */
static void find_lines(const SourceMap *sources) {
    for (uint32_t i = 0; i < sources->sources.count; i++)
        source_map_position(sources, sources->sources.items[i].base);
}

/* A message that no plan is left to show the place of: it is of the path itself. */
static void say_of_path(Session *s, const char *path, DiagName name, Slice message) {
    SourceMap start;
    source_map_init(&start, &s->driver->arena);
    source_map_add(&start, slice_of(path), SLICE(""), false);
    Diag diag = {.name = slice_of(diag_name_text(name)),
                 .severity = diag_name_severity(name),
                 .span = {start.sources.items[0].base, start.sources.items[0].base},
                 .message = message};
    say(s, &start, &diag);
}

/* People have read why; a script, which reads the result alone, must not take it for a plan with
 * nothing wrong. */
static void give_unread(Session *s, const char *path, ScpStatus status, Slice why) {
    DiagName name = status == SCP_LIMIT ? DIAG_LIMIT_REACHED : DIAG_PLAN_NOT_READ;
    if (s->format == CHECK_JSON) say_of_path(s, path, name, why);
}

/* Who meant to check a plan should know that none was there: a file cut off by accident has no
 * mistakes left. */
static void say_library(Session *s, const char *path) {
    if (s->format != CHECK_HUMAN || s->driver->options.quiet) return;
    bool standard = strcmp(path, "-") == 0;
    Slice shown = standard ? SLICE("standard input") : file_quote(&s->driver->arena, slice_of(path));
    buffer_printf(&s->out, "%.*s has no `plan` item: it was checked as a library\n",
                  SLICE_FMT(shown));
}

/* ---- One plan ---------------------------------------------------------------------------- */

static void check_path(Session *s, const char *path) {
    Driver *driver = s->driver;
    Input input;
    ScpStatus status = driver_guard_input(driver, path);
    if (status == SCP_OK) status = input_read(driver, path, false, &input);
    if (status == SCP_OK && input.is_module)
        status = driver_fail(driver, SCP_USAGE, "`%s` is compiled: `scpc check` reads plans", path);
    s->status = status_worse(s->status, status);
    if (status != SCP_OK) {
        give_unread(s, path, status, driver->failure);
        return;
    }
    CheckOptions options = {.compile = input_compile_options(driver, &input, false)};
    options.step_limit = (uint64_t)options_limit(&driver->options, LIMIT_STEPS, false);
    CheckResult *result = ARENA_NEW(&driver->work, CheckResult);
    check_plan(&options, &driver->work, result);
    s->status = status_worse(s->status, check_status(result, driver->options.fail_on));
    if (result->compile.is_library) say_library(s, path);
    find_lines(&result->compile.sources);
    const DiagBag *diags = &result->compile.diags;
    for (uint32_t i = 0; i < diags->items.count; i++)
        say(s, &result->compile.sources, diags->items.items[i]);
}

static void say_limit(Session *s, const char *path, const Boundary *boundary) {
    say_of_path(s, path, DIAG_LIMIT_REACHED,
                arena_printf(&s->driver->arena, "%s (--max-memory)", boundary->message));
}

static void check_within(Session *s, const char *path, Boundary *boundary) {
    if (!setjmp(boundary->at)) {
        check_path(s, path);
        return;
    }
    if (boundary->status == SCP_FAULT)
        boundary_leave(&s->driver->boundary, SCP_FAULT, boundary->message);
    say_limit(s, path, boundary);
    s->status = status_worse(s->status, boundary->status);
}

/* The plan's memory, with its limit, is there for this plan alone. */
static void check_one(Session *s, const char *path) {
    Arena *work = &s->driver->work;
    size_t limit = work->limit;
    Boundary boundary;
    driver_progress(s->driver, path);
    arena_free(work);
    arena_init(work, &boundary, limit);
    check_within(s, path, &boundary);
    arena_free(work);
    arena_init(work, &s->driver->boundary, limit);
}

/* ---- All of them ------------------------------------------------------------------------- */

/* A plan that could not be read is not said to have nothing wrong. */
static bool says_anything(const Session *s) {
    const DiagTally *tally = &s->tally;
    return s->status <= SCP_NO || tally->errors + tally->warnings + tally->notes + tally->allowed;
}

static void end(Session *s) {
    switch (s->format) {
    case CHECK_JSON: render_json_end(&s->json, &s->tally); break;
    case CHECK_HUMAN:
        if (s->driver->options.quiet || !says_anything(s)) break;
        diag_tally_print(&s->tally, &s->out);
        buffer_add_char(&s->out, '\n');
        break;
    case CHECK_SHORT: break;
    }
}

/* Text for people is a message, the other formats are results. */
static ScpStatus deliver(Session *s) {
    Driver *driver = s->driver;
    if (s->format != CHECK_HUMAN || driver_writes_file(driver))
        return driver_result(driver, buffer_slice(&s->out));
    buffer_add(&driver->messages, buffer_slice(&s->out));
    return SCP_OK;
}

static void find_below(Session *s, const char *path, Paths *paths) {
    UnreadFolders unread = {0};
    ScpStatus status = paths_expand(s->driver, path, paths, &unread);
    s->status = status_worse(s->status, status);
    if (status != SCP_OK && !unread.count) give_unread(s, path, status, s->driver->failure);
    VEC_EACH(const UnreadFolder, folder, &unread) give_unread(s, folder->path, status, folder->why);
}

ScpStatus command_check(Driver *driver) {
    Session session = {.driver = driver, .format = format_named(driver->options.format)};
    Paths paths = {0};
    buffer_init(&session.out, &driver->arena);
    text_map_init(&session.seen, &driver->arena, 0);
    if (session.format == CHECK_JSON) render_json_begin(&session.json, &session.out);
    for (uint32_t i = 0; i < driver->options.arguments.count; i++)
        find_below(&session, driver->options.arguments.items[i], &paths);
    for (uint32_t i = 0; i < paths.count; i++) check_one(&session, paths.items[i]);
    if (!paths.count && session.format != CHECK_JSON) return session.status;
    end(&session);
    return status_worse(session.status, deliver(&session));
}
