/* Puts events in order of their people, so that whoever counts people meets the rows of one
 * person together. The order of rows means nothing to any result. */
#include "runtime/data/cluster.h"

#include <stdatomic.h>
#include <string.h>

#include "runtime/base/memory.h"
#include "runtime/data/parallel.h"

typedef struct {
    TableData *snapshots;
    uint32_t snapshot_count;
    const uint32_t *order; /* where each row comes from */
    atomic_uint next;
    atomic_bool failed;
} Move;

/* People over all snapshots, numbered one snapshot after the other; the last number is that of
 * nobody. 0: too many. */
static uint64_t count_people(const TableData *snapshots, uint32_t count) {
    uint64_t people = 1;
    for (uint32_t s = 0; s < count; s++) {
        uint64_t most = 0;
        for (uint64_t r = 0; r < snapshots[s].rows; r++) {
            uint32_t person = snapshots[s].person[r];
            if (person != DATA_NO_PERSON && person >= most) most = (uint64_t)person + 1;
        }
        people += most;
        if (people >= UINT32_MAX) return 0;
    }
    return people;
}

/* The number of the person of each row: by the first snapshot he is in. */
static void number_people(const TableData *snapshots, uint32_t count, uint32_t *number,
                          uint32_t nobody) {
    uint32_t base = 0;
    for (uint64_t r = 0; r < snapshots->rows; r++)
        number[r] = nobody;
    for (uint32_t s = 0; s < count; s++) {
        uint32_t most = 0;
        for (uint64_t r = 0; r < snapshots[s].rows; r++) {
            uint32_t person = snapshots[s].person[r];
            if (person == DATA_NO_PERSON) continue;
            if (person >= most) most = person + 1;
            if (number[r] == nobody) number[r] = base + person;
        }
        base += most;
    }
}

static bool ascending(const uint32_t *number, uint64_t rows) {
    for (uint64_t r = 1; r < rows; r++)
        if (number[r] < number[r - 1]) return false;
    return true;
}

/* A counting sort: `starts` has a place for every number and one more. */
static void order_rows(const uint32_t *number, uint64_t rows, uint32_t *starts, uint64_t people,
                       uint32_t *order) {
    for (uint64_t r = 0; r < rows; r++)
        starts[number[r] + 1]++;
    for (uint64_t p = 1; p <= people; p++)
        starts[p] += starts[p - 1];
    for (uint64_t r = 0; r < rows; r++)
        order[starts[number[r]]++] = (uint32_t)r;
}

static void *moved(const void *from, uint8_t width, const uint32_t *order, uint64_t rows) {
    void *to = mem_alloc_array(rows, width);
    if (!to) return NULL;
    switch (width) {
    case 1:
        for (uint64_t r = 0; r < rows; r++)
            ((uint8_t *)to)[r] = ((const uint8_t *)from)[order[r]];
        break;
    case 2:
        for (uint64_t r = 0; r < rows; r++)
            ((uint16_t *)to)[r] = ((const uint16_t *)from)[order[r]];
        break;
    case 4:
        for (uint64_t r = 0; r < rows; r++)
            ((uint32_t *)to)[r] = ((const uint32_t *)from)[order[r]];
        break;
    case 8:
        for (uint64_t r = 0; r < rows; r++)
            ((uint64_t *)to)[r] = ((const uint64_t *)from)[order[r]];
        break;
    }
    return to;
}

static bool move_missing(Column *column, const uint32_t *order, uint64_t rows) {
    uint8_t *to = mem_alloc(rows / 8 + 1);
    if (!to) return false;
    for (uint64_t r = 0; r < rows; r++) {
        unsigned bit = column->missing[order[r] / 8] >> order[r] % 8 & 1;
        to[r / 8] |= (uint8_t)(bit << r % 8);
    }
    mem_free(column->missing);
    column->missing = to;
    return true;
}

bool column_move(Column *column, const uint32_t *order, uint64_t rows) {
    if (!column->values) return true;
    void *to = moved(column->values, column->width, order, rows);
    if (!to) return false;
    mem_free(column->values);
    column->values = to;
    return !column->missing || move_missing(column, order, rows);
}

static bool move_person(TableData *table, const uint32_t *order) {
    void *to = moved(table->person, sizeof *table->person, order, table->rows);
    if (!to) return false;
    mem_free(table->person);
    table->person = to;
    return true;
}

static void move_all(void *context, uint32_t worker) {
    (void)worker;
    Move *move = context;
    uint32_t columns = move->snapshots->column_count;
    for (uint32_t i; (i = atomic_fetch_add(&move->next, 1)) < columns + move->snapshot_count;) {
        TableData *table = move->snapshots;
        bool done = i < columns ? column_move(&table->columns[i], move->order, table->rows)
                                : move_person(&table[i - columns], move->order);
        if (!done) atomic_store(&move->failed, true);
    }
}

static bool cluster(Move *move, uint32_t *number, uint32_t *order, uint32_t *starts,
                    uint64_t people, uint32_t threads) {
    uint64_t rows = move->snapshots->rows;
    number_people(move->snapshots, move->snapshot_count, number, (uint32_t)(people - 1));
    if (ascending(number, rows)) return true;
    order_rows(number, rows, starts, people, order);
    move->order = order;
    parallel_run(threads, move_all, move);
    return !atomic_load(&move->failed);
}

bool dataset_cluster(TableData *snapshots, uint32_t snapshot_count, uint32_t threads) {
    Move move = {.snapshots = snapshots, .snapshot_count = snapshot_count};
    uint64_t people = count_people(snapshots, snapshot_count);
    if (!people) return false;
    uint32_t *number = mem_alloc_array(snapshots->rows, sizeof *number);
    uint32_t *order = mem_alloc_array(snapshots->rows, sizeof *order);
    uint32_t *starts = mem_alloc_array(people + 1, sizeof *starts);
    bool done = number && order && starts &&
                cluster(&move, number, order, starts, people, threads);
    mem_free(number);
    mem_free(order);
    mem_free(starts);
    for (uint32_t s = 0; s < snapshot_count; s++)
        snapshots[s].clustered = done;
    return done;
}
