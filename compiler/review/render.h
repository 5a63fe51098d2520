/* Diagnostics as text for people at a terminal, as one line each for editors and scripts, and
 * as JSON (docs/language, "Diagnostics" and "The command line"). Renders what it is given:
 * decides neither the order nor the exit status. */
#ifndef COMPILER_REVIEW_RENDER_H
#define COMPILER_REVIEW_RENDER_H

#include "runtime/base/diag.h"
#include "runtime/base/json.h"

/* The message, its heading path, the lines it speaks of, what would mend it, and where to read
 * more. Ends with a blank line. */
void render_human(const SourceMap *sources, const Diag *diag, bool colour, Buffer *out);

/* `file:line:col: error[name]: message` */
void render_short(const SourceMap *sources, const Diag *diag, Buffer *out);

/* One member of "diagnostics"; ends are exclusive. Where there is no fix it is null. */
void render_json(const SourceMap *sources, const Diag *diag, JsonWriter *json);

/* How many there are of each; those covered by a waiver count as allowed only. */
typedef struct {
    uint32_t errors, warnings, notes, allowed;
} DiagTally;

void diag_tally_add(DiagTally *tally, const Diag *diag);

/* "3 errors, 1 warning, 1 allowed"; "nothing wrong" where all are zero. No line end. */
void diag_tally_print(const DiagTally *tally, Buffer *out);

/* The document around them: everything before the first and after the last. */
void render_json_begin(JsonWriter *json, Buffer *out);
void render_json_end(JsonWriter *json, const DiagTally *tally);

const char *severity_text(Severity severity);

#endif
