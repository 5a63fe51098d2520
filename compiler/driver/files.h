/* Output files of a command: all of them whole, or none. What would end the program in between
 * (an interrupt, a limit on time) waits until the temporary files are gone. */
#ifndef COMPILER_DRIVER_FILES_H
#define COMPILER_DRIVER_FILES_H

#include "compiler/driver/driver.h"

typedef struct {
    const char *path;
    Slice text;
    const ReportParts *parts; /* instead of the text; NULL: none */
} FileText;

/* Writes them together, the last one last; private to the owner under --internal. SCP_DATA, with
 * a message, where one cannot be written. Where there is no memory for a part, leaves to the
 * driver's boundary when the files are gone. */
ScpStatus files_write(Driver *driver, const FileText *files, uint32_t count);

/* Whether the file of --output could be written now, to be asked before what takes long: SCP_DATA
 * with a message where it could not. Leaves nothing behind. */
ScpStatus files_try(Driver *driver);

/* Writes the text to the descriptor: 0, or the number of the error. Leaves as files_write does. */
int files_write_to(Driver *driver, int descriptor, const FileText *file);

#endif
