/* A fast checksum of bytes, against corruption alone: whoever wants to can make other bytes with
 * the same sum. Not the same on machines of different byte order. */
#ifndef RUNTIME_DATA_CHECKSUM_H
#define RUNTIME_DATA_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/* Any change to one aligned word of 8 bytes, and any change of the length, changes the sum. */
uint64_t checksum_of(const void *bytes, size_t length);

#endif
