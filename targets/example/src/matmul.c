/* matmul.c - the vendor's own product of matrices, written by hand.
 *
 * Blocks of 4 x 16 sums stay in registers while k runs; the edges are done one by one. */

#include <stdint.h>

typedef float lanes __attribute__((vector_size(32), aligned(4)));

enum { ROWS = 4, COLUMNS = 16 };

static void block(const float *a, const float *b, float *c, int64_t n, int64_t k) {
  lanes sums[ROWS][2] = {{{0}}};
  for (int64_t step = 0; step < k; ++step) {
    lanes left = *(const lanes *)(b + step * n), right = *(const lanes *)(b + step * n + 8);
    for (int row = 0; row < ROWS; ++row) {
      float factor = a[row * k + step];
      sums[row][0] += factor * left;
      sums[row][1] += factor * right;
    }
  }
  for (int row = 0; row < ROWS; ++row) {
    *(lanes *)(c + row * n) = sums[row][0];
    *(lanes *)(c + row * n + 8) = sums[row][1];
  }
}

static void element(const float *a, const float *b, float *c, int64_t n, int64_t k) {
  float sum = 0;
  for (int64_t step = 0; step < k; ++step)
    sum += a[step] * b[step * n];
  *c = sum;
}

/* Rows [begin, end) of c[m, n] = a[m, k] b[k, n]. */
void example_matmul_f32(const float *a, const float *b, float *c, int64_t n, int64_t k,
                        int64_t begin, int64_t end) {
  for (int64_t row = begin; row < end;) {
    int64_t rows = row + ROWS <= end ? ROWS : 1;
    int64_t column = 0;
    if (rows == ROWS)
      for (; column + COLUMNS <= n; column += COLUMNS)
        block(a + row * k, b + column, c + row * n + column, n, k);
    for (; column < n; ++column)
      for (int64_t r = row; r < row + rows; ++r)
        element(a + r * k, b + column, c + r * n + column, n, k);
    row += rows;
  }
}
