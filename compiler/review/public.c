/* The public interface of the compiler: a boundary around check_plan, so that exhausted memory
 * is a status for the host. Everything a plan needs lies in the plan. */
#include "scp/compiler.h"

#include "compiler/review/check.h"
#include "compiler/review/render.h"
#include "runtime/base/date.h"

/* Working memory where the host sets no limit: that of `scpc check`. */
static const uint64_t memory_default = 256 << 20;

struct ScpPlan {
    Boundary boundary;
    Arena arena;
    CheckResult result;
    DiagTally tally;
    const char *messages, *json; /* made when first asked for */
    Slice module;
    bool gave_up; /* memory or a limit ended before all was checked */
};

static ScpStatus check_text(ScpPlan *plan, Slice path, Slice text, const ScpCheckOptions *options) {
    CheckOptions check = {.compile = {.path = path,
                                      .text = text,
                                      .root = options->root ? slice_of(options->root) : (Slice){0},
                                      .has_as_of = options->as_of != NULL,
                                      .file_limit = options->file_limit},
                          .step_limit = options->step_limit};
    if (options->as_of && !date_parse_iso(slice_of(options->as_of), &check.compile.as_of))
        return SCP_USAGE;
    check_plan(&check, &plan->arena, &plan->result);
    const DiagBag *diags = &plan->result.compile.diags;
    for (uint32_t i = 0; i < diags->items.count; i++)
        diag_tally_add(&plan->tally, diags->items.items[i]);
    return check_status(&plan->result, SEVERITY_ERROR);
}

/* The boundary's message, as the only one there is room for. */
static ScpStatus say_why_left(ScpPlan *plan) {
    plan->messages = plan->boundary.message;
    return plan->boundary.status;
}

/* What was half made is forgotten. */
static ScpStatus give_up(ScpPlan *plan) {
    plan->result = (CheckResult){0};
    plan->tally = (DiagTally){0};
    plan->gave_up = true;
    return say_why_left(plan);
}

static ScpStatus check_guarded(ScpPlan *plan, Slice path, Slice text,
                               const ScpCheckOptions *options) {
    if (setjmp(plan->boundary.at)) return give_up(plan);
    return check_text(plan, path, text, options);
}

int scp_plan_check(const char *path, const char *text, size_t length,
                   const ScpCheckOptions *options, ScpPlan **plan) {
    static const ScpCheckOptions defaults = {0};
    ScpPlan *made = mem_alloc(sizeof *made);
    *plan = made;
    if (!made) return SCP_LIMIT;
    if (!options) options = &defaults;
    uint64_t memory = options->memory_limit ? options->memory_limit : memory_default;
    arena_init(&made->arena, &made->boundary, (size_t)memory);
    return (int)check_guarded(made, slice_of(path), (Slice){text, length}, options);
}

size_t scp_plan_errors(const ScpPlan *plan) {
    return plan->tally.errors;
}
size_t scp_plan_warnings(const ScpPlan *plan) {
    return plan->tally.warnings;
}

/* ---- Texts ------------------------------------------------------------------------------- */

typedef void (*Writer)(const ScpPlan *plan, Buffer *out);

static void write_messages(const ScpPlan *plan, Buffer *out) {
    const CompileResult *compile = &plan->result.compile;
    for (uint32_t i = 0; i < compile->diags.items.count; i++) {
        const Diag *diag = compile->diags.items.items[i];
        if (!diag->allowed_because.length) render_human(&compile->sources, diag, false, out);
    }
}

static void write_json(const ScpPlan *plan, Buffer *out) {
    JsonWriter json;
    render_json_begin(&json, out);
    const CompileResult *compile = &plan->result.compile;
    for (uint32_t i = 0; i < compile->diags.items.count; i++) {
        const Diag *diag = compile->diags.items.items[i];
        if (!diag->allowed_because.length) render_json(&compile->sources, diag, &json);
    }
    render_json_end(&json, &plan->tally);
}

static const char *write_guarded(ScpPlan *plan, Writer write) {
    if (setjmp(plan->boundary.at)) return NULL;
    Buffer out;
    buffer_init(&out, &plan->arena);
    buffer_add_text(&out, "");
    write(plan, &out);
    return arena_copy(&plan->arena, buffer_slice(&out)).data;
}

const char *scp_plan_messages(ScpPlan *plan) {
    if (!plan->messages) plan->messages = write_guarded(plan, write_messages);
    if (!plan->messages) say_why_left(plan);
    return plan->messages;
}

const char *scp_plan_messages_json(ScpPlan *plan) {
    if (!plan->json && !plan->gave_up) plan->json = write_guarded(plan, write_json);
    return plan->json;
}

static const void *save_guarded(ScpPlan *plan) {
    if (setjmp(plan->boundary.at)) return NULL;
    plan->module = module_save(plan->result.compile.module, &plan->arena);
    return plan->module.data;
}

const void *scp_plan_module(ScpPlan *plan, size_t *length) {
    if (!plan->result.compile.module) return NULL;
    const void *bytes = plan->module.length ? plan->module.data : save_guarded(plan);
    *length = plan->module.length;
    return bytes;
}

void scp_plan_free(ScpPlan *plan) {
    if (!plan) return;
    arena_free(&plan->arena);
    mem_free(plan);
}
