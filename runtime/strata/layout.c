/* Lays a pass out. Breakdowns are put together while their joint is small: a row is then added
 * to one cell rather than to one for each of them, and the sums are taken over cells, which are
 * few, at the end. Nothing is put together for events: distinct people do not add up. */
#include "runtime/strata/layout.h"

#include "runtime/strata/plan.h"
#include "runtime/strata/strips.h"
#include "runtime/strata/sums.h"

enum { FEW_CELLS = 256 };

typedef struct {
    Pass *pass;
    Layout *layout;
    Arena *arena;
} Drawing;

static const ExprStep *step_of(const Pass *pass, uint32_t step) {
    return &pass->program.steps.items[step];
}

/* ---- What has totals --------------------------------------------------------------------------- */

static bool value_fits(const Pass *pass, uint32_t value) {
    const ExprStep *step = step_of(pass, value);
    return pass->events || (step->low >= -(int64_t)UINT32_MAX && step->high <= UINT32_MAX);
}

static bool has_totals(const Pass *pass, const Cube *cube, const Measure *measure) {
    const TallyShape *shape = &measure->shape;
    uint64_t cells = pass->groupings.items[cube->grouping].cells;
    if (cells * (MODULE_MAX_DIMS + 1) > INT32_MAX || shape->square != SUM_NONE) return false;
    if (shape->sum == SUM_NONE) return true;
    return shape->sum == SUM_SMALL && value_fits(pass, measure->value);
}

/* ---- Joints -------------------------------------------------------------------------------------- */

static Axis make_axis(const Pass *pass, const Grouping *grouping, uint32_t d) {
    const ExprStep *step = step_of(pass, grouping->steps[d]);
    uint32_t size = grouping->sizes[d];
    bool check = step->may_miss || step->low < 0 || step->high >= (int64_t)size;
    return (Axis){
        .step = grouping->steps[d], .size = size, .check = check, .repr = step->key.repr};
}

static uint32_t find_axis(const Joint *joint, const Axis *axis) {
    uint32_t a = 0;
    while (a < joint->axis_count &&
           (joint->axes[a].step != axis->step || joint->axes[a].size != axis->size))
        a++;
    return a;
}

/* Each axis has a code more where a row may be outside it; the last varies fastest. */
static void set_strides(Joint *joint) {
    uint64_t cells = 1;
    for (uint32_t a = joint->axis_count; a--;) {
        Axis *axis = &joint->axes[a];
        axis->stride = (uint32_t)cells;
        axis->out = axis->size * axis->stride;
        cells *= axis->size + axis->check;
        if (cells > JOINT_MOST) cells = (uint64_t)JOINT_MOST + 1;
    }
    joint->cells = (uint32_t)cells;
    joint->last = joint->cells - 1;
}

/* Of one grouping: its own cells, and one for all rows that are in none. */
static Joint joint_of_one(const Pass *pass, const Grouping *grouping) {
    Joint joint = {.axis_count = grouping->dim_count, .groupings = 1};
    uint32_t stride = grouping->cells;
    bool outside = false;
    for (uint32_t d = 0; d < grouping->dim_count; d++) {
        Axis axis = make_axis(pass, grouping, d);
        stride /= axis.size;
        axis.stride = stride;
        axis.out = grouping->cells;
        outside |= axis.check;
        joint.axes[d] = axis;
    }
    joint.cells = grouping->cells + outside;
    joint.last = joint.cells - 1;
    return joint;
}

static bool extend_joint(const Pass *pass, const Grouping *grouping, Joint *joint) {
    Joint larger = *joint;
    for (uint32_t d = 0; d < grouping->dim_count; d++) {
        Axis axis = make_axis(pass, grouping, d);
        if (find_axis(&larger, &axis) < larger.axis_count) continue;
        if (larger.axis_count == JOINT_AXES) return false;
        larger.axes[larger.axis_count++] = axis;
    }
    set_strides(&larger);
    if (larger.cells > JOINT_MOST) return false;
    larger.groupings++;
    *joint = larger;
    return true;
}

static uint32_t map_cell(const Joint *joint, const Grouping *grouping, uint32_t cell) {
    uint32_t to = 0;
    for (uint32_t d = 0; d < grouping->dim_count; d++) {
        Axis wanted = {.step = grouping->steps[d], .size = grouping->sizes[d]};
        const Axis *axis = &joint->axes[find_axis(joint, &wanted)];
        uint32_t code = cell / axis->stride % (axis->size + axis->check);
        if (code >= axis->size) return UINT32_MAX;
        to = to * axis->size + code;
    }
    return to;
}

/* NULL: of one grouping, whose cells are the joint's. */
static uint32_t *map_cells(const Joint *joint, const Grouping *grouping, Arena *arena) {
    if (joint->groupings == 1) return NULL;
    uint32_t *map = ARENA_NEW_ARRAY(arena, uint32_t, joint->cells);
    for (uint32_t cell = 0; cell < joint->cells; cell++)
        map[cell] = map_cell(joint, grouping, cell);
    return map;
}

static void open_joint(Drawing *drawing, Grouping *grouping) {
    grouping->joint = drawing->layout->joints.count;
    VEC_PUSH(drawing->arena, &drawing->layout->joints, joint_of_one(drawing->pass, grouping));
}

/* Into the first joint that has room. */
static void place_first(Drawing *drawing, Grouping *grouping) {
    Layout *layout = drawing->layout;
    for (uint32_t j = 0; !drawing->pass->events && j < layout->joints.count; j++) {
        if (!extend_joint(drawing->pass, grouping, &layout->joints.items[j])) continue;
        grouping->joint = j;
        return;
    }
    open_joint(drawing, grouping);
}

/* To where it adds the fewest cells, of as many joints as `most`. False: there is no room. */
static bool place_evenly(Drawing *drawing, Grouping *grouping, uint32_t most) {
    Layout *layout = drawing->layout;
    uint32_t fewest = layout->joints.count < most ? grouping->cells : UINT32_MAX;
    Joint best = {0};
    grouping->joint = MODULE_NONE;
    for (uint32_t j = 0; j < layout->joints.count; j++) {
        Joint larger = layout->joints.items[j];
        uint32_t before = larger.cells;
        if (!extend_joint(drawing->pass, grouping, &larger) || larger.cells - before >= fewest)
            continue;
        fewest = larger.cells - before;
        best = larger;
        grouping->joint = j;
    }
    if (grouping->joint != MODULE_NONE)
        layout->joints.items[grouping->joint] = best;
    else if (layout->joints.count < most)
        open_joint(drawing, grouping);
    return grouping->joint != MODULE_NONE;
}

/* The largest that is not placed yet. */
static Grouping *next_grouping(Pass *pass, const bool *wanted) {
    Grouping *largest = NULL;
    for (uint32_t g = 0; g < pass->groupings.count; g++) {
        Grouping *grouping = &pass->groupings.items[g];
        if (!wanted[g] || grouping->joint != MODULE_NONE) continue;
        if (!largest || grouping->cells > largest->cells) largest = grouping;
    }
    return largest;
}

static void take_back(Drawing *drawing) {
    drawing->layout->joints.count = 0;
    VEC_EACH (Grouping, grouping, &drawing->pass->groupings) grouping->joint = MODULE_NONE;
}

/* In as few joints as there is room in, so that a row is added seldom; and these as even as can
 * be, so that their cells stay near the processor. */
static void place_wanted(Drawing *drawing, const bool *wanted) {
    Pass *pass = drawing->pass;
    Grouping *grouping;
    while ((grouping = next_grouping(pass, wanted))) place_first(drawing, grouping);
    uint32_t fewest = drawing->layout->joints.count;
    if (pass->events || fewest < 2) return;
    take_back(drawing);
    while ((grouping = next_grouping(pass, wanted)))
        if (!place_evenly(drawing, grouping, fewest)) break;
    if (!grouping) return;
    take_back(drawing);
    while ((grouping = next_grouping(pass, wanted))) place_first(drawing, grouping);
}

static void place_groupings(Drawing *drawing) {
    Pass *pass = drawing->pass;
    bool *wanted = ARENA_NEW_ARRAY(drawing->arena, bool, pass->groupings.count);
    VEC_EACH (Cube, cube, &pass->cubes)
        VEC_EACH (Measure, measure, &cube->measures)
            wanted[cube->grouping] |= has_totals(pass, cube, measure);
    place_wanted(drawing, wanted);
    VEC_EACH (Joint, joint, &drawing->layout->joints)
        joint->copy = !pass->events && joint->cells <= FEW_CELLS ? joint->cells : 0;
    VEC_EACH (Grouping, grouping, &pass->groupings)
        if (grouping->joint != MODULE_NONE)
            grouping->map = map_cells(&drawing->layout->joints.items[grouping->joint], grouping,
                                      drawing->arena);
}

/* ---- Choices and totals ----------------------------------------------------------------------------- */

static uint32_t find_choice(Drawing *drawing, const Choice *choice) {
    Layout *layout = drawing->layout;
    for (uint32_t c = 0; c < layout->choices.count; c++) {
        const Choice *other = &layout->choices.items[c];
        if (other->filter == choice->filter && other->steps[0] == choice->steps[0] &&
            other->steps[1] == choice->steps[1])
            return c;
    }
    VEC_PUSH(drawing->arena, &layout->choices, *choice);
    return layout->choices.count - 1;
}

static uint32_t measure_choice(Drawing *drawing, const Cube *cube, const Measure *measure) {
    Choice choice = {.filter = cube->filter, .steps = {MODULE_NONE, MODULE_NONE}};
    const uint32_t steps[] = {measure->value, measure->valued};
    uint32_t n = 0;
    for (int i = 0; i < CHOICE_STEPS; i++)
        if (steps[i] != MODULE_NONE && step_of(drawing->pass, steps[i])->may_miss)
            choice.steps[n++] = steps[i];
    return find_choice(drawing, &choice);
}

static Total new_total(TotalKind kind, uint32_t choice, uint32_t joint, uint32_t value) {
    return (Total){.kind = kind,
                   .choice = choice,
                   .joint = joint,
                   .value = value,
                   .strip = MODULE_NONE,
                   .place.total = MODULE_NONE};
}

/* Counting is done by what sums too, where there is such. */
static uint32_t find_total(Drawing *drawing, TotalKind kind, uint32_t choice, uint32_t joint,
                           uint32_t value) {
    Layout *layout = drawing->layout;
    for (uint32_t t = 0; t < layout->totals.count; t++) {
        const Total *other = &layout->totals.items[t];
        if (other->choice != choice || other->joint != joint) continue;
        if (other->kind == kind && other->value == value) return t;
        if (other->kind == TOTAL_EVENT && kind == TOTAL_VISIT) return t;
    }
    VEC_PUSH(drawing->arena, &layout->totals, new_total(kind, choice, joint, value));
    return layout->totals.count - 1;
}

static void place_sum(Drawing *drawing, const Cube *cube, Measure *measure) {
    bool events = drawing->pass->events;
    measure->count = measure->sum = MODULE_NONE;
    if (measure->shape.sum == SUM_NONE || !has_totals(drawing->pass, cube, measure)) return;
    measure->sum = find_total(drawing, events ? TOTAL_EVENT : TOTAL_SUM,
                              measure_choice(drawing, cube, measure),
                              drawing->pass->groupings.items[cube->grouping].joint,
                              measure->value);
}

static void place_count(Drawing *drawing, Cube *cube, Measure *measure) {
    TotalKind kind = drawing->pass->events ? TOTAL_VISIT : TOTAL_COUNT;
    uint32_t joint = drawing->pass->groupings.items[cube->grouping].joint;
    if (!has_totals(drawing->pass, cube, measure)) {
        cube->tallies = drawing->layout->tallies = true;
        drawing->pass->groupings.items[cube->grouping].tallies = true;
        return;
    }
    measure->count =
        find_total(drawing, kind, measure_choice(drawing, cube, measure), joint, MODULE_NONE);
    cube->base = find_total(drawing, kind, cube->filter, joint, MODULE_NONE);
}

static void place_totals(Drawing *drawing) {
    Pass *pass = drawing->pass;
    for (uint32_t f = 0; f < pass->filters.count; f++) {
        VEC_PUSH(drawing->arena, &drawing->layout->choices,
                 ((Choice){.filter = f, .steps = {MODULE_NONE, MODULE_NONE}}));
        drawing->layout->unfiltered |= pass->filters.items[f] == MODULE_NONE;
    }
    VEC_EACH (Cube, cube, &pass->cubes)
        VEC_EACH (Measure, measure, &cube->measures) place_sum(drawing, cube, measure);
    VEC_EACH (Cube, cube, &pass->cubes) {
        cube->base = MODULE_NONE;
        VEC_EACH (Measure, measure, &cube->measures) place_count(drawing, cube, measure);
    }
}

/* ---- Records --------------------------------------------------------------------------------------- */

/* Whether what is added to a cell had better lie together: a cell of many is far away. A joint of
 * so many is of one grouping, so that records are never rolled up. */
static bool wants_record(const Layout *layout, const Total *total) {
    bool fits = total->kind == TOTAL_COUNT || total->kind == TOTAL_SUM;
    return fits && layout->joints.items[total->joint].cells > JOINT_MOST;
}

static bool fits_half(const Pass *pass, const Total *total) {
    if (total->kind == TOTAL_COUNT) return true; /* there are fewer rows than that */
    const ExprStep *step = step_of(pass, total->value);
    uint64_t rows = pass->data->rows ? pass->data->rows : 1;
    return step->low >= 0 && (uint64_t)step->high <= UINT32_MAX / rows;
}

/* Halves are given away from the first word on, whole words from the last. False: no room. */
static bool find_room(const Layout *layout, const Total *records, const Total *total,
                      RecordPlace *place) {
    uint8_t halves = place->half, whole = !place->half, tops = 0;
    for (uint32_t m = 0; m < records->member_count; m++) {
        const Total *member = &layout->totals.items[records->members[m]];
        halves += member->place.half;
        whole += !member->place.half;
        tops += member->kind == TOTAL_SUM;
    }
    place->word = place->half ? (uint8_t)(halves - 1) / 2 : (uint8_t)(RECORD_WORDS - whole);
    place->shift = place->half && halves % 2 == 0 ? 32 : 0;
    place->top = tops;
    return (halves + 1) / 2 + whole <= RECORD_WORDS &&
           tops + (total->kind == TOTAL_SUM) <= RECORD_TOPS &&
           records->member_count < RECORD_MEMBERS;
}

/* Into records of the same rows, if there are some with room. */
static bool join_records(Drawing *drawing, uint32_t t, bool half) {
    Layout *layout = drawing->layout;
    Total *total = &layout->totals.items[t];
    for (uint32_t r = 0; r < layout->totals.count; r++) {
        Total *records = &layout->totals.items[r];
        RecordPlace place = {.total = r, .half = half};
        if (records->kind != TOTAL_RECORD || records->choice != total->choice ||
            records->joint != total->joint || !find_room(layout, records, total, &place))
            continue;
        total->place = place;
        records->members[records->member_count++] = t;
        return true;
    }
    return false;
}

/* A total of the same rows, or MODULE_NONE. */
static uint32_t find_companion(const Layout *layout, uint32_t t) {
    const Total *total = &layout->totals.items[t];
    for (uint32_t o = t + 1; o < layout->totals.count; o++) {
        const Total *other = &layout->totals.items[o];
        if (wants_record(layout, other) && other->choice == total->choice &&
            other->joint == total->joint)
            return o;
    }
    return MODULE_NONE;
}

/* Any two totals of the same rows fit into a record. */
static void place_records(Drawing *drawing) {
    Layout *layout = drawing->layout;
    uint32_t count = layout->totals.count;
    for (uint32_t t = 0; t < count; t++) {
        Total total = layout->totals.items[t];
        if (!wants_record(layout, &total)) continue;
        bool half = fits_half(drawing->pass, &total);
        if (join_records(drawing, t, half)) continue;
        if (find_companion(layout, t) == MODULE_NONE) continue;
        VEC_PUSH(drawing->arena, &layout->totals,
                 new_total(TOTAL_RECORD, total.choice, total.joint, MODULE_NONE));
        join_records(drawing, t, half);
    }
}

/* ---- Memory ----------------------------------------------------------------------------------------- */

static size_t cell_size(TotalKind kind) {
    switch (kind) {
    case TOTAL_COUNT: return sizeof(uint32_t);
    case TOTAL_SUM: return sizeof(SumCell);
    case TOTAL_RECORD: return sizeof(Record);
    case TOTAL_VISIT: return sizeof(VisitCell);
    case TOTAL_EVENT: return sizeof(EventCell);
    }
    return 0;
}

static void place_cells(Layout *layout) {
    VEC_EACH (Total, total, &layout->totals) {
        if (total->place.total != MODULE_NONE) continue;
        const Joint *joint = &layout->joints.items[total->joint];
        size_t copies = total->kind == TOTAL_COUNT ? 3 * (size_t)joint->copy : 0;
        total->size = (joint->cells + copies) * cell_size(total->kind);
        total->size = (total->size + LAYOUT_ALIGNMENT - 1) / LAYOUT_ALIGNMENT * LAYOUT_ALIGNMENT;
        total->offset = layout->size;
        layout->size += total->size;
    }
    VEC_EACH (Total, total, &layout->totals)
        if (total->place.total != MODULE_NONE)
            total->offset = layout->totals.items[total->place.total].offset;
}

/* Which choices are wanted row by row: for what lies in no strip, and is no sum, whose rows are
 * those of its value too. */
static void find_lists(Drawing *drawing) {
    Layout *layout = drawing->layout;
    VEC_EACH (const Total, total, &layout->totals) {
        bool apart = total->place.total == MODULE_NONE && total->strip == MODULE_NONE;
        layout->choices.items[total->choice].listed |= apart && total->kind != TOTAL_SUM;
    }
    VEC_EACH (const Cube, cube, &drawing->pass->cubes)
        layout->choices.items[cube->filter].listed |= cube->tallies;
}

/* ---- Steps ------------------------------------------------------------------------------------------- */

static void need(uint8_t *needed, uint32_t step) {
    if (step != MODULE_NONE) needed[step] = 1;
}

/* And what they are computed from: operands come before what uses them. */
static void need_operands(const Pass *pass, uint8_t *needed) {
    for (uint32_t s = pass->program.steps.count; s--;) {
        const ExprStep *step = step_of(pass, s);
        const uint32_t operands[] = {step->key.a, step->key.b, step->key.c};
        for (unsigned i = 0; needed[s] && i < expr_operands(step); i++) needed[operands[i]] = 1;
    }
}

/* Columns of which no step asks but what is missing, and nothing else at all. */
static void find_marks_only(Pass *pass, const uint8_t *first, const uint8_t *rest) {
    for (uint32_t s = pass->program.steps.count; s--;) {
        ExprStep *step = &pass->program.steps.items[s];
        step->marks_only = step->key.op == ROW_COLUMN && !first[s] && !rest[s];
    }
    VEC_EACH (const ExprStep, step, &pass->program.steps) {
        const uint32_t operands[] = {step->key.a, step->key.b, step->key.c};
        for (unsigned i = 0; i < expr_operands(step); i++)
            if (step->key.op != ROW_IS_MISSING)
                pass->program.steps.items[operands[i]].marks_only = false;
    }
}

static void order_steps(Drawing *drawing) {
    Pass *pass = drawing->pass;
    Layout *layout = drawing->layout;
    uint32_t count = pass->program.steps.count;
    uint8_t *first = ARENA_NEW_ARRAY(drawing->arena, uint8_t, count);
    uint8_t *rest = ARENA_NEW_ARRAY(drawing->arena, uint8_t, count);
    for (uint32_t f = 0; f < pass->filters.count; f++) need(first, pass->filters.items[f]);
    VEC_EACH (const Grouping, grouping, &pass->groupings)
        for (uint32_t d = 0; d < grouping->dim_count; d++) need(rest, grouping->steps[d]);
    VEC_EACH (const Cube, cube, &pass->cubes)
        VEC_EACH (const Measure, measure, &cube->measures) {
            need(rest, measure->value);
            need(rest, measure->valued);
        }
    find_marks_only(pass, first, rest);
    need_operands(pass, first);
    need_operands(pass, rest);
    for (uint32_t s = 0; s < count; s++) {
        if (first[s]) VEC_PUSH(drawing->arena, &layout->filter_steps, s);
        if (rest[s]) VEC_PUSH(drawing->arena, &layout->rest_steps, s);
        if (rest[s] && !first[s]) VEC_PUSH(drawing->arena, &layout->further_steps, s);
    }
}

void layout_pass(Pass *pass, Arena *arena) {
    Drawing drawing = {pass, &pass->layout, arena};
    place_groupings(&drawing);
    place_totals(&drawing);
    place_records(&drawing);
    place_cells(drawing.layout);
    strips_lay_out(drawing.layout, pass->events, arena);
    sums_lay_out(drawing.layout, arena);
    find_lists(&drawing);
    order_steps(&drawing);
}
