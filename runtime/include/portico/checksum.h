/*===- portico/checksum.h - notices damage, not malice -----------------------===*/

#ifndef PORTICO_CHECKSUM_H
#define PORTICO_CHECKSUM_H

#include <stdint.h>
#include <string.h>

/** Of `size` bytes; every bit matters, and the order of the words does. */
static inline uint64_t portico_checksum(const void *bytes, uint64_t size) {
  const unsigned char *at = (const unsigned char *)bytes;
  uint64_t sum = size * UINT64_C(0x9E3779B97F4A7C15);
  while (size) {
    uint64_t word = 0;
    uint64_t count = size < sizeof(word) ? size : sizeof(word);
    memcpy(&word, at, count);
    sum = (sum ^ word) * UINT64_C(0xD6E8FEB86659FD93);
    sum ^= sum >> 32;
    at += count;
    size -= count;
  }
  return sum;
}

#endif /* PORTICO_CHECKSUM_H */
