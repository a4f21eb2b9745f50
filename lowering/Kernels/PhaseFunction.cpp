//===- PhaseFunction.cpp ---------------------------------------------------===//

#include "lowering/Kernels/PhaseFunction.h"

#include "lowering/ToLinalg/Elementwise.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace portico;

static func::FuncOp openFunction(KernelOp kernel, ModuleOp out, StringRef name, KernelABI &abi,
                                 int64_t extent, int64_t grain) {
  std::string phase = name.str();
  if (!abi.phases.empty())
    phase += "_" + std::to_string(abi.phases.size());
  abi.phases.push_back({phase, extent, grain});

  OpBuilder b = OpBuilder::atBlockEnd(out.getBody());
  SmallVector<Type> types;
  for (Value tensor : llvm::concat<Value>(llvm::to_vector(kernel.getInputs()),
                                          llvm::to_vector(kernel.getResults())))
    types.push_back(MemRefType::get({elementsOf(tensor)}, storageType(elementTypeOf(tensor))));
  types.push_back(MemRefType::get({abi.scratchBytes}, b.getI8Type()));
  types.push_back(MemRefType::get({abi.sharedBytes}, b.getI8Type()));
  types.append({b.getIndexType(), b.getIndexType(), MemRefType::get({4}, b.getI64Type())});
  auto func =
      func::FuncOp::create(b, kernel.getLoc(), phase, b.getFunctionType(types, TypeRange()));
  func.addEntryBlock();
  return func;
}

PhaseFunction::PhaseFunction(KernelOp kernel, ModuleOp out, StringRef name, KernelABI &abi,
                             int64_t extent, int64_t grain)
    : PhaseFunction(kernel, openFunction(kernel, out, name, abi, extent, grain)) {}

PhaseFunction::PhaseFunction(KernelOp kernel, func::FuncOp func)
    : LoopEmitter(kernel.getLoc(), &func.getBody().front()) {
  ValueRange args = func.getArguments();
  int64_t in = kernel.getInputs().size(), outs = kernel->getNumResults();
  inputs = llvm::to_vector(args.take_front(in));
  results = llvm::to_vector(args.slice(in, outs));
  ValueRange rest = args.drop_front(in + outs);
  scratch = rest[0];
  shared = rest[1];
  begin = rest[2];
  end = rest[3];
  status = rest[4];
}

PhaseFunction::~PhaseFunction() { func::ReturnOp::create(b, loc); }

void portico::setNothingInPlace(KernelOp kernel, KernelABI &abi) {
  abi.sameIndex.assign(kernel.getInputs().size(),
                       SmallVector<bool, 2>(kernel->getNumResults(), false));
}

ArrayRef<int64_t> portico::shapeOf(Value tensor) {
  return cast<RankedTensorType>(tensor.getType()).getShape();
}

Type portico::elementTypeOf(Value tensor) {
  return cast<RankedTensorType>(tensor.getType()).getElementType();
}

int64_t portico::elementsOf(Value tensor) {
  return cast<RankedTensorType>(tensor.getType()).getNumElements();
}

SmallVector<int64_t> portico::rowMajorStrides(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (int64_t i = int64_t(shape.size()) - 2; i >= 0; --i)
    strides[i] = strides[i + 1] * shape[i + 1];
  return strides;
}

int64_t portico::storageBytes(Type elem) { return storageType(elem).getIntOrFloatBitWidth() / 8; }

int64_t portico::grainFor(double work) {
  // About ten microseconds of work: a hundred times what a task costs.
  constexpr double worthwhile = 1e5;
  return std::max<int64_t>(1, int64_t(worthwhile / std::max(work, 1.0)));
}
