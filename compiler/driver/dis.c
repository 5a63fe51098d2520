/* scpc dis: a compiled plan as text. */
#include "compiler/driver/subject.h"

ScpStatus command_dis(Driver *driver) {
    Subject subject;
    ScpStatus status = subject_open(driver, driver->options.arguments.items[0], NULL, &subject);
    if (status != SCP_OK) return status;
    return driver_result(driver, module_disassemble(subject.module, &driver->work));
}
