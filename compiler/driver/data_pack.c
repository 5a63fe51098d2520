/* scpc data pack: a plan's people and events read as `run` reads them, and written as a snapshot.
 * Data with a problem are not packed. */
#include <pthread.h>
#include <signal.h>
#include <string.h>

#include "compiler/driver/diagnostics.h"
#include "compiler/driver/results.h"
#include "runtime/data/snapshot.h"
#include "runtime/report/table.h"
#include "scp/runtime.h"

/* ---- Interrupts -------------------------------------------------------------------------- */

static const int interrupts[] = {SIGINT, SIGTERM, SIGHUP, SIGXCPU};
enum { INTERRUPTS = sizeof interrupts / sizeof interrupts[0] };

/* What would end the program waits, so that the temporary file goes first; but what is ignored
 * stays ignored. */
static void hold_interrupts(sigset_t *held, sigset_t *before) {
    struct sigaction action;
    sigemptyset(held);
    for (int i = 0; i < INTERRUPTS; i++)
        if (!sigaction(interrupts[i], NULL, &action) && action.sa_handler != SIG_IGN)
            sigaddset(held, interrupts[i]);
    pthread_sigmask(SIG_BLOCK, held, before);
}

static bool interrupted(void *context) {
    const sigset_t *held = context;
    sigset_t pending;
    if (sigpending(&pending)) return false;
    for (int i = 0; i < INTERRUPTS; i++)
        if (sigismember(held, interrupts[i]) == 1 && sigismember(&pending, interrupts[i]) == 1)
            return true;
    return false;
}

/* ---- What was packed --------------------------------------------------------------------- */

static void say_packed(Driver *driver, const SnapshotDirectory *directory) {
    if (driver->options.quiet) return;
    VEC_EACH(const SnapshotPart, part, &directory->parts) {
        plain_text(&driver->messages, part->name);
        buffer_add_text(&driver->messages, " from ");
        plain_text(&driver->messages, part->file);
        if (part->ordered_by.length) {
            buffer_add_text(&driver->messages, ", in order of ");
            plain_text(&driver->messages, part->ordered_by);
        }
        buffer_printf(&driver->messages, "  schema %.12s\n", part->schema.data);
    }
}

static ScpStatus write_snapshot(Driver *driver, const Subject *subject) {
    sigset_t held, before;
    Slice error = {0};
    SnapshotDirectory directory;
    SnapshotOptions options = {.path = driver->options.output,
                               .version = SLICE(SCP_VERSION),
                               .threads = driver->options.threads,
                               .interrupted = interrupted,
                               .context = &held};
    driver_progress(driver, "writing");
    hold_interrupts(&held, &before);
    ScpStatus status = snapshot_write(subject->module, &driver->evaluation.dataset, &options,
                                      &driver->work, &directory, &error);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (status != SCP_OK) return driver_fail(driver, status, "%.*s", SLICE_FMT(error));
    say_packed(driver, &directory);
    return SCP_OK;
}

ScpStatus command_data_pack(Driver *driver) {
    Subject subject;
    if (!driver_writes_file(driver))
        return driver_fail(driver, SCP_USAGE,
                           "`scpc data pack` wants a file to write: -o PEOPLE.scps");
    if (!slice_ends_with(slice_of(driver->options.output), SLICE(".scps")))
        return driver_fail(driver, SCP_USAGE, "a snapshot has a name that ends with .scps");
    ScpStatus status = subject_open(driver, driver->options.arguments.items[0], NULL, &subject);
    if (status == SCP_OK) status = results_load(driver, &subject, POLICY_HES);
    if (status == SCP_OK) status = results_verify(driver);
    diagnostics_say_data(driver, &driver->evaluation.problems);
    if (status != SCP_OK) return status;
    if (!subject.module->tables.count)
        return driver_fail(driver, SCP_USAGE, "the plan declares no people to pack");
    driver_progress(driver, "putting people in order");
    if (!dataset_order_people(subject.module, &driver->evaluation.dataset,
                              driver->options.threads))
        return driver_fail(driver, SCP_LIMIT, "there is not enough memory to put people in order");
    return write_snapshot(driver, &subject);
}
