/* scpc run: a plan evaluated against its data. */
#include "compiler/driver/results.h"

ScpStatus command_run(Driver *driver) {
    Subject subject;
    ScpStatus status = subject_open(driver, driver->options.arguments.items[0], NULL, &subject);
    if (status == SCP_OK) status = results_make(driver, &subject, true);
    if (status != SCP_OK) return status;
    if (driver->options.explain) results_say_cost(driver);
    bool json = slice_equal(driver->options.format, SLICE("json"));
    const ReportInput *input = &driver->evaluation.input;
    Slice text =
        json ? report_run_json(&driver->work, input) : report_run_text(&driver->work, input);
    status = driver_result(driver, text);
    return status_worse(status, results_status(driver));
}
