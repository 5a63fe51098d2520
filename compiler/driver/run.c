/* scpc run: a plan evaluated against its data. */
#include "compiler/driver/results.h"

ScpStatus command_run(Driver *driver) {
    Subject subject;
    Results results;
    ScpStatus status = subject_open(driver, driver->options.arguments.items[0], NULL, &subject);
    if (status == SCP_OK) status = results_make(driver, &subject, true, &results);
    if (status != SCP_OK) return status;
    if (driver->options.explain) results_say_cost(driver, &results);
    bool json = slice_equal(driver->options.format, SLICE("json"));
    Slice text = json ? report_run_json(&driver->work, &results.input)
                      : report_run_text(&driver->work, &results.input);
    status = driver_result(driver, text);
    return status_worse(status, results_status(driver, &results));
}
