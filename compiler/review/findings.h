/* What the rules of a plan found, as diagnostics: each failed requirement, and each waiver that
 * has run out or covers nothing. */
#ifndef COMPILER_REVIEW_FINDINGS_H
#define COMPILER_REVIEW_FINDINGS_H

#include "runtime/run/findings.h"

/* Adds them, those that a waiver covers marked as allowed, and sorts the bag. `findings` are of
 * all requirements, as findings_judge gave them as of that day. */
void findings_diagnose(const VmResult *vm, const Findings *findings, int32_t as_of, DiagBag *diags);

#endif
