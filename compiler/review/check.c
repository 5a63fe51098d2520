/* Compile, evaluate what needs no data, judge. */
#include "compiler/review/check.h"

static void judge(const CheckOptions *options, Arena *arena, CheckResult *result) {
    const Module *module = result->compile.module;
    VmOptions vm = {.policy = POLICY_HES,
                    .step_limit = options->step_limit ? options->step_limit : CHECK_STEP_LIMIT};
    Slice error;
    if (vm_run(module, &vm, arena, &result->vm, &error) != SCP_OK) {
        Span plan =
            module->plan == MODULE_NONE ? SPAN_NONE : module->decls.items[module->plan].span;
        diag_add(&result->compile.diags, DIAG_LIMIT_REACHED, plan, "%.*s (--max-steps)",
                 SLICE_FMT(error));
        diag_bag_sort(&result->compile.diags);
        return;
    }
    findings_judge(&result->vm, module->as_of, arena, &result->findings);
    findings_diagnose(&result->vm, &result->findings, module->as_of, &result->compile.diags);
}

void check_plan(const CheckOptions *options, Arena *arena, CheckResult *result) {
    *result = (CheckResult){0};
    compile_plan(&options->compile, arena, arena, &result->compile);
    if (result->compile.module) judge(options, arena, result);
}

ScpStatus diags_status(const DiagBag *diags, Severity fail_on) {
    ScpStatus status = diag_bag_count(diags, fail_on) ? SCP_NO : SCP_OK;
    Slice limit = slice_of(diag_name_text(DIAG_LIMIT_REACHED));
    for (uint32_t i = 0; i < diags->items.count; i++)
        if (slice_equal(diags->items.items[i]->name, limit)) status = SCP_LIMIT;
    return status;
}

ScpStatus check_status(const CheckResult *result, Severity fail_on) {
    ScpStatus status = diags_status(&result->compile.diags, fail_on);
    if (result->compile.data_missing) status = status_worse(status, SCP_DATA);
    return status;
}
