/* conversions.c - what LLVM's code generator takes for granted where x86 has no instruction. */

#include <immintrin.h>
#include <stdint.h>
#include <string.h>

static float with_bits(uint32_t bits) {
  float result;
  memcpy(&result, &bits, sizeof(result));
  return result;
}

/* The bf16 next to x, which is returned in the low 16 bits of the register of a float. */
float __truncsfbf2(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof(bits));
  if (x != x)
    return with_bits(bits >> 16 | 0x40);
  return with_bits((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

/* The f16 next to x, in the low 16 bits likewise. Rounding twice would be wrong: the float between
 * is cut off, with its last bit set where something was lost, which the second rounding sees. */
float __truncdfhf2(double x) {
  float near = (float)x;
  uint32_t bits;
  memcpy(&bits, &near, sizeof(bits));
  if ((double)near != x && x == x) {
    double size = x < 0 ? -x : x, taken = near < 0 ? -(double)near : (double)near;
    bits = (taken > size ? bits - 1 : bits) | 1;
  }
  return with_bits((uint32_t)_cvtss_sh(with_bits(bits), 0));
}
