/* Widths of whole numbers while they are read. */
#include "runtime/data/elastic.h"

/* SPARE: times the largest value seen. WIDES_USUAL: of the rows of a piece, one in so many. */
enum { SPARE = 4, WIDES_USUAL = 16 };

static uint8_t likely_width(const PieceColumn *seen) {
    if (seen->low > seen->high) return 1;
    bool small = seen->low >= 0 && seen->high <= UINT16_MAX;
    return store_width(seen->low, small ? seen->high * SPARE : seen->high);
}

/* The wider values of a column, where they belong. */
static void patch_wides(TableStore *store, uint32_t column, const Piece *pieces,
                        uint64_t piece_count) {
    uint8_t width = store->plan->columns[column].width;
    char *values = store->values[column];
    for (uint64_t p = 0; p < piece_count; p++)
        for (size_t i = 0; i < pieces[p].wide_count; i++) {
            const PieceWide *wide = &pieces[p].wides[i];
            if (wide->column == column)
                store_put(values + (pieces[p].first + wide->row) * width, width, wide->value);
        }
}

/* The width that the wider values of a column want; 0: there are none. */
static uint8_t wides_width(uint32_t column, const Piece *pieces, uint64_t piece_count) {
    uint8_t width = 0;
    for (uint64_t p = 0; p < piece_count; p++)
        for (size_t i = 0; i < pieces[p].wide_count; i++) {
            const PieceWide *wide = &pieces[p].wides[i];
            uint8_t wanted = wide->column == column ? store_width(wide->value, wide->value) : 0;
            if (wanted > width) width = wanted;
        }
    return width;
}

bool elastic_widen(TableStore *store, const Piece *pieces, uint64_t piece_count, uint64_t rows) {
    for (uint32_t c = 0; c < store->plan->count; c++) {
        bool elastic = store->plan->columns[c].elastic;
        uint8_t width = elastic ? wides_width(c, pieces, piece_count) : 0;
        if (!width) continue;
        if (!store_widen(store, c, width, rows)) return false;
        patch_wides(store, c, pieces, piece_count);
    }
    return true;
}

bool elastic_fit(TableStore *store, const Piece *first, const PieceColumn *seen) {
    if (!elastic_widen(store, first, 1, first->rows)) return false;
    for (uint32_t c = 0; c < store->plan->count; c++)
        if (store->plan->columns[c].elastic)
            store_narrow(store, c, likely_width(&seen[c]), first->rows);
    return true;
}

bool elastic_is_strained(const Piece *piece) {
    return piece->wide_count > piece->rows / WIDES_USUAL;
}

bool elastic_widen_for(TableStore *store, const Piece *piece, uint64_t rows) {
    bool done = true;
    for (uint32_t c = 0; c < store->plan->count && done; c++) {
        const PieceColumn *seen = &piece->columns[c];
        if (store->plan->columns[c].elastic && seen->low <= seen->high)
            done = store_widen(store, c, store_width(seen->low, seen->high), rows);
    }
    return done;
}
