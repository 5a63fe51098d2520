/* What the rules of a plan found: which requirements failed, and which of them a waiver covers.
 * Judges what the machine computed; computes nothing itself. */
#ifndef RUNTIME_RUN_FINDINGS_H
#define RUNTIME_RUN_FINDINGS_H

#include "runtime/report/report.h"

typedef VEC(ReportFinding) Findings;

/* Every requirement of the module, in order, as of that day. */
void findings_judge(const VmResult *vm, int32_t as_of, Arena *arena, Findings *findings);

/* The first value that was to be known before that day; NULL where none was. Past it the plan has
 * no meaning, whoever compiled it when. */
const ModuleUnknown *unknown_expired(const Module *module, int32_t as_of);

/* The severity a finding has: that of a draft where the plan is one. */
Severity finding_severity(const Module *module, const ReportFinding *finding);

/* The highest severity of what failed and is not waived; false where nothing is. */
bool findings_worst(const Module *module, const Findings *findings, Severity *worst);

/* Whether the waiver has not run out by that day, and whether it speaks of the requirement's
 * rule, for its declaration or one above it. */
bool allow_in_force(const ModuleAllow *allow, int32_t as_of);
bool allow_concerns(const Module *module, const ModuleAllow *allow,
                    const ModuleRequirement *requirement);

#endif
