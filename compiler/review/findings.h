/* What the rules of a plan found: which requirements failed, which of them a waiver covers, and
 * which waivers are spent. Judges what the machine computed; computes nothing itself. */
#ifndef COMPILER_REVIEW_FINDINGS_H
#define COMPILER_REVIEW_FINDINGS_H

#include "runtime/report/report.h"

typedef VEC(ReportFinding) Findings;

/* Every requirement of the module, in order, as of that day. */
void findings_judge(const VmResult *vm, int32_t as_of, Arena *arena, Findings *findings);

/* The severity a finding has: that of a draft where the plan is one. */
Severity finding_severity(const Module *module, const ReportFinding *finding);

/* The highest severity of what failed and is not waived; false where nothing is. */
bool findings_worst(const Module *module, const Findings *findings, Severity *worst);

/* Adds a diagnostic for each failed requirement (marked as allowed where it is), and for each
 * waiver that has run out or covers nothing. */
void findings_diagnose(const VmResult *vm, const Findings *findings, int32_t as_of,
                       DiagBag *diags);

#endif
