/* Lining up arrays by dimension. No cell is copied: a lane only steps. */
#include "runtime/vm/broadcast.h"

#include <assert.h>

/* Cells from one member of the dimension to the next; 0 where the array repeats along it. */
static uint32_t stride_of(const Module *module, const RegType *type, uint16_t dim) {
    uint32_t stride = 1;
    for (unsigned i = type->dim_count; i-- > 0;) {
        if (type->dims[i] == dim) return stride;
        stride *= module->dims.items[type->dims[i]].member_count;
    }
    return 0;
}

void walk_start(Walk *walk, const Module *module, const RegType *over, Lane *lanes,
                uint32_t lane_count) {
    *walk = (Walk){.lanes = lanes, .lane_count = lane_count, .dim_count = over->dim_count};
    for (unsigned d = 0; d < over->dim_count; d++) {
        walk->size[d] = module->dims.items[over->dims[d]].member_count;
        for (uint32_t i = 0; i < lane_count; i++)
            lanes[i].stride[d] = stride_of(module, &lanes[i].array->type, over->dims[d]);
    }
    for (uint32_t i = 0; i < lane_count; i++) lanes[i].at = 0;
}

void walk_next(Walk *walk) {
    for (unsigned d = walk->dim_count; d-- > 0;) {
        bool wraps = ++walk->position[d] == walk->size[d];
        for (uint32_t i = 0; i < walk->lane_count; i++) {
            Lane *lane = &walk->lanes[i];
            lane->at += lane->stride[d];
            if (wraps) lane->at -= lane->stride[d] * walk->size[d];
        }
        if (!wraps) return;
        walk->position[d] = 0;
    }
}

AbsentReason walk_absent(const Walk *walk) {
    AbsentReason reason = ABSENT_NONE;
    for (uint32_t i = 0; i < walk->lane_count; i++)
        reason = absent_merge(reason, array_absent(walk->lanes[i].array, walk->lanes[i].at));
    return reason;
}

Axis axis_of(const Module *module, const RegType *type, uint16_t dim) {
    Axis axis = {1, 1, 1};
    bool found = false;
    for (unsigned i = 0; i < type->dim_count; i++) {
        uint32_t members = module->dims.items[type->dims[i]].member_count;
        if (type->dims[i] == dim) {
            axis.size = members;
            found = true;
        } else if (found) {
            axis.inner *= members;
        } else {
            axis.outer *= members;
        }
    }
    assert(found);
    return axis;
}
