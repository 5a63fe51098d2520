/* scpc explain: the page of a diagnostic, or the list of all. */
#include "compiler/review/explain.h"

#include "compiler/driver/driver.h"
#include "runtime/base/file.h"

ScpStatus command_explain(Driver *driver) {
    Buffer out;
    buffer_init(&out, &driver->arena);
    if (!driver->options.arguments.count) {
        explain_list(&out);
        return driver_result(driver, buffer_slice(&out));
    }
    Slice name = slice_of(driver->options.arguments.items[0]);
    if (explain_print(name, driver->result_colour, &out))
        return driver_result(driver, buffer_slice(&out));
    Slice shown = file_quote(&driver->arena, name), nearest = explain_nearest(&driver->arena, name);
    if (nearest.length)
        return driver_fail(driver, SCP_USAGE, "there is no diagnostic %.*s: did you mean `%.*s`?",
                           SLICE_FMT(shown), SLICE_FMT(nearest));
    return driver_fail(driver, SCP_USAGE,
                       "there is no diagnostic %.*s; `scpc explain` lists them all",
                       SLICE_FMT(shown));
}
