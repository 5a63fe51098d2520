/* A plan with its results made by hand, as the compiler and the machine would hand them to the
 * report: no source, no data, no code that runs. FIXTURE_TEST(name) { … } has `fixture`. */
#ifndef TESTS_UNIT_TEST_REPORT_FIXTURE_H
#define TESTS_UNIT_TEST_REPORT_FIXTURE_H

#include "tests/unit/test_base_fixture.h"

#include "runtime/base/date.h"
#include "runtime/report/report.h"

typedef struct {
    Arena *arena;
    Module module;
    VmResult vm;
    VEC(Array) registers;
    VEC(ReportData) data;
    VEC(ReportFinding) findings;
    ReportInput input;
} Fixture;

/* ---- Building blocks ------------------------------------------------------------------------ */

static inline uint16_t add_unit(Fixture *f, const char *label, const char *prose, UnitSort sort,
                                int64_t num) {
    VEC_PUSH(f->arena, &f->module.units,
             (ModuleUnit){.label = slice_of(label),
                          .prose = slice_of(prose),
                          .sort = sort,
                          .num = num,
                          .den = 1});
    return (uint16_t)(f->module.units.count - 1);
}

static inline uint16_t add_dim(Fixture *f, const char *name, const char *title, DimSort sort,
                               const char *const *members, uint32_t count) {
    ModuleDim dim = {
        .name = slice_of(name), .title = slice_of(title), .sort = sort, .member_count = count};
    dim.members = ARENA_NEW_ARRAY(f->arena, Slice, count);
    dim.titles = ARENA_NEW_ARRAY(f->arena, Slice, count);
    for (uint32_t i = 0; i < count; i++) dim.members[i] = dim.titles[i] = slice_of(members[i]);
    VEC_PUSH(f->arena, &f->module.dims, dim);
    return (uint16_t)(f->module.dims.count - 1);
}

static inline uint16_t add_years(Fixture *f, int32_t first, uint32_t count) {
    ModuleDim dim = {.name = SLICE("fy"),
                     .title = SLICE("Financial year"),
                     .sort = DIM_YEAR,
                     .ordered = true,
                     .member_count = count,
                     .first = first};
    dim.members = ARENA_NEW_ARRAY(f->arena, Slice, count);
    dim.titles = ARENA_NEW_ARRAY(f->arena, Slice, count);
    for (uint32_t i = 0; i < count; i++) {
        dim.members[i] = financial_year_format(f->arena, first + (int)i);
        dim.titles[i] = financial_year_format_short(f->arena, first + (int)i);
    }
    VEC_PUSH(f->arena, &f->module.dims, dim);
    return (uint16_t)(f->module.dims.count - 1);
}

static inline Reg add_register(Fixture *f, Array array) {
    if (!array.count) array.count = 1;
    VEC_PUSH(f->arena, &f->registers, array);
    VEC_PUSH(f->arena, &f->module.code, (Instr){.type = array.type});
    return f->registers.count - 1;
}

static inline Reg add_text(Fixture *f, const char *text) {
    Array array = {.type = {.elem = ELEM_TEXT}};
    array.as.text = ARENA_NEW(f->arena, Slice);
    array.as.text[0] = slice_of(text);
    return add_register(f, array);
}

static inline Reg add_integer(Fixture *f, ElemType elem, int64_t value) {
    Array array = {.type = {.elem = (uint8_t)elem}};
    array.as.integer = ARENA_NEW(f->arena, int64_t);
    array.as.integer[0] = value;
    return add_register(f, array);
}

static inline Reg add_date(Fixture *f, int year, int month, int day) {
    return add_integer(f, ELEM_DATE, date_from_civil(year, month, day));
}

static inline Array real_array(Fixture *f, const double *values, uint32_t count) {
    Array array = {.type = {.elem = ELEM_REAL}, .count = count};
    array.as.real = ARENA_NEW_ARRAY(f->arena, double, count);
    memcpy(array.as.real, values, count * sizeof *values);
    return array;
}

static inline Array over(Array array, uint16_t dim) {
    array.type.dims[array.type.dim_count++] = dim;
    return array;
}

/* Limits a share below and above, counts that fit; NaN cells are suppressed. */
static inline Array estimates(Fixture *f, const double *values, uint32_t count, double share,
                              double people) {
    Array array = real_array(f, values, count);
    array.type.estimate = 1;
    double **parts[] = {&array.lower, &array.upper, &array.numerator, &array.denominator};
    for (size_t i = 0; i < 4; i++) *parts[i] = ARENA_NEW_ARRAY(f->arena, double, count);
    array.method = ARENA_NEW_ARRAY(f->arena, uint8_t, count);
    array.absent = ARENA_NEW_ARRAY(f->arena, uint8_t, count);
    array.confidential = ARENA_NEW_ARRAY(f->arena, double, count);
    for (uint32_t i = 0; i < count; i++) {
        if (isnan(values[i])) array.absent[i] = ABSENT_SUPPRESSED;
        array.lower[i] = values[i] * (1 - share);
        array.upper[i] = values[i] * (1 + share);
        array.denominator[i] = people;
        array.numerator[i] = 5 * floor(values[i] * people / 5);
        array.confidential[i] = 987654321;
    }
    return array;
}

static inline Array pounds(Fixture *f, const double *millions, uint32_t count) {
    Array array = {.type = {.elem = ELEM_EXACT}, .count = count};
    array.as.exact = ARENA_NEW_ARRAY(f->arena, Exact, count);
    for (uint32_t i = 0; i < count; i++)
        array.as.exact[i] = exact_from_int((int64_t)llround(millions[i] * 1e6));
    return array;
}

static inline uint32_t add_decl(Fixture *f, const char *kind, const char *name, const char *title,
                                uint32_t parent) {
    VEC_PUSH(f->arena, &f->module.decls,
             (ModuleDecl){.kind = slice_of(kind),
                          .name = slice_of(name),
                          .title = slice_of(title),
                          .parent = parent});
    return f->module.decls.count - 1;
}

static inline FieldValue of_register(Reg reg, uint16_t unit) {
    return (FieldValue){.sort = FIELD_REGISTER, .reg = reg, .unit = unit};
}

static inline FieldValue of_decl(uint32_t decl) {
    return (FieldValue){.sort = FIELD_DECL, .decl = decl};
}

static inline FieldValue of_word(const char *word) {
    return (FieldValue){.sort = FIELD_WORD, .word = slice_of(word)};
}

static inline FieldValue of_text(Fixture *f, const char *text) {
    return of_register(add_text(f, text), 0);
}

static inline FieldValue of_year(Fixture *f, int year) {
    return of_register(add_integer(f, ELEM_YEAR, year), 0);
}

/* The last declaration added gets a clause; the last clause gets a further value or a label. */
static inline ModuleField *add_field(Fixture *f, const char *name, FieldValue value) {
    ModuleDecl *decl = &f->module.decls.items[f->module.decls.count - 1];
    ModuleField field = {.name = slice_of(name)};
    VEC_PUSH(f->arena, &field.values, value);
    VEC_PUSH(f->arena, &decl->fields, field);
    return &decl->fields.items[decl->fields.count - 1];
}

static inline void add_value(Fixture *f, ModuleField *field, FieldValue value) {
    VEC_PUSH(f->arena, &field->values, value);
}

static inline void add_label(Fixture *f, ModuleField *field, const char *label, FieldValue value) {
    FieldLabel added = {.label = slice_of(label)};
    VEC_PUSH(f->arena, &added.values, value);
    VEC_PUSH(f->arena, &field->labels, added);
}

static inline void add_derived(Fixture *f, const char *name, Reg reg, uint16_t unit) {
    add_field(f, name, of_register(reg, unit))->derived = true;
}

/* ---- The plan -------------------------------------------------------------------------------- */

typedef struct {
    uint16_t money, rate, percent, people;
    uint16_t years, place, quintile;
    uint32_t board, council, governance, sub_outcome, kpi, dementia;
} Plan;

static inline void northshire_units(Fixture *f, Plan *p) {
    add_unit(f, "", "", UNIT_PLAIN, 1);
    p->money = add_unit(f, "gbp", "£", UNIT_MONEY, 1);
    p->rate = add_unit(f, "admissions per 100000 person_years", "per 100,000 person-years",
                       UNIT_PLAIN, 100000);
    p->percent = add_unit(f, "percent", "%", UNIT_PERCENT, 100);
    p->people = add_unit(f, "persons", "people", UNIT_PLAIN, 1);
    f->module.units.items[p->people].whole = true;
    p->years = add_years(f, 2026, 5);
    p->place = add_dim(f, "place", "Place", DIM_GEOGRAPHY,
                       (const char *const[]){"Coastal", "Dales", "Market Towns", "North City"}, 4);
    p->quintile = add_dim(f, "imd_quintile", "Deprivation quintile", DIM_BAND,
                          (const char *const[]){"1-2", "3-4", "5-6", "7-8", "9-10"}, 5);
}

static inline void northshire_plan(Fixture *f, Plan *p) {
    p->board = add_decl(f, "organisation", "northshire_icb", "Northshire Integrated Care Board",
                        MODULE_NONE);
    add_field(f, "type", of_word("icb"));
    add_field(f, "ods", of_text(f, "QZ9"));
    p->council =
        add_decl(f, "organisation", "northshire_council", "Northshire Council", MODULE_NONE);
    add_field(f, "type", of_word("local_authority"));
    f->module.plan = add_decl(f, "plan", "northshire",
                              "Northshire population health improvement plan", MODULE_NONE);
    add_field(f, "board", of_decl(p->board));
    add_field(f, "partner", of_decl(p->council));
    add_field(f, "vision",
              of_text(f, "People in Northshire live **longer, healthier lives** at home,\nand the "
                         "gap between places closes.\n\n- fewer people are harmed by a fall\n- "
                         "more people are diagnosed early\n\nRead [how we will work](https://"
                         "www.example.org/plan?a=1&b=2) <script>alert(1)</script>"));
    p->governance =
        add_decl(f, "governance", "ageing_well_board", "Ageing Well Programme Board", MODULE_NONE);
    ModuleField *chair = add_field(f, "chair", of_text(f, "Chief Medical Officer"));
    add_label(f, chair, "at", of_decl(p->board));
}

static inline void falls_results(Fixture *f, Plan *p) {
    ModuleField *results = add_field(
        f, "results",
        of_register(add_register(f, estimates(f, (double[]){0.0193}, 1, 0.031, 104500)), p->rate));
    results->derived = true;
    Array by_place =
        over(estimates(f, (double[]){0.0211, NAN, 0.0178, 0.0203}, 4, 0.06, 26100), p->place);
    add_value(f, results, of_register(add_register(f, by_place), p->rate));
    Array by_quintile =
        over(estimates(f, (double[]){0.0262, 0.0224, 0.0187, 0.0165, 0.0149}, 5, 0.055, 20900),
             p->quintile);
    add_value(f, results, of_register(add_register(f, by_quintile), p->rate));
}

static inline void falls_kpi(Fixture *f, Plan *p) {
    p->kpi = add_decl(f, "kpi", "falls_rate", "Emergency admissions for falls, aged 65 and over",
                      p->sub_outcome);
    ModuleField *measure = add_field(f, "measure", (FieldValue){.sort = FIELD_WORD});
    measure->values.items[0].word =
        SLICE("dsr(count(falls where older), person_years(older) across age_band * sex against "
              "esp2013.weight)");
    add_field(f, "better", of_word("lower"));
    ModuleField *breakdown = add_field(f, "breakdown", of_word("place"));
    add_value(f, breakdown, of_word("imd_quintile"));
    ModuleField *baseline = add_field(f, "baseline", of_word("measured"));
    add_label(f, baseline, "at", of_year(f, 2025));
    ModuleField *target = add_field(
        f, "target", of_register(add_register(f, real_array(f, (double[]){-0.12}, 1)), p->percent));
    add_label(f, target, "by", of_year(f, 2028));
    target = add_field(
        f, "target", of_register(add_register(f, real_array(f, (double[]){-0.2}, 1)), p->percent));
    add_label(f, target, "by", of_year(f, 2030));
    ModuleField *owner = add_field(f, "owner", of_text(f, "Director of Population Health"));
    add_label(f, owner, "at", of_decl(p->board));
    add_derived(f, "baseline_value",
                add_register(f, estimates(f, (double[]){0.0193}, 1, 0.031, 104500)), p->rate);
    ModuleField *levels =
        add_field(f, "target_level",
                  of_register(add_register(f, real_array(f, (double[]){0.016984}, 1)), p->rate));
    levels->derived = true;
    add_value(f, levels,
              of_register(add_register(f, real_array(f, (double[]){0.01544}, 1)), p->rate));
    Array trajectory = over(
        real_array(f, (double[]){0.018528, 0.017756, 0.016984, 0.016212, 0.01544}, 5), p->years);
    add_derived(f, "trajectory", add_register(f, trajectory), p->rate);
    falls_results(f, p);
}

static inline void dementia_kpi(Fixture *f, Plan *p) {
    p->dementia = add_decl(f, "kpi", "dementia_diagnosis",
                           "Dementia diagnosis rate, aged 65 and over", p->sub_outcome);
    add_field(f, "better", of_word("higher"));
    add_field(f, "baseline", (FieldValue){.sort = FIELD_MISSING});
    Array unknown = real_array(f, (double[]){NAN}, 1);
    unknown.absent = ARENA_NEW(f->arena, uint8_t);
    unknown.absent[0] = ABSENT_UNKNOWN;
    unknown.absent_note = SLICE("until 2027-06-30: first linked extract");
    add_derived(f, "baseline_value", add_register(f, unknown), p->percent);
    add_field(f, "results", of_register(add_register(f, unknown), p->percent))->derived = true;
}

static inline void northshire_outcomes(Fixture *f, Plan *p) {
    uint32_t outcome =
        add_decl(f, "outcome", "ageing_well", "People age well at home", MODULE_NONE);
    add_field(f, "domain", of_word("quality_of_life"));
    p->sub_outcome =
        add_decl(f, "sub_outcome", "fewer_falls", "Fewer people are harmed by a fall", outcome);
    falls_kpi(f, p);
    dementia_kpi(f, p);
}

static inline void northshire_intention(Fixture *f, Plan *p) {
    uint32_t intention = add_decl(f, "intention", "falls_service",
                                  "Community falls and fracture liaison service", MODULE_NONE);
    add_field(f, "achieves", of_decl(p->sub_outcome));
    ModuleField *shift = add_field(f, "shift", of_word("hospital_to_community"));
    add_value(f, shift, of_word("sickness_to_prevention"));
    add_field(f, "service_change", of_word("add"));
    add_field(f, "scale", of_word("place"));
    ModuleField *lead = add_field(f, "lead", of_text(f, "Director of Strategic Commissioning"));
    add_label(f, lead, "at", of_decl(p->board));
    add_field(f, "governed_by", of_decl(p->governance));
    Array cost = over(pounds(f, (double[]){1.2, 2.4, 2.6, 2.6, 2.6}, 5), p->years);
    ModuleField *cost_field = add_field(f, "cost", of_register(add_register(f, cost), p->money));
    add_label(f, cost_field, "as", of_word("recurrent"));
    ModuleField *affects = add_field(f, "affects", of_decl(p->kpi));
    add_label(f, affects, "by",
              of_register(add_register(f, real_array(f, (double[]){-0.12}, 1)), p->percent));
    add_label(f, affects, "from", of_year(f, 2027));
    add_field(f, "rationale",
              of_text(f, "Each avoided admission is £4,300 not spent in hospital."));
    uint32_t approved = add_decl(f, "milestone", "approved", "Business case approved", intention);
    add_label(f, add_field(f, "head", (FieldValue){.sort = FIELD_MISSING}), "by",
              of_register(add_date(f, 2026, 12, 31), 0));
    add_decl(f, "milestone", "live", "Live in every place", intention);
    ModuleField *head = add_field(f, "head", (FieldValue){.sort = FIELD_MISSING});
    add_label(f, head, "by", of_register(add_date(f, 2027, 4, 1), 0));
    add_label(f, head, "after", of_decl(approved));
    add_decl(f, "risk", "workforce", "Therapists cannot be recruited", intention);
    add_field(f, "likelihood", of_register(add_register(f, real_array(f, (double[]){3}, 1)), 0));
    add_field(f, "impact", of_register(add_register(f, real_array(f, (double[]){4}, 1)), 0));
    add_field(f, "mitigation", of_text(f, "Rotational posts with the community trust"));
}

static inline void budget(Fixture *f, Plan *p, const char *name, const char *title,
                          const char *setting, const double *before, const double *after) {
    add_decl(f, "budget", name, title, MODULE_NONE);
    add_field(f, "setting", of_word(setting));
    add_derived(f, "by_year", add_register(f, over(pounds(f, before, 5), p->years)), p->money);
    add_derived(f, "after_shifts", add_register(f, over(pounds(f, after, 5), p->years)), p->money);
}

static inline void northshire_money(Fixture *f, Plan *p) {
    uint32_t first = f->module.decls.count;
    budget(f, p, "acute_emergency", "Acute emergency care", "acute",
           (double[]){212, 216.452, 220.997492, 225.638439, 230.376846},
           (double[]){212, 214.452, 215.664159, 216.971773, 218.376846});
    budget(f, p, "frailty_care", "Community frailty", "community",
           (double[]){31, 31.651, 32.315671, 32.9943, 33.68718},
           (double[]){31, 33.651, 37.649004, 41.660967, 45.68718});
    add_decl(f, "funding_shift", "left", "From bed to home", MODULE_NONE);
    ModuleField *head = add_field(f, "head", (FieldValue){.sort = FIELD_MISSING});
    add_label(f, head, "from", of_decl(first));
    add_label(f, head, "to", of_decl(first + 1));
    add_field(f, "rationale", of_text(f, "Care closer to home."));
    Array moved = over(pounds(f, (double[]){0, 2, 5.333333, 8.666667, 12}, 5), p->years);
    add_derived(f, "by_year", add_register(f, moved), p->money);
}

static inline void northshire_rest(Fixture *f, Plan *p) {
    add_decl(f, "document", "ina", "Integrated needs assessment", MODULE_NONE);
    add_field(f, "type", of_word("integrated_needs_assessment"));
    add_field(f, "dated", of_register(add_date(f, 2026, 3, 20), 0));
    add_decl(f, "citizens_panel", "panel", "Citizens' panel", MODULE_NONE);
    add_field(f, "meets_at", of_text(f, "Town hall & library"));
    Array count = over(real_array(f, (double[]){1205, 0, 340, 95}, 4), p->place);
    VEC_PUSH(f->arena, &f->module.outputs,
             (ModuleOutput){
                 .name = SLICE("frail_people"), .reg = add_register(f, count), .unit = p->people});
    VEC_PUSH(f->arena, &f->module.outputs,
             (ModuleOutput){.name = SLICE("unit_cost"),
                            .unit = p->money,
                            .reg = add_register(f, pounds(f, (double[]){0.0041005}, 1))});
    VEC_PUSH(f->arena, &f->module.requirements,
             (ModuleRequirement){.rule = SLICE("intention-has-lead"),
                                 .decl = 8,
                                 .message = add_text(f, "never shown"),
                                 .severity = SEVERITY_ERROR,
                                 .draft_severity = SEVERITY_WARNING});
    VEC_PUSH(f->arena, &f->module.requirements,
             (ModuleRequirement){.rule = SLICE("inequalities-missing"),
                                 .decl = 4,
                                 .message = add_text(f, "`ageing_well` has no equity target"),
                                 .source = SLICE("Strategic commissioning framework, stage 2"),
                                 .severity = SEVERITY_ERROR,
                                 .draft_severity = SEVERITY_WARNING});
    VEC_PUSH(f->arena, &f->findings, (ReportFinding){0, REQUIREMENT_PASSED, MODULE_NONE});
    VEC_PUSH(f->arena, &f->findings, (ReportFinding){1, REQUIREMENT_FAILED, MODULE_NONE});
    VEC_PUSH(f->arena, &f->module.sources,
             (ModuleSource){.path = SLICE("plan.scp"), .sha256 = SLICE("ab12")});
    ReportLeftOut *left = ARENA_NEW_ARRAY(f->arena, ReportLeftOut, 2);
    left[0] = (ReportLeftOut){SLICE("count(older) by imd_quintile"), 213};
    left[1] = (ReportLeftOut){SLICE("count(older) by place"), 3};
    VEC_PUSH(f->arena, &f->data,
             (ReportData){.name = SLICE("residents"),
                          .file = SLICE("data/residents.csv"),
                          .sha256 = SLICE("cd34"),
                          .people = true,
                          .rows = 104502,
                          .left_out = left,
                          .left_out_count = 2});
}

static inline Plan fixture_northshire(Fixture *f, Arena *arena) {
    Plan plan = {0};
    *f = (Fixture){.arena = arena};
    f->module.edition = 2026;
    f->module.compiler_version = SLICE("0.1.0");
    f->module.as_of = date_from_civil(2026, 11, 1);
    f->module.horizon_first = 2026;
    f->module.horizon_last = 2030;
    f->module.price_year = 2025;
    northshire_units(f, &plan);
    northshire_plan(f, &plan);
    northshire_outcomes(f, &plan);
    northshire_intention(f, &plan);
    northshire_money(f, &plan);
    northshire_rest(f, &plan);
    f->vm = (VmResult){.module = &f->module, .registers = f->registers.items};
    f->input = (ReportInput){.module = &f->module,
                             .vm = &f->vm,
                             .policy = POLICY_HES,
                             .as_of = f->module.as_of,
                             .version = SLICE("0.1.0"),
                             .data = f->data.items,
                             .data_count = f->data.count,
                             .findings = f->findings.items,
                             .finding_count = f->findings.count};
    return plan;
}

#define FIXTURE_TEST(name)                                            \
    static void name##_with(Fixture *fixture, Plan *plan);            \
    ARENA_TEST(name) {                                                \
        Fixture fixture;                                              \
        Plan plan = fixture_northshire(&fixture, arena);              \
        name##_with(&fixture, &plan);                                 \
    }                                                                 \
    static void name##_with(Fixture *fixture __attribute__((unused)), \
                            Plan *plan __attribute__((unused)))

static inline bool slice_contains(Slice text, const char *part) {
    size_t length = strlen(part);
    for (size_t i = 0; i + length <= text.length; i++)
        if (!memcmp(text.data + i, part, length)) return true;
    return false;
}

#define assert_contains(text, part) assert_contains_at((text), (part), true, __FILE__, __LINE__)
#define assert_lacks(text, part)    assert_contains_at((text), (part), false, __FILE__, __LINE__)

static inline void assert_contains_at(Slice text, const char *part, bool wanted, const char *file,
                                      int line) {
    if (slice_contains(text, part) == wanted) return;
    fprintf(stderr, "%s \"%s\"\n", wanted ? "does not contain" : "contains", part);
    _fail(file, line);
}

#endif
