/* Putting rows into another order. */
#ifndef RUNTIME_DATA_CLUSTER_H
#define RUNTIME_DATA_CLUSTER_H

#include "runtime/data/dataset.h"

/* Row r of the column becomes what row order[r] was. False: no memory, the column as it was or
 * with its missing marks unmoved. */
bool column_move(Column *column, const uint32_t *order, uint64_t rows);

#endif
