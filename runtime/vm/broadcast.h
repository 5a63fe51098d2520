/* Walking over several arrays at once, lined up by the names of their dimensions: an array
 * that lacks a dimension repeats along it. */
#ifndef RUNTIME_VM_BROADCAST_H
#define RUNTIME_VM_BROADCAST_H

#include "runtime/vm/array.h"

/* One array of a walk and the cell it is at. */
typedef struct {
    const Array *array;
    uint32_t at;
    uint32_t stride[MODULE_MAX_DIMS];
} Lane;

typedef struct {
    Lane *lanes;
    uint32_t lane_count;
    uint32_t dim_count;
    uint32_t size[MODULE_MAX_DIMS];
    uint32_t position[MODULE_MAX_DIMS];
} Walk;

/* Starts at the first cell of the dims of `over`, row-major; lanes[i].array is set, and its
 * dims are among them. */
void walk_start(Walk *walk, const Module *module, const RegType *over, Lane *lanes,
                uint32_t lane_count);
void walk_next(Walk *walk);

/* The reason for which a cell made of all lanes' cells is absent. */
AbsentReason walk_absent(const Walk *walk);

/* A dimension of an array as outer * size * inner cells: the cell of member m is at
 * (outer * size + m) * inner + i. */
typedef struct {
    uint32_t outer, size, inner;
} Axis;

Axis axis_of(const Module *module, const RegType *type, uint16_t dim);

#endif
