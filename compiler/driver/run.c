/* scpc run: a plan evaluated against its data. */
#include "compiler/driver/cost.h"
#include "compiler/driver/results.h"

static Slice results_text(Driver *driver) {
    const ReportInput *input = &driver->evaluation.input;
    Slice format = driver->options.format;
    if (slice_equal(format, SLICE("json"))) return report_run_json(&driver->work, input);
    if (slice_equal(format, SLICE("csv"))) return report_run_csv(&driver->work, input);
    return report_run_text(&driver->work, input);
}

ScpStatus command_run(Driver *driver) {
    Subject subject;
    ScpStatus status = subject_open(driver, driver->options.arguments.items[0], NULL, &subject);
    if (status == SCP_OK) status = results_make(driver, &subject, true);
    if (status != SCP_OK) return status;
    if (driver->options.explain) cost_say(driver);
    status = driver_result(driver, results_text(driver));
    return status_worse(status, results_status(driver));
}
