/* Tables for a spreadsheet: RFC 4180, UTF-8, lines ended by LF. A text that a spreadsheet would
 * take for a formula is written so that it does not; a number never is touched. */
#ifndef RUNTIME_REPORT_CSV_H
#define RUNTIME_REPORT_CSV_H

#include "runtime/base/buffer.h"

/* A text: quoted where it must be, with an apostrophe before what would be a formula. */
void csv_put_text(Buffer *out, Slice text);

/* A number, as it is written. */
void csv_put_number(Buffer *out, Slice number);

#endif
