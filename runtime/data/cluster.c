/* Puts events in order of their people, so that whoever counts people meets the rows of one
 * person together. */
#include "runtime/base/memory.h"
#include "runtime/data/reorder.h"

/* One more than the last person of the snapshot who has an event. */
static uint64_t count_people(const TableData *snapshot) {
    uint32_t most = 0;
    for (uint64_t r = 0; r < snapshot->rows; r++) {
        uint32_t next = snapshot->person[r] + 1; /* 0 for nobody */
        if (next > most) most = next;
    }
    return most;
}

/* Numbers people over all snapshots, one snapshot after the other: each row has that of its person
 * in the first he is in. False: there are too many. */
static bool number_people(const TableData *snapshots, uint32_t count, uint32_t *number,
                          uint64_t *people) {
    *people = 0;
    for (uint64_t r = 0; r < snapshots->rows; r++) number[r] = DATA_NO_PERSON;
    for (uint32_t s = 0; s < count; s++) {
        uint64_t more = count_people(&snapshots[s]);
        if (*people + more >= DATA_NO_PERSON) return false;
        for (uint64_t r = 0; r < snapshots[s].rows; r++) {
            uint32_t person = snapshots[s].person[r];
            if (number[r] == DATA_NO_PERSON && person != DATA_NO_PERSON)
                number[r] = (uint32_t)*people + person;
        }
        *people += more;
    }
    return true;
}

static bool move_events(Reorder *reorder, TableData *snapshots, uint32_t count) {
    if (count == 1) reorder_numbers(reorder, snapshots->person);
    for (uint32_t c = 0; c < snapshots->column_count; c++)
        if (!reorder_column(reorder, &snapshots->columns[c])) return false;
    for (uint32_t s = 0; count > 1 && s < count; s++)
        if (!reorder_values(reorder, snapshots[s].person, sizeof *snapshots[s].person)) return false;
    return true;
}

/* People of a single snapshot are their own numbers. */
static bool cluster(TableData *snapshots, uint32_t count, uint32_t *own, uint32_t threads,
                    void *room) {
    const uint32_t *number = own ? own : snapshots->person;
    uint64_t people = own ? 0 : count_people(snapshots);
    if (own && !number_people(snapshots, count, own, &people)) return false;
    Reorder *reorder = reorder_open(number, sizeof *number, snapshots->rows, (uint32_t)people,
                                    threads, room);
    bool done = reorder && move_events(reorder, snapshots, count);
    reorder_close(reorder);
    return done;
}

bool dataset_cluster(TableData *snapshots, uint32_t snapshot_count, uint32_t threads,
                     void *room) {
    bool several = snapshot_count > 1;
    uint32_t *own = several ? mem_alloc_array(snapshots->rows, sizeof *own) : NULL;
    bool done = (own || !several) && cluster(snapshots, snapshot_count, own, threads, room);
    mem_free(own);
    for (uint32_t s = 0; s < snapshot_count; s++) snapshots[s].clustered = done;
    return done;
}
