/* scpc eval: one expression in a plan's scope. People are asked only where the expression rests
 * on them, so that a sum needs no data. */
#include "compiler/driver/results.h"

typedef enum {
    OPERAND_NONE,
    OPERAND_REG,
    OPERAND_KONST,
    OPERAND_QUERY,
    OPERAND_DIM,
    OPERAND_NATIVE,
    OPERAND_ARGS,
    OPERAND_COUNT,
    OPERAND_IMM,
    OPERAND_UNIT,
} Operand;

static const Operand operands[OPCODE_COUNT][3] = {
#define OPCODE(name, text, a, b, c, result, prose) \
    [OPCODE_##name] = {OPERAND_##a, OPERAND_##b, OPERAND_##c},
#include "runtime/bytecode/opcodes.def"
#undef OPCODE
};

/* Marks the registers that a list of arguments names. A call's list begins with their number. */
static void mark_arguments(const Module *module, const Instr *instr, bool *needed) {
    uint32_t first = instr->b, count = instr->c;
    if (instr->op == OPCODE_CALL) {
        count = module->args.items[first];
        first++;
    }
    for (uint32_t i = 0; i < count; i++) needed[module->args.items[first + i]] = true;
}

static void mark_read(const Module *module, const Instr *instr, bool *needed) {
    const uint32_t values[3] = {instr->a, instr->b, instr->c};
    for (int i = 0; i < 3; i++) {
        Operand operand = operands[instr->op][i];
        if (operand == OPERAND_REG) needed[values[i]] = true;
        if (operand == OPERAND_ARGS) mark_arguments(module, instr, needed);
    }
}

/* Whether the register rests on a query; registers are read only after they are defined. */
static bool rests_on_people(const Module *module, Arena *arena, Reg reg) {
    bool *needed = ARENA_NEW_ARRAY(arena, bool, module->code.count);
    needed[reg] = true;
    for (uint32_t i = reg + 1; i-- > 0;) {
        const Instr *instr = &module->code.items[i];
        if (!needed[i]) continue;
        if (instr->op == OPCODE_STRATA) return true;
        mark_read(module, instr, needed);
    }
    return false;
}

ScpStatus command_eval(Driver *driver) {
    const char *expression = driver->options.arguments.items[1];
    Subject subject;
    ScpStatus status =
        subject_open(driver, driver->options.arguments.items[0], expression, &subject);
    if (status != SCP_OK) return status;
    const Module *module = subject.module;
    const ModuleOutput *output = &module->outputs.items[module->outputs.count - 1];
    bool with_data = rests_on_people(module, &driver->work, output->reg);
    status = results_make(driver, &subject, with_data);
    if (status != SCP_OK) return status;
    bool json = slice_equal(driver->options.format, SLICE("json"));
    const ReportInput *input = &driver->evaluation.input;
    Slice name = slice_of(expression);
    Slice text = json ? report_eval_json(&driver->work, input, name, output->reg, output->unit)
                      : report_eval_text(&driver->work, input, output->reg, output->unit);
    return driver_result(driver, text);
}
