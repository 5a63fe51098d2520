/* The machine of a program of row expressions: where its vectors lie, and which of its steps are
 * needed for what. The loops themselves are runtime/strata/steps.inc's. */
#include "runtime/strata/expr.h"

#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/data/bits.h"
#include "runtime/strata/kernels.h"

/* LINE: on a multiple of which every buffer begins. */
enum { LINE = 64 };

/* ---- Memory ---------------------------------------------------------------------------------- */

static size_t value_size(uint8_t repr) {
    static const size_t sizes[] = {1, 4, 8, 8};
    return sizes[repr];
}

/* Each step has its values and, after them, its missing marks. */
static size_t step_size(const ExprStep *step) {
    return EXPR_BATCH * (value_size(step->key.repr) + 1);
}

static void fill_constant(const ExprStep *step, void *values) {
    for (uint32_t i = 0; i < EXPR_BATCH; i++) switch (step->key.repr) {
    case REPR_BYTE: ((uint8_t *)values)[i] = (uint8_t)step->key.value; break;
    case REPR_INT: ((int32_t *)values)[i] = (int32_t)step->key.value; break;
    case REPR_LONG: ((int64_t *)values)[i] = step->key.value; break;
    case REPR_REAL: ((double *)values)[i] = step->key.number; break;
    }
}

bool expr_machine_init(ExprMachine *machine, const ExprProgram *program) {
    size_t size = 0;
    for (uint32_t i = 0; i < program->steps.count; i++)
        size += step_size(&program->steps.items[i]);
    machine->program = program;
    machine->kernels = kernels_best();
    machine->block = mem_alloc(size + LINE);
    machine->vectors = mem_alloc_array(program->steps.count, sizeof *machine->vectors);
    machine->buffers = mem_alloc_array(program->steps.count, sizeof *machine->buffers);
    machine->every = mem_alloc_array(program->steps.count, sizeof *machine->every);
    machine->fetch = (Fetch){0};
    machine->fetch.spans =
        mem_alloc_array(program->steps.count, sizeof *machine->fetch.spans);
    if (!machine->block || !machine->vectors || !machine->buffers || !machine->every ||
        !machine->fetch.spans) {
        expr_machine_free(machine);
        return false;
    }
    char *next = (char *)machine->block + (LINE - (uintptr_t)machine->block % LINE) % LINE;
    for (uint32_t i = 0; i < program->steps.count; i++) {
        const ExprStep *step = &program->steps.items[i];
        machine->every[i] = i;
        machine->buffers[i].values = next;
        machine->buffers[i].missing = (uint8_t *)next + EXPR_BATCH * value_size(step->key.repr);
        machine->vectors[i].values = next;
        if (step->key.op == ROW_CONST) fill_constant(step, next);
        next += step_size(step);
    }
    return true;
}

void expr_machine_free(ExprMachine *machine) {
    mem_free(machine->block);
    mem_free(machine->vectors);
    mem_free(machine->buffers);
    mem_free(machine->every);
    mem_free(machine->fetch.spans);
    *machine = (ExprMachine){0};
}

void expr_fetch(ExprMachine *machine, const uint32_t *steps, uint32_t step_count, uint64_t row,
                uint64_t count) {
    Fetch *fetch = &machine->fetch;
    size_t lines = 0;
    uint32_t n = 0;
    for (uint32_t k = 0; k < step_count && count; k++) {
        const ExprStep *step = &machine->program->steps.items[steps[k]];
        if (step->key.op != ROW_COLUMN || step->marks_only) continue;
        uint8_t width = step->column->width;
        fetch->spans[n].from =
            (const char *)step->column->values + (width ? row * width : row / 8);
        fetch->spans[n].bytes = values_size(count, width);
        lines += fetch->spans[n++].bytes / FETCH_LINE + 1;
    }
    uint32_t before = fetch->ticks ? fetch->ticks : 1;
    fetch->count = n;
    fetch->at = fetch->ticks = 0;
    fetch->offset = 0;
    fetch->lines = (uint32_t)((lines + before - 1) / before);
}

void expr_run(ExprMachine *machine, uint64_t row, uint32_t count) {
    machine->kernels->run(machine, machine->every, machine->program->steps.count, row, count, NULL);
}
