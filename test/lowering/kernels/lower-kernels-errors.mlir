// A kernel without a strategy is refused at the kernel, and a machine that no strategy can count with
// before any kernel is looked at.
// RUN: portico-opt %s --portico-lower-kernels --split-input-file --verify-diagnostics
// RUN: portico-opt %s --portico-lower-kernels="subgroup-size=32" --split-input-file --verify-diagnostics
// RUN: not portico-opt %s --portico-lower-kernels="vector-bits=0" 2>&1 | filecheck %s --check-prefix=BITS
// RUN: not portico-opt %s --portico-lower-kernels="vector-bits=96" 2>&1 | filecheck %s --check-prefix=BITS
// RUN: not portico-opt %s --portico-lower-kernels="vector-registers=0" 2>&1 | filecheck %s --check-prefix=REGISTERS
// RUN: not portico-opt %s --portico-lower-kernels="subgroup-size=48" 2>&1 | filecheck %s --check-prefix=SUBGROUP
// RUN: not portico-opt %s --portico-lower-kernels="subgroup-size=-1" 2>&1 | filecheck %s --check-prefix=SUBGROUP
// RUN: not portico-opt %s --portico-lower-kernels="subgroup-size=32 max-workgroup-size=16" 2>&1 | filecheck %s --check-prefix=ITEMS
// RUN: not portico-opt %s --portico-lower-kernels="subgroup-size=32 compute-units=0" 2>&1 | filecheck %s --check-prefix=UNITS
// RUN: not portico-opt %s --portico-lower-kernels="subgroup-size=32 group-memory=-1" 2>&1 | filecheck %s --check-prefix=MEMORY

// BITS: error: [machine] vector_bits cannot be; got {{0|96}}; expected a power of two, 64 at least
// REGISTERS: error: [machine] vector_registers cannot be; got 0; expected 8 at least
// SUBGROUP: error: [machine] subgroup_size cannot be; got {{48|-1}}; expected a power of two, up to 64
// ITEMS: error: [machine] max_workgroup_size cannot be; got 16; expected a subgroup, 32, at least
// UNITS: error: [machine] compute_units cannot be; got 0; expected 1 at least
// MEMORY: error: [machine] group_memory_bytes cannot be; got -1; expected 0 at least

func.func @main(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error@+1 {{[lower-kernels] no strategy for kernels of category 'unheard-of'; got a kernel of portico.neg; expected one of loop, row, dot, conv, window, scan, sort and scatter}}
  %0 = portico.kernel "unheard-of" (%a = %x) : (tensor<4xf32>) -> tensor<4xf32> {
    %1 = portico.neg %a : (tensor<4xf32>) -> tensor<4xf32>
    portico.yield %1 : tensor<4xf32>
  }
  return %0 : tensor<4xf32>
}

// -----

// Every op asks for static sizes; a kernel without ops would pass any on.
func.func @unknown(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  // expected-error@+1 {{[lower-kernels] a size is not known; got 'tensor<?x4xf32>'; expected static sizes}}
  %0 = portico.kernel "loop" (%a = %x) : (tensor<?x4xf32>) -> tensor<?x4xf32> {
    portico.yield %a : tensor<?x4xf32>
  }
  return %0 : tensor<?x4xf32>
}
