/* From a module to results. */
#include "runtime/run/evaluate.h"

#include "runtime/base/seconds.h"
#include "runtime/data/snapshot.h"
#include "runtime/report/format.h"
#include "runtime/run/contributors.h"

/* Values of Module.policy. */
enum { PLAN_MIDPOINT6 = 1, PLAN_EXACT = 2 };

ScpStatus evaluation_policy(const Module *module, Policy asked, bool internal, Policy *policy) {
    *policy = POLICY_EXACT_INTERNAL;
    if (internal) return SCP_OK;
    if (module->policy >= PLAN_EXACT) return SCP_DISCLOSURE;
    Policy plan = module->policy == PLAN_MIDPOINT6 ? POLICY_MIDPOINT6 : POLICY_HES;
    *policy = policy_stricter(asked, plan);
    return SCP_OK;
}

static ScpStatus end_stage(Evaluation *evaluation, Stage stage, double begun, ScpStatus status) {
    evaluation->seconds[stage] = seconds_now() - begun;
    return status;
}

/* ---- What the report says of the data ---------------------------------------------------- */

typedef VEC(ReportLeftOut) LeftOut;

/* The same words may stand in several queries; said once. */
static void add_left_out(Arena *arena, LeftOut *left_out, Slice what, int64_t count) {
    VEC_EACH(const ReportLeftOut, other, left_out)
    if (slice_equal(other->what, what)) return;
    VEC_PUSH(arena, left_out, (ReportLeftOut){what, count});
}

/* "Adults, ethnic group missing", so that a reader knows of which column. */
static Slice without_group(Arena *arena, const Module *module, const StrataQuery *query) {
    Slice names = {0};
    for (int i = 0; i < query->dim_count; i++) {
        Slice name = format_dim(arena, &module->dims.items[query->dims[i]]);
        names = arena_printf(arena, "%.*s%s%.*s", SLICE_FMT(names), i ? " or " : "",
                             SLICE_FMT(format_in_sentence(arena, name)));
    }
    return arena_printf(arena, "%.*s, %.*s missing", SLICE_FMT(query->text), SLICE_FMT(names));
}

static LeftOut find_left_out(Arena *arena, const Evaluation *evaluation, uint32_t table,
                             uint32_t snapshot) {
    const Module *module = evaluation->module;
    LeftOut left_out = {0};
    for (uint32_t i = 0; i < module->queries.count; i++) {
        const StrataQuery *query = &module->queries.items[i];
        const StrataCells *cells = &evaluation->strata.cells[i];
        if (query->table != table || query->snapshot != snapshot) continue;
        if (cells->left_out_missing_group)
            add_left_out(arena, &left_out, without_group(arena, module, query),
                         cells->left_out_missing_group);
        if (cells->left_out_missing_value)
            add_left_out(arena, &left_out,
                         arena_printf(arena, "%.*s, value missing", SLICE_FMT(query->text)),
                         cells->left_out_missing_value);
    }
    return left_out;
}

static ReportData describe_file(Arena *arena, const Evaluation *evaluation, uint32_t t,
                                uint32_t s) {
    const ModuleTable *table = &evaluation->module->tables.items[t];
    const TableData *data = &evaluation->dataset.tables[t].snapshots[s];
    LeftOut left_out = find_left_out(arena, evaluation, t, s);
    return (ReportData){.name = table->name,
                        .file = data->file,
                        .sha256 = slice_of(data->sha256),
                        .people = table->sort == TABLE_POPULATION,
                        .rows = (int64_t)data->rows,
                        .orphans = (int64_t)evaluation->dataset.tables[t].orphans,
                        .left_out = left_out.items,
                        .left_out_count = left_out.count};
}

/* Published numbers: their records are nobody's. */
static ReportData describe_series(const Evaluation *evaluation, uint32_t i) {
    const MeasuredData *data = &evaluation->measured[i];
    return (ReportData){.name = evaluation->module->measured.items[i].name,
                        .file = data->file,
                        .sha256 = slice_of(data->sha256),
                        .open = true,
                        .rows = (int64_t)data->rows};
}

/* Events are one file, however many snapshots of their population they are joined to. */
static void describe_data(Arena *arena, Evaluation *evaluation) {
    VEC(ReportData) files = {0};
    for (uint32_t t = 0; t < evaluation->dataset.table_count; t++) {
        bool people = evaluation->module->tables.items[t].sort == TABLE_POPULATION;
        uint32_t count = evaluation->dataset.tables[t].snapshot_count;
        for (uint32_t s = 0; s < (people ? count : count > 0); s++)
            VEC_PUSH(arena, &files, describe_file(arena, evaluation, t, s));
    }
    for (uint32_t i = 0; i < evaluation->module->measured.count; i++)
        VEC_PUSH(arena, &files, describe_series(evaluation, i));
    evaluation->input.data = files.items;
    evaluation->input.data_count = files.count;
}

static void describe(const EvaluationOptions *options, Arena *arena, Evaluation *evaluation) {
    evaluation->input = (ReportInput){.module = evaluation->module,
                                      .vm = &evaluation->vm,
                                      .policy = options->policy,
                                      .internal = options->policy == POLICY_EXACT_INTERNAL,
                                      .as_of = options->as_of,
                                      .version = options->version,
                                      .findings = evaluation->findings.items,
                                      .finding_count = evaluation->findings.count};
    if (options->with_data) describe_data(arena, evaluation);
}

/* ---- Evaluating -------------------------------------------------------------------------- */

ScpStatus evaluation_load(const Module *module, const EvaluationOptions *options, Arena *arena,
                          Evaluation *evaluation) {
    double begun = seconds_now();
    evaluation->module = module;
    progress_begin(options->data.progress, "reading the data", 0);
    ScpStatus status =
        dataset_load(module, &options->data, arena, &evaluation->dataset, &evaluation->problems);
    ScpStatus series = measured_load(module, &options->data, arena, &evaluation->measured,
                                     &evaluation->problems);
    status = status_worse(status, series);
    return end_stage(evaluation, STAGE_READING, begun, status);
}

static ScpStatus verify(const EvaluationOptions *options, Arena *arena, Evaluation *evaluation) {
    double begun = seconds_now();
    ScpStatus status = dataset_verify(evaluation->module, &evaluation->dataset, false,
                                      options->data.threads, arena, &evaluation->problems);
    return end_stage(evaluation, STAGE_VERIFYING, begun, status);
}

static ScpStatus count_people(const EvaluationOptions *options, Arena *arena,
                              Evaluation *evaluation) {
    ScpStatus status = evaluation_load(evaluation->module, options, arena, evaluation);
    if (status == SCP_OK) status = verify(options, arena, evaluation);
    if (status != SCP_OK) return status;
    double begun = seconds_now();
    bool protects = options->policy != POLICY_EXACT_INTERNAL;
    const Module *asked =
        protects ? contributors_ask(evaluation->module, arena) : evaluation->module;
    evaluation->raised_by = "--max-cells";
    StrataOptions strata = {.cell_limit = options->cell_limit,
                            .planned = options->planned,
                            .context = options->context};
    status = strata_run(asked, &evaluation->dataset, &strata, arena, &evaluation->strata,
                        &evaluation->error);
    if (protects && status == SCP_OK) contributors_put(evaluation->module, &evaluation->strata);
    dataset_let_go(&evaluation->dataset);
    return end_stage(evaluation, STAGE_COUNTING, begun, status);
}

static ScpStatus compute(const EvaluationOptions *options, Arena *arena, Evaluation *evaluation) {
    VmOptions vm = {.strata = options->with_data ? &evaluation->strata : NULL,
                    .measured = options->with_data ? evaluation->measured : NULL,
                    .policy = options->policy,
                    .step_limit = options->step_limit};
    double begun = seconds_now();
    progress_begin(options->data.progress, "computing", 0);
    ScpStatus status = vm_run(evaluation->module, &vm, arena, &evaluation->vm, &evaluation->error);
    bool steps = options->step_limit && evaluation->vm.steps == options->step_limit;
    evaluation->raised_by = steps ? "--max-steps" : NULL;
    return end_stage(evaluation, STAGE_COMPUTING, begun, status);
}

ScpStatus evaluation_run(const Module *module, const EvaluationOptions *options, Arena *arena,
                         Evaluation *evaluation) {
    evaluation->module = module;
    evaluation->input.policy = options->policy;
    ScpStatus status = options->with_data ? count_people(options, arena, evaluation) : SCP_OK;
    if (status == SCP_OK) status = compute(options, arena, evaluation);
    if (status != SCP_OK) return status;
    findings_judge(&evaluation->vm, options->as_of, arena, &evaluation->findings);
    describe(options, arena, evaluation);
    return SCP_OK;
}

void evaluation_free(Evaluation *evaluation) {
    dataset_free(&evaluation->dataset);
}
