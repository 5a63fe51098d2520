/* scpc build: a plan compiled to a module that runs without it. Equal plans give equal bytes,
 * wherever they lie: the module knows its sources by their paths from the plan's folder. */
#include "compiler/driver/subject.h"

static Slice path_from_root(Slice path, Slice root) {
    bool below =
        path.length > root.length && slice_starts_with(path, root) && path.data[root.length] == '/';
    return below ? slice_sub(path, root.length + 1, path.length) : path;
}

static void forget_place(Module *module, Slice root) {
    for (uint32_t i = 0; i < module->sources.count; i++) {
        ModuleSource *source = &module->sources.items[i];
        if (!source->library) source->path = path_from_root(source->path, root);
    }
    for (uint32_t i = 0; i < module->inputs.count; i++)
        module->inputs.items[i].file = path_from_root(module->inputs.items[i].file, root);
}

ScpStatus command_build(Driver *driver) {
    Subject subject;
    if (!driver->options.output)
        return driver_fail(driver, SCP_USAGE, "`scpc build` wants a file to write: -o OUT.scpb");
    ScpStatus status = subject_open(driver, driver->options.arguments.items[0], NULL, &subject);
    if (status != SCP_OK) return status;
    forget_place(subject.module, subject.input.root);
    return driver_result(driver, module_save(subject.module, &driver->work));
}
