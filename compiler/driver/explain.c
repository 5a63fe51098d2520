/* scpc explain: the page of a diagnostic, a rule, a kind, function or unit, or the list of all. */
#include "compiler/review/explain.h"

#include "compiler/driver/driver.h"
#include "compiler/review/reference.h"
#include "runtime/base/file.h"

ScpStatus command_explain(Driver *driver) {
    Buffer out;
    buffer_init(&out, &driver->arena);
    if (!driver->options.arguments.count) {
        explain_list(&out);
        return driver_result(driver, buffer_slice(&out));
    }
    Slice name = slice_of(driver->options.arguments.items[0]);
    bool markdown = slice_equal(driver->options.format, SLICE("markdown"));
    if (markdown && reference_print(name, &out)) return driver_result(driver, buffer_slice(&out));
    if (explain_print(name, driver->result_colour, &out))
        return driver_result(driver, buffer_slice(&out));
    Slice shown = file_quote(&driver->arena, name), nearest = explain_nearest(&driver->arena, name);
    if (nearest.length)
        return driver_fail(driver, SCP_USAGE, "nothing is known by the name %.*s: did you mean `%.*s`?",
                           SLICE_FMT(shown), SLICE_FMT(nearest));
    return driver_fail(driver, SCP_USAGE,
                       "nothing is known by the name %.*s; `scpc explain` lists what is",
                       SLICE_FMT(shown));
}
