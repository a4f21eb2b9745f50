//===- Convolution.h - the three partial contractions of a convolution ------===//
//
// There is no im2col. The images of a task are copied once into a grid with
// zeros around them, cut so that for every kernel tap the elements it meets lie
// at one constant offset from the flattened position j of the result:
//
//   y[f, j] = sum over k = (channel, tap) of w[f, k] * grid[offset[k] + j]
//
// which is a matrix product whose B has its rows at `offset[k]`. Positions j
// that are no result (the ends of rows) are computed and dropped.
//
// - Stride s: the grid holds s^d sub-images ("slots"), one for each residue of
//   the position, so that neighbouring results read neighbouring elements.
// - Gradient in x: the same with the roles of x and y exchanged, once for every
//   residue of the position in x; each has its own taps.
// - Gradient in w: the same grid, with k as the rows of the product, filters as
//   its columns and the positions of all images as what is summed over.
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_LOWERING_KERNELS_CONVOLUTION_H
#define PORTICO_LOWERING_KERNELS_CONVOLUTION_H

#include "lowering/Kernels/MatmulTile.h"
#include "lowering/Kernels/PhaseFunction.h"

namespace portico {

/// One spatial dimension.
struct ConvDim {
  int64_t input = 1, kernel = 1, output = 1;
  int64_t stride = 1, pad = 0, dilation = 1;

  /// Taps k and k + period meet the same residue.
  int64_t period() const;
  /// How many residues are met at all: tap k meets number k % period.
  int64_t slots() const { return std::min(kernel, period()); }
  /// How far the last tap is from the first, in results.
  int64_t reach() const { return (kernel - 1) * dilation / stride; }
};

struct ConvProblem {
  /// Sizes of one group; two dimensions or more (a row gets a column of one).
  int64_t images = 1, groups = 1, channels = 1, filters = 1;
  llvm::SmallVector<ConvDim, 3> dims;
  /// The first dimension is that of the images, along which nothing slides: small
  /// images share a grid, so that weights are read once for several.
  bool imagesAsDim = false;
  /// Element types in memory and of the sums.
  mlir::Type elem, accumulator;
  /// f32 operands may be rounded to TF32.
  bool allowTf32 = false;
  int64_t lanes = 1;

  int64_t taps() const;
  /// Elements of one channel of one image.
  int64_t inputElements() const;
  int64_t outputElements() const;
  /// Elements between neighbours along each dimension, in x and in y.
  llvm::SmallVector<int64_t> inputStrides() const;
  llvm::SmallVector<int64_t> outputStrides() const;
  void makeImagesDim();
};

/// One dimension of a grid. Entry q of slot r is element
/// `q * step + residue(r) - lead` of the tensor, zero where there is none.
struct GridDim {
  int64_t source = 1;
  int64_t lead = 0, step = 1, slots = 1, dilation = 1;
  /// Results along this dimension, and entries past them that taps reach.
  int64_t columns = 1, reach = 0;
  /// Entries from one row to the next.
  int64_t pitch = 1;
};

/// The zero-surrounded images of one task.
struct ConvGrid {
  llvm::SmallVector<GridDim, 3> dims;
  /// Elements between neighbours along each dimension of the tensor.
  llvm::SmallVector<int64_t> sourceStrides;
  int64_t channels = 1;
  /// Results along dimension 0 that are done at a time.
  int64_t blockRows = 1;

  /// The grid of x, split by stride; that of y, for the gradient in x.
  static ConvGrid ofInput(const ConvProblem &p, int64_t channels);
  static ConvGrid ofOutput(const ConvProblem &p);

  int64_t blocks() const { return ceilDiv(dims[0].columns, blockRows); }
  int64_t slots() const;
  /// Elements between neighbours along dimension i.
  int64_t stride(size_t i) const;
  /// Elements of one slot of one channel.
  int64_t plane() const;
  int64_t elements(int64_t slack) const { return channels * slots() * plane() + slack; }
  /// Flattened positions of a block, the last included.
  int64_t positions(int64_t rows) const;
  mlir::Value positions(LoopEmitter &e, mlir::Value rows) const;

  /// Zeros everything: the surroundings stay zero from then on.
  void clear(LoopEmitter &e, mlir::Value grid, int64_t slack, int64_t lanes) const;
  /// Copies `from[fromIndex + channel * channelStride ..]` in, for the results of
  /// dimension 0 from `firstRow` on.
  void fill(LoopEmitter &e, TypedMemory from, mlir::Value fromIndex, int64_t channelStride,
            mlir::Value grid, mlir::Value firstRow, mlir::Value rows, mlir::Value channelCount,
            int64_t lanes, bool masks) const;
};

/// Nested loops over `sizes`.
void loopNest(LoopEmitter &e, llvm::ArrayRef<mlir::Value> sizes,
              llvm::function_ref<void(llvm::ArrayRef<mlir::Value>)> body);

/// With one tap that meets every element, a convolution is a matrix product.
bool isPointwise(const ConvProblem &p);

/// The strategies: each handles one op, with the elementwise ops after it.
llvm::LogicalResult lowerConvolutionProduct(KernelOp kernel, mlir::Operation *hero,
                                            const ConvProblem &problem, const TargetInfo &target,
                                            mlir::ModuleOp out, llvm::StringRef name,
                                            KernelABI &abi);
llvm::LogicalResult lowerConvolutionFilterGrad(KernelOp kernel, ConvolutionFilterGradOp hero,
                                               const ConvProblem &problem, const TargetInfo &target,
                                               mlir::ModuleOp out, llvm::StringRef name,
                                               KernelABI &abi);

} // namespace portico

#endif // PORTICO_LOWERING_KERNELS_CONVOLUTION_H
