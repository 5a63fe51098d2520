/* `run --explain`: what a plan asks of the people, what answering it will take, and what it took;
 * as messages. Numbers of rows are protected like any count of people. */
#ifndef COMPILER_DRIVER_COST_H
#define COMPILER_DRIVER_COST_H

#include "compiler/driver/driver.h"

/* The questions, in the plan's words, by what they are asked for. */
void cost_say_asked(Driver *driver);

/* The questions, and what will be read and how much memory used; written at once. `driver` is a
 * Driver; as EvaluationOptions.planned. */
void cost_say_plan(void *driver, const StrataResult *plan);

/* What it took, stage by stage and file by file. */
void cost_say(Driver *driver);

#endif
