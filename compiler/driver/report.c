/* scpc report: the published report, and beside it, where asked, what it was made from. */
#include <string.h>

#include "compiler/driver/files.h"
#include "compiler/driver/results.h"
#include "runtime/base/sha256.h"

/* `out/report.html` has its manifest at `out/report.json`. */
static const char *manifest_path(Arena *arena, const char *output) {
    Slice path = slice_of(output);
    const char *slash = strrchr(output, '/'), *dot = strrchr(output, '.');
    bool has_ending = dot && dot > output && (!slash || dot > slash + 1);
    size_t length = has_ending ? (size_t)(dot - output) : path.length;
    return arena_printf(arena, "%.*s.json", (int)length, output).data;
}

static Slice file_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slice_of(slash ? slash + 1 : path);
}

static Slice manifest(Driver *driver, Slice html) {
    char hex[SHA256_HEX_SIZE];
    sha256_hex(sha256_of(html), hex);
    ReportOutput output = {file_name(driver->options.output), slice_of(hex)};
    return report_manifest_json(&driver->work, &driver->evaluation.input, &output, 1);
}

/* The manifest is last: it marks the report as complete. */
static ScpStatus write_report(Driver *driver, Slice html) {
    const char *path = driver->options.output;
    FileText files[2] = {{.path = path, .text = html}};
    if (!driver->options.manifest) return files_write(driver, files, 1);
    files[1].path = manifest_path(&driver->arena, path);
    files[1].text = manifest(driver, html);
    if (strcmp(files[1].path, path) == 0)
        return driver_fail(driver, SCP_USAGE,
                           "the manifest would be `%s` too: give the report "
                           "another ending",
                           path);
    return files_write(driver, files, 2);
}

ScpStatus command_report(Driver *driver) {
    Subject subject;
    if (!driver->options.output)
        return driver_fail(driver, SCP_USAGE,
                           "`scpc report` wants a file to write: -o report.html");
    if (driver->options.manifest && !driver_writes_file(driver))
        return driver_fail(driver, SCP_USAGE, "`--manifest` stands beside a file: give -o FILE");
    ScpStatus status = subject_open(driver, driver->options.arguments.items[0], NULL, &subject);
    if (status == SCP_OK) status = results_make(driver, &subject, true);
    if (status != SCP_OK) return status;
    driver_progress(driver, "writing the report");
    Slice html = report_html(&driver->work, &driver->evaluation.input);
    driver_flush(driver);
    status = driver_writes_file(driver) ? write_report(driver, html) : driver_result(driver, html);
    return status_worse(status, results_status(driver));
}
