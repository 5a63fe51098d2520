/* What is wrong with data, in words: where, and what was expected. Never what stands there. */
#ifndef RUNTIME_DATA_PROBLEM_H
#define RUNTIME_DATA_PROBLEM_H

#include "runtime/data/dataset.h"
#include "runtime/data/piece.h"

enum { DATA_PROBLEMS_KEPT = 100 };

/* Counts the problem, and keeps it if it is among the first. */
void data_report_add(DataReport *report, Arena *arena, DataProblem problem);

/* The two apart: keeps a problem that is counted elsewhere, and counts many of one kind by the first
 * of them. */
void data_report_keep(DataReport *report, Arena *arena, DataProblem problem);
void data_report_count(DataReport *report, Arena *arena, DataProblem first, uint64_t count);

/* By file in the order of first mention, line and field. */
void data_report_sort(DataReport *report);

/* The name of a fault of text or of a field, and words for one of a whole record where the heading
 * has so many fields. */
DiagName data_fault_name(int fault);
Slice data_record_words(Arena *arena, int fault, uint32_t fields);

/* What was expected of a field at fault. */
Slice data_field_words(const Module *module, Arena *arena, const ModuleColumn *column, int fault);

/* A problem of a piece whose first line is `first_line` of the file. */
DataProblem data_problem_of_piece(const Module *module, const TablePlan *plan, Arena *arena,
                                  Slice file, uint64_t first_line, const PieceProblem *problem);

#endif
