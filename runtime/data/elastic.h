/* Columns of whole numbers take as few bytes a value as the first piece leads to expect, with some
 * to spare. What is wider is kept apart by the piece that met it (PieceWide), and gets its place
 * when the column has been made wider: at once where a piece met many, else in the end. Locks
 * nothing: whoever calls sees to it that nobody writes into the store meanwhile. */
#ifndef RUNTIME_DATA_ELASTIC_H
#define RUNTIME_DATA_ELASTIC_H

#include "runtime/data/piece.h"

/* Before other pieces are read, the store takes the widths that the first has had; `seen`, by
 * column, is what is known of it. False, here and below: no memory. */
bool elastic_fit(TableStore *store, const Piece *first, const PieceColumn *seen);

/* Whether a piece has so many wide values that its columns had better be made wider at once. */
bool elastic_is_strained(const Piece *piece);

/* The columns of the first `rows` rows become as wide as the values of the piece want. */
bool elastic_widen_for(TableStore *store, const Piece *piece, uint64_t rows);

/* They become as wide as what the pieces kept apart, which gets its place. */
bool elastic_widen(TableStore *store, const Piece *pieces, uint64_t piece_count, uint64_t rows);

#endif
