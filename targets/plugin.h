/*===- portico/plugin.h - a target in a shared library of its own ------------===*
 *
 * A target outside Portico's tree is a shared library (or two) that offers
 *
 *   const portico_driver *portico_target_driver(void);            the run half, driver.h
 *   const portico_compiler *portico_target_compiler(void);        the compile half, below
 *
 * The compile half takes kernels as MLIR bytecode and gives bytes that only the run
 * half looks into. It may bring a compiler of its own: there is no C++ between it and
 * Portico. The bytecode holds upstream's dialects only (builtin, func or gpu, scf,
 * memref, vector, arith, math), written by the LLVM release that `producer` names; MLIR
 * reads bytecode of its own and earlier releases.
 *
 * Conventions
 * - `struct_size` is the size of the struct that its writer was compiled with. Fields
 *   after it do not exist for the other side; those below "optional" may be null.
 * - Functions return 0, or nonzero after a failure that `last_error` describes (for the
 *   calling thread, until its next call). They are called from several threads.
 * - Text and tables that are handed out live as long as the process.
 * - Hold no lock while LLVM runs: where the copy that Portico uses gives up, the thread
 *   sleeps for ever, with what it holds.
 *
 *===------------------------------------------------------------------------===*/

#ifndef PORTICO_PLUGIN_H
#define PORTICO_PLUGIN_H

#include "portico/driver.h"

#ifdef __cplusplus
extern "C" {
#endif

#if defined(_WIN32)
#define PORTICO_PLUGIN_EXPORT __declspec(dllexport)
#else
#define PORTICO_PLUGIN_EXPORT __attribute__((visibility("default")))
#endif

/** Changes when something that exists changes its meaning; additions do not. */
#define PORTICO_COMPILER_ABI 2

typedef enum portico_element {
  PORTICO_F16 = 0,
  PORTICO_BF16 = 1,
  PORTICO_TF32 = 2,
  PORTICO_F32 = 3,
  PORTICO_F64 = 4,
  PORTICO_I8 = 5,
  PORTICO_I32 = 6
} portico_element;

/** x / divisor % modulus * factor, where x is the number of the lane or that of the element. */
typedef struct portico_matrix_digit {
  int32_t of_element; /* 0: of the lane */
  int32_t reserved;
  int64_t divisor, modulus, factor;
} portico_matrix_digit;

/** What a lane of a subgroup holds of a matrix: `elements` of it, each at a row and a column
 * that are sums of digits. Together the lanes hold every element. */
typedef struct portico_matrix_part {
  int64_t elements;
  const portico_matrix_digit *row, *column;
  uint64_t row_digits, column_digits;
} portico_matrix_part;

/** One size of the matrix instructions: D[m, n] = A[m, k] B[k, n] + C. Units fill whole blocks of
 * 32 rows and subgroup_size / 2 columns, with 64 bytes of summands. */
typedef struct portico_matrix_unit {
  int64_t m, n, k;
  int32_t input, accumulator;  /* portico_element */
  portico_matrix_part a, b, c; /* c: of D as well */
} portico_matrix_unit;

/** The figures by which Portico chooses how to lower a kernel. Set before the call to what a
 * machine has that says nothing. */
typedef struct portico_machine {
  uint64_t struct_size;
  /** A power of two, 64 at least; 64 where there are no vector registers. */
  int64_t vector_bits;
  /** How many a tile may fill: of vectors, or of numbers where there are none. */
  int64_t vector_registers;
  /** Of the estimates only: kernels hold `math.fma`, which rounds once, on every machine. */
  int32_t fma;
  /**
   * Masked loads and stores are single instructions, and worth a choice. The ends of
   * ranges are masked on every machine.
   */
  int32_t masked_memory;
  int64_t l1_bytes, l2_bytes, l3_bytes;
  /**
   * 0: kernels are functions of a range of items, run by as many threads as there are.
   * 1: kernels are run by work-groups; the figures below count.
   */
  int32_t work_groups;
  /** A power of two, up to 64. */
  int32_t subgroup_size;
  /** 256 at least. */
  int64_t max_workgroup_size;
  /** 32768 at least. */
  int64_t group_memory_bytes;
  int64_t compute_units;
  /** With any, products of matrices hold the op `simt.multiply_add`, which is Portico's own. */
  const portico_matrix_unit *matrix_units;
  uint64_t matrix_unit_count;
  /** There is f64; 1 unless you say so. Where there is none, kernels of other types need none. */
  int32_t doubles;
} portico_machine;

/** Bytes that the compile half made; given back with `release`. */
typedef struct portico_bytes {
  const void *data;
  uint64_t size;
  /** For the compile half alone. */
  void *owner;
} portico_bytes;

/** For each of `batch`, result[m, n] = lhs[m, k] rhs[k, n], row by row, without gaps. */
typedef struct portico_product {
  uint64_t struct_size;
  int64_t batch, m, n, k;
  /** lhs is stored as [k, m], rhs as [n, k]. */
  int32_t lhs_transposed, rhs_transposed;
  int32_t element; /* portico_element, of operands and result */
} portico_product;

/** How code of the target's own is launched: as a kernel of one phase. */
typedef struct portico_kernel_shape {
  uint64_t struct_size;
  int64_t extent;
  int64_t grain;
  /** Of each task, or of the launch where there are work-groups. */
  uint64_t scratch_bytes;
  uint64_t shared_bytes;
  uint32_t grid[3];
  uint32_t block[3];
  uint32_t group_memory_bytes;
} portico_kernel_shape;

typedef struct portico_compiler {
  uint64_t struct_size;
  uint32_t abi;
  /** The word before the colon in a device string; the driver has the same. */
  const char *name;

  /**
   * The machines that code can be made for, the best known first; null from the end on.
   * A name says everything that decides what the code is, the version of this compiler
   * included: it is part of the key of what is kept on disk, and what the driver's
   * `device_supports` is asked.
   */
  const char *(*arch)(uint32_t index);
  int32_t (*machine)(const char *arch, portico_machine *machine);

  /**
   * Turns a module of kernels into an object, in which each function or gpu.func has the
   * name `prefix` + its own. The form of the module is that of lowering/Kernels/Kernels.h,
   * which the guide "Add a target" explains.
   */
  int32_t (*compile)(const char *arch, const void *bytecode, uint64_t size, const char *prefix,
                     portico_bytes *object);
  /** Joins the objects of a program into the blob that the driver's `module_load` takes. */
  int32_t (*link)(const char *arch, const portico_bytes *objects, uint64_t count,
                  portico_bytes *blob);
  void (*release)(portico_bytes *bytes);
  const char *(*last_error)(void);

  /* Optional: both or none. Code of the target's own for products of matrices. */

  /**
   * Sets `*microseconds` to what the product takes, or to a negative number where there is
   * no code for it. It is used where the compiler's own estimate of its kernel is longer.
   */
  int32_t (*product_cost)(const char *arch, const portico_product *product, double *microseconds);
  /** An object with the function `symbol`, called like a kernel of two inputs and one result. */
  int32_t (*product_object)(const char *arch, const portico_product *product, const char *symbol,
                            portico_kernel_shape *shape, portico_bytes *object);
} portico_compiler;

typedef const portico_driver *(*portico_target_driver_function)(void);
typedef const portico_compiler *(*portico_target_compiler_function)(void);

#ifdef __cplusplus
}
#endif

#endif /* PORTICO_PLUGIN_H */
