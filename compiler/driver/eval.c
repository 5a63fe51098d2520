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

/* The registers that one rests on, itself among them; they are read only after they are defined.
 * Returns whether people are asked for any of them. */
static bool mark_needed(const Module *module, Reg reg, bool *needed) {
    bool people = false;
    needed[reg] = true;
    for (uint32_t i = reg + 1; i-- > 0;) {
        const Instr *instr = &module->code.items[i];
        if (!needed[i]) continue;
        people |= instr->op == OPCODE_STRATA;
        mark_read(module, instr, needed);
    }
    return people;
}

static ScpStatus open_asked(Driver *driver, const char *expression, Subject *subject) {
    if (!slice_trim(slice_of(expression)).length)
        return driver_fail(driver, SCP_USAGE,
                           "no expression is given: `scpc eval plan.scp \"count(older)\"`");
    return subject_open(driver, driver->options.arguments.items[0], expression, subject);
}

ScpStatus command_eval(Driver *driver) {
    const char *expression = driver->options.arguments.items[1];
    Subject subject;
    ScpStatus status = open_asked(driver, expression, &subject);
    if (status != SCP_OK) return status;
    const Module *module = subject.module;
    const ModuleOutput *output = &module->outputs.items[module->outputs.count - 1];
    bool *needed = ARENA_NEW_ARRAY(&driver->work, bool, module->code.count);
    bool with_data = mark_needed(module, output->reg, needed);
    subject.asked = needed;
    status = results_make(driver, &subject, with_data);
    if (status != SCP_OK) return status;
    bool json = slice_equal(driver->options.format, SLICE("json"));
    const ReportInput *input = &driver->evaluation.input;
    Slice name = slice_of(expression);
    Slice text = json ? report_eval_json(&driver->work, input, name, output->reg, output->unit)
                      : report_eval_text(&driver->work, input, output->reg, output->unit);
    return driver_result(driver, text);
}
