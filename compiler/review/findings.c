/* Failed requirements and spent waivers as diagnostics. */
#include "compiler/review/findings.h"

#include "runtime/base/buffer.h"
#include "runtime/base/date.h"

typedef struct {
    const VmResult *vm;
    const Module *module;
    const Findings *findings;
    int32_t as_of;
    DiagBag *diags;
    Arena *arena;
} Review;

static const ModuleDecl *decl_of(const Module *module, uint32_t decl) {
    return decl == MODULE_NONE ? NULL : &module->decls.items[decl];
}

/* The message the rule made, or where it could not, what the rule is for. */
static Slice finding_sentence(const Review *r, const ModuleRequirement *requirement) {
    const Array *message = &r->vm->registers[requirement->message];
    if (message->count && array_absent(message, 0) == ABSENT_NONE) return message->as.text[0];
    return requirement->why;
}

enum { CELLS_SHOWN = 6 };

/* `i.lead` = missing; of an array the first cells. */
static Slice sub_value_sentence(const Review *r, const ModuleSubValue *value) {
    const Array *array = &r->vm->registers[value->reg];
    Buffer text;
    buffer_init(&text, r->arena);
    buffer_printf(&text, "`%.*s` is ", SLICE_FMT(value->text));
    for (uint32_t cell = 0; cell < array->count && cell < CELLS_SHOWN; cell++) {
        if (cell) buffer_add_text(&text, ", ");
        buffer_add(&text, vm_cell_text(r->arena, r->module, array, cell, value->unit));
    }
    if (array->count > CELLS_SHOWN) buffer_add_text(&text, ", …");
    return buffer_slice(&text);
}

static void diagnose_failure(const Review *r, const ReportFinding *finding) {
    const ModuleRequirement *requirement = &r->module->requirements.items[finding->requirement];
    const ModuleDecl *decl = decl_of(r->module, requirement->decl);
    Diag *diag = diag_add_named(r->diags, requirement->rule, finding_severity(r->module, finding),
                                requirement->span, finding_sentence(r, requirement));
    if (decl) diag->path = decl->path;
    VEC_EACH(const ModuleSubValue, value, &requirement->values) {
        Slice sentence = sub_value_sentence(r, value);
        diag_relate(r->diags, diag, requirement->span, "%.*s", SLICE_FMT(sentence));
    }
    if (finding->allow == MODULE_NONE) return;
    Slice because = r->module->allows.items[finding->allow].because;
    diag->allowed_because = because.length ? because : SLICE("allowed");
}

/* What a waiver meets among the requirements it concerns. */
typedef struct {
    bool rule_known, failed, unknown, fixed;
} AllowUse;

static AllowUse use_of_allow(const Review *r, const ModuleAllow *allow) {
    AllowUse use = {0};
    VEC_EACH(const ReportFinding, finding, r->findings) {
        const ModuleRequirement *requirement = &r->module->requirements.items[finding->requirement];
        if (!slice_equal(requirement->rule, allow->rule)) continue;
        use.rule_known = true;
        if (!requirement->waivable) use.fixed = true;
        if (!allow_concerns(r->module, allow, requirement)) continue;
        if (finding->outcome == REQUIREMENT_FAILED) use.failed = true;
        if (finding->outcome == REQUIREMENT_UNKNOWN) use.unknown = true;
    }
    return use;
}

static void diagnose_expired(const Review *r, const ModuleAllow *allow) {
    Slice until = date_format_iso(r->arena, allow->until);
    Slice today = date_format_iso(r->arena, r->as_of);
    diag_add(r->diags, DIAG_EXPIRED_ALLOW, allow->span,
             "the waiver of `%.*s` ended on %.*s; the plan is checked as of %.*s",
             SLICE_FMT(allow->rule), SLICE_FMT(until), SLICE_FMT(today));
}

/* Before there is data a rule may not have spoken yet; such a waiver is let be. */
static void diagnose_allow(const Review *r, const ModuleAllow *allow) {
    if (!allow_in_force(allow, r->as_of)) {
        diagnose_expired(r, allow);
        return;
    }
    AllowUse use = use_of_allow(r, allow);
    const char *why = "finds nothing wrong here";
    if (use.fixed)
        why = "cannot be waived";
    else if (use.failed || use.unknown)
        return;
    else if (!use.rule_known)
        why = "is not a rule that is used here";
    diag_add(r->diags, DIAG_UNUSED_ALLOW, allow->span, "this waiver covers nothing: `%.*s` %s",
             SLICE_FMT(allow->rule), why);
}

void findings_diagnose(const VmResult *vm, const Findings *findings, int32_t as_of,
                       DiagBag *diags) {
    Review r = {vm, vm->module, findings, as_of, diags, diags->arena};
    VEC_EACH(const ReportFinding, finding, findings)
    if (finding->outcome == REQUIREMENT_FAILED) diagnose_failure(&r, finding);
    VEC_EACH(const ModuleAllow, allow, &r.module->allows) diagnose_allow(&r, allow);
    diag_bag_sort(diags);
}
