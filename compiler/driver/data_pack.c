/* scpc data pack: a plan's people and events read as `run` reads them, and written as a snapshot.
 * Data with a problem are not packed. */
#include "compiler/driver/diagnostics.h"
#include "compiler/driver/files.h"
#include "compiler/driver/interrupts.h"
#include "compiler/driver/results.h"
#include "runtime/data/snapshot.h"
#include "runtime/report/table.h"
#include "scp/runtime.h"

static bool interrupted(void *context) { return interrupts_wait(context); }

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
    Interrupts interrupts;
    Slice error = {0};
    SnapshotDirectory directory;
    SnapshotOptions options = {.path = driver->options.output,
                               .version = SLICE(SCP_VERSION),
                               .threads = driver->options.threads,
                               .interrupted = interrupted,
                               .context = &interrupts};
    interrupts_hold(&interrupts);
    ScpStatus status = snapshot_write(subject->module, &driver->evaluation.dataset, &options,
                                      &driver->work, &directory, &error);
    interrupts_release(&interrupts);
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
    if (status == SCP_OK) status = files_try(driver);
    if (status == SCP_OK) status = results_load(driver, &subject, POLICY_HES);
    if (status == SCP_OK) status = results_verify(driver);
    diagnostics_say_data(driver, &driver->evaluation.problems);
    if (status != SCP_OK) return status;
    if (!subject.module->tables.count)
        return driver_fail(driver, SCP_USAGE, "the plan declares no people to pack");
    if (!dataset_order_people(subject.module, &driver->evaluation.dataset,
                              driver->options.threads))
        return driver_fail(driver, SCP_LIMIT, "there is not enough memory to put people in order");
    return write_snapshot(driver, &subject);
}
