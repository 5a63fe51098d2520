/* scpc run: a plan evaluated against its data. */
#include "compiler/driver/cost.h"
#include "compiler/driver/results.h"

static ScpStatus write_results(Driver *driver) {
    const ReportInput *input = &driver->evaluation.input;
    Slice format = driver->options.format;
    if (slice_equal(format, SLICE("json")))
        return driver_result_parts(driver, report_run_json_parts(&driver->work, input));
    if (slice_equal(format, SLICE("csv")))
        return driver_result(driver, report_run_csv(&driver->work, input));
    return driver_result(driver, report_run_text(&driver->work, input));
}

ScpStatus command_run(Driver *driver) {
    Subject subject;
    ScpStatus status = subject_open(driver, driver->options.arguments.items[0], NULL, &subject);
    if (status == SCP_OK) status = results_make(driver, &subject, true);
    if (status != SCP_OK) return status;
    if (driver->options.explain) cost_say(driver);
    status = write_results(driver);
    return status_worse(status, results_status(driver));
}
