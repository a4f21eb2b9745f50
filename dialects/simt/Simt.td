//===- Simt.td - what work-items do together and gpu has no op for ----------===//

#ifndef PORTICO_DIALECTS_SIMT
#define PORTICO_DIALECTS_SIMT

include "mlir/IR/OpBase.td"
include "mlir/IR/CommonTypeConstraints.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Simt_Dialect : Dialect {
  let name = "simt";
  let cppNamespace = "::portico::simt";
  let summary = "Instructions of many lanes, the same on every machine that has them";
  let description = [{
    Kernels for work-groups are written in the gpu dialect. Its own matrix ops hide what a
    work-item holds, and have not every element type; here a matrix is what its lanes hold, and
    which lane holds what is data of the target (`MatrixUnit` in `targets/Target.h`).

    Machines that read the operands of a product from group memory (`GroupMatrixUnit`) have
    their own copies to bring them there. Such a copy is started by one work-item and goes on by
    itself; who needs what it brings waits for a *signal*, a word in group memory:

    ```mlir
    simt.init_signals %signals : memref<4xi64, #gpu.address_space<workgroup>>   // one work-item
    gpu.barrier
    scf.if %first {
      simt.expect_bytes %signals[%s] {bytes = 8192} : ...
      simt.copy_tile %x[%k, %row] to %memory[%at] signal %signals[%s] {...} : ...
    }
    simt.await_signal %signals[%s], %round : ...
    %d = simt.group_multiply_add %memory[%at], %memory[%bt], %c {...} : ...
    %e = simt.group_multiply_wait %d {pending = 0} : ...
    ```

    **Panels.** What is copied and multiplied lies in group memory in panels: rows of 128 bytes, one
    after the other from a multiple of 1024 bytes on, each of eight pieces of 16 bytes. Piece p of row r
    is at place p ^ (r % 8), so that neither rows nor columns of pieces meet in one bank. A tile whose
    summands lie side by side is one panel with a row for each of its rows or columns, 64 summands of
    16 bits wide; one that lies across is panels of 64 of its rows or columns, with a row for each
    summand.
  }];
}

def Simt_Part : VectorOfRankAndType<[1], [F16, BF16, F32, F64, I8, I32]>;

def Simt_MultiplyAddOp : Op<Simt_Dialect, "multiply_add", [AllTypesMatch<["c", "result"]>]> {
  let summary = "A B + C of one subgroup, by one matrix instruction";
  let description = [{
    All lanes of a subgroup execute it together. Each brings its part of A (m x k), of
    B (k x n) and of C (m x n), and gets its part of the sum. Which elements of a matrix are a
    lane's is said by the target's `MatrixUnit` of this size and these types; an op that is none of
    them does not lower.

    With `tf32`, A and B are f32 of which 10 bits behind the point are looked at; what a machine
    does with more is its own, so they are rounded before (`simt.round_tf32`).

    Constraints:
    - (multiply_add_c1) A and B have one element type.
    - (multiply_add_c2) `m`, `n` and `k` are positive.
    - (multiply_add_c3) `tf32` only where that type is f32.

    ```mlir
    %d = simt.multiply_add %a, %b, %c {m = 16, n = 16, k = 16}
        : vector<4xf16>, vector<4xf16>, vector<4xf32>
    ```
  }];
  let arguments = (ins Simt_Part:$a, Simt_Part:$b, Simt_Part:$c, I64Attr:$m, I64Attr:$n,
                       I64Attr:$k, UnitAttr:$tf32);
  let results = (outs Simt_Part:$result);
  let assemblyFormat = "$a `,` $b `,` $c attr-dict `:` type($a) `,` type($b) `,` type($c)";
  let hasVerifier = 1;
}

def Simt_RoundTf32Op : Op<Simt_Dialect, "round_tf32", [Pure, SameOperandsAndResultType]> {
  let summary = "an f32 with 10 bits behind the point";
  let description = [{
    The nearest TF32 number, of two the one farther from zero, as an f32 whose last 13 bits are
    zero. What is past the largest of them is infinite; infinities and NaNs stay what they are.

    ```mlir
    %y = simt.round_tf32 %x : f32
    ```
  }];
  let arguments = (ins F32:$x);
  let results = (outs F32:$result);
  let assemblyFormat = "$x attr-dict `:` type($x)";
}

//===----------------------------------------------------------------------===//
// Copies that go on by themselves
//===----------------------------------------------------------------------===//

def Simt_Signals : MemRefRankOf<[I64], [1]>;
def Simt_Bytes : MemRefRankOf<[I8], [1]>;

def Simt_InitSignalsOp : Op<Simt_Dialect, "init_signals"> {
  let summary = "Makes words of group memory signals";
  let description = [{
    One work-item executes it; a barrier has to follow before others use the signals. Each is then
    in round 0, which is over as soon as one `expect_bytes` was executed and the bytes it names
    have come. Then round 1 begins.

    Constraints:
    - (init_signals_c1) `signals` lies in group memory and has a static size.
  }];
  let arguments = (ins Simt_Signals:$signals);
  let assemblyFormat = "$signals attr-dict `:` type($signals)";
  let hasVerifier = 1;
}

def Simt_ExpectBytesOp : Op<Simt_Dialect, "expect_bytes"> {
  let summary = "Says how many bytes a round of a signal waits for";
  let description = [{
    Constraints:
    - (expect_bytes_c1) `signals` lies in group memory.
    - (expect_bytes_c2) `bytes` is positive and below 2^20.
  }];
  let arguments = (ins Simt_Signals:$signals, Index:$number, I64Attr:$bytes);
  let assemblyFormat = "$signals `[` $number `]` attr-dict `:` type($signals)";
  let hasVerifier = 1;
}

def Simt_AwaitSignalOp : Op<Simt_Dialect, "await_signal"> {
  let summary = "Waits until a round of a signal is over";
  let description = [{
    The work-item sees what the copies of that round have brought. It may wait for the round that
    is under way or for the one before, not for earlier or later ones.

    Constraints:
    - (await_signal_c1) `signals` lies in group memory.
  }];
  let arguments = (ins Simt_Signals:$signals, Index:$number, Index:$round);
  let assemblyFormat = "$signals `[` $number `]` `,` $round attr-dict `:` type($signals)";
  let hasVerifier = 1;
}

def Simt_CopyTileOp : Op<Simt_Dialect, "copy_tile"> {
  let summary = "Starts the copy of a box of a tensor into a panel";
  let description = [{
    The tensor is part of a kernel argument: its element (i0, i1, ..) is element
    `offset + i0 + i1 * strides[1] + ..` of `source`. The copy brings the elements from `position` on,
    `box` of them along each dimension; what of the box lies outside the tensor is 0. Rows of the
    panel are runs of `box[0]` elements. When all have come, the signal has got the bytes of the box.

    Constraints:
    - (copy_tile_c1) `source` is an argument of the function.
    - (copy_tile_c2) `position`, `sizes`, `strides` and `box` have one length from 2 to 5.
    - (copy_tile_c3) `strides[0]` is 1, the others and `offset` are multiples of 16 bytes that are
      not negative, and no stride is 0.
    - (copy_tile_c4) A run of the box is 128 bytes; the other extents are from 1 to 256.
    - (copy_tile_c5) `memory` and `signals` lie in group memory.
    - (copy_tile_c6) `sizes` are positive.

    ```mlir
    simt.copy_tile %x[%k, %row] to %memory[%at] signal %signals[%s]
        {sizes = array<i64: 512, 384>, strides = array<i64: 1, 512>, offset = 0,
         box = array<i64: 64, 128>}
        : memref<196608xbf16, #gpu.address_space<global>>,
          memref<65536xi8, #gpu.address_space<workgroup>>,
          memref<4xi64, #gpu.address_space<workgroup>>
    ```
  }];
  let arguments = (ins MemRefRankOf<[F16, BF16], [1]>:$source, Variadic<Index>:$position, Simt_Bytes:$memory, Index:$at,
                       Simt_Signals:$signals, Index:$number, DenseI64ArrayAttr:$sizes,
                       DenseI64ArrayAttr:$strides, I64Attr:$offset, DenseI64ArrayAttr:$box);
  let assemblyFormat = [{
    $source `[` $position `]` `to` $memory `[` $at `]` `signal` $signals `[` $number `]` attr-dict
    `:` type($source) `,` type($memory) `,` type($signals)
  }];
  let hasVerifier = 1;
}

//===----------------------------------------------------------------------===//
// Products that read group memory
//===----------------------------------------------------------------------===//

def Simt_GroupMultiplyAddOp : Op<Simt_Dialect, "group_multiply_add",
                                 [AllTypesMatch<["c", "result"]>]> {
  let summary = "Starts A B + C of several subgroups";
  let description = [{
    The subgroups of a `GroupMatrixUnit` execute it together. A (m x k) and B (k x n) are in panels
    that begin `a` and `b` bytes from the start of `memory`, with `k` summands of `element`; the lanes
    hold C as the unit says. The product goes on by itself: until a `group_multiply_wait` the sums are
    only to be added to by further products, and the panels have to stay.

    `aAcross`, `bAcross`: the panels are those of an operand that lies across. Then `aPitch` and
    `bPitch` are the bytes from one panel to the next.

    Constraints:
    - (group_multiply_add_c1) `memory` lies in group memory.
    - (group_multiply_add_c2) `m`, `n` and `k` are positive, and `element` has 16 bits.
  }];
  let arguments = (ins Simt_Bytes:$memory, Index:$a, Index:$b, VectorOfRankAndType<[1], [F32]>:$c,
                       TypeAttr:$element, I64Attr:$m, I64Attr:$n, I64Attr:$k, UnitAttr:$aAcross,
                       UnitAttr:$bAcross, DefaultValuedAttr<I64Attr, "0">:$aPitch,
                       DefaultValuedAttr<I64Attr, "0">:$bPitch);
  let results = (outs VectorOfRankAndType<[1], [F32]>:$result);
  let assemblyFormat = "$memory `[` $a `]` `,` $b `,` $c attr-dict `:` type($memory) `,` type($c)";
  let hasVerifier = 1;
}

def Simt_GroupMultiplyWaitOp : Op<Simt_Dialect, "group_multiply_wait",
                                  [AllTypesMatch<["c", "result"]>]> {
  let summary = "Waits for products of several subgroups";
  let description = [{
    Until at most `pending` of the `group_multiply_add` that this work-item has started are under
    way. With 0 the sums are there.

    Constraints:
    - (group_multiply_wait_c1) `pending` is from 0 to 7.
  }];
  let arguments = (ins VectorOfRankAndType<[1], [F32]>:$c, I64Attr:$pending);
  let results = (outs VectorOfRankAndType<[1], [F32]>:$result);
  let assemblyFormat = "$c attr-dict `:` type($c)";
  let hasVerifier = 1;
}

#endif // PORTICO_DIALECTS_SIMT
