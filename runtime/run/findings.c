/* Requirements against waivers. */
#include "runtime/run/findings.h"

static bool lies_within(const Module *module, uint32_t decl, uint32_t ancestor) {
    while (decl != MODULE_NONE && decl != ancestor) decl = module->decls.items[decl].parent;
    return decl == ancestor;
}

bool allow_in_force(const ModuleAllow *allow, int32_t as_of) {
    return !allow->until || allow->until >= as_of;
}

bool allow_concerns(const Module *module, const ModuleAllow *allow,
                    const ModuleRequirement *requirement) {
    return slice_equal(allow->rule, requirement->rule) &&
           (allow->decl == MODULE_NONE || lies_within(module, requirement->decl, allow->decl));
}

static uint32_t covering_allow(const Module *module, const ModuleRequirement *requirement,
                               int32_t as_of) {
    if (!requirement->waivable) return MODULE_NONE;
    for (uint32_t i = 0; i < module->allows.count; i++) {
        const ModuleAllow *allow = &module->allows.items[i];
        if (allow_in_force(allow, as_of) && allow_concerns(module, allow, requirement)) return i;
    }
    return MODULE_NONE;
}

void findings_judge(const VmResult *vm, int32_t as_of, Arena *arena, Findings *findings) {
    const Module *module = vm->module;
    for (uint32_t i = 0; i < module->requirements.count; i++) {
        ReportFinding finding = {
            .requirement = i, .outcome = vm_requirement(vm, i, as_of), .allow = MODULE_NONE};
        if (finding.outcome == REQUIREMENT_FAILED)
            finding.allow = covering_allow(module, &module->requirements.items[i], as_of);
        VEC_PUSH(arena, findings, finding);
    }
}

const ModuleUnknown *unknown_expired(const Module *module, int32_t as_of) {
    VEC_EACH(const ModuleUnknown, unknown, &module->unknowns)
    if (unknown->until < as_of) return unknown;
    return NULL;
}

Severity finding_severity(const Module *module, const ReportFinding *finding) {
    const ModuleRequirement *requirement = &module->requirements.items[finding->requirement];
    return (Severity)(module->final_status ? requirement->severity : requirement->draft_severity);
}

bool findings_worst(const Module *module, const Findings *findings, Severity *worst) {
    bool any = false;
    VEC_EACH(const ReportFinding, finding, findings) {
        if (finding->outcome != REQUIREMENT_FAILED || finding->allow != MODULE_NONE) continue;
        Severity severity = finding_severity(module, finding);
        if (!any || severity > *worst) *worst = severity;
        any = true;
    }
    return any;
}
