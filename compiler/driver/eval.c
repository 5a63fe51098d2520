/* scpc eval: one expression in a plan's scope. People are asked only where the expression rests
 * on them, so that a sum needs no data. */
#include "compiler/driver/results.h"
#include "runtime/bytecode/instr.h"

static void mark_read(const Module *module, const Instr *instr, bool *needed) {
    Reg registers[3];
    unsigned count = instr_registers(instr, registers);
    InstrArgs arguments = instr_arguments(module, instr);
    for (unsigned i = 0; i < count; i++) needed[registers[i]] = true;
    for (uint32_t i = 0; i < arguments.count; i++) needed[arguments.registers[i]] = true;
}

/* The registers that one rests on, itself among them; they are read only after they are defined.
 * Returns whether people are asked for any of them. */
static bool mark_needed(const Module *module, Reg reg, bool *needed) {
    bool people = false;
    needed[reg] = true;
    for (uint32_t i = reg + 1; i-- > 0;) {
        const Instr *instr = &module->code.items[i];
        if (!needed[i]) continue;
        people |= instr->op == OPCODE_STRATA || instr->op == OPCODE_MEASURED;
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
