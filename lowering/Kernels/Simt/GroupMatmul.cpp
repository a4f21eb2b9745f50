//===- GroupMatmul.cpp - matrix products, for work-groups -------------------===//

#include "lowering/Kernels/Simt/GroupMatmul.h"

#include "lowering/Kernels/KernelForm.h"
#include "lowering/Kernels/ResultWriter.h"
#include "lowering/Kernels/Simt/GroupProduct.h"
#include "lowering/Kernels/Simt/GroupVector.h"

using namespace mlir;
using namespace portico;

TypedMemory portico::memoryOf(PhaseFunction &e, const MatmulOperand &operand) {
  if (operand.copied())
    return {e.view(e.shared, operand.copyByte, elementsOf(operand.value), operand.elem),
            operand.elem};
  return {e.inputs[operand.argument], operand.elem};
}

LogicalResult portico::lowerGroupMatmul(KernelOp kernel, Value hero, MatmulProblem problem,
                                        const TargetInfo &target, ModuleOp out, StringRef name,
                                        KernelABI &abi) {
  for (MatmulOperand *operand : {&problem.a, &problem.b}) {
    if (!PointEvaluator::supports(operand->value))
      return refuse(kernel, "an op before the product cannot be computed with its operands",
                    "elementwise ops and data movement");
    if (!operand->copied())
      continue;
    operand->copyByte = abi.sharedBytes;
    abi.sharedBytes += alignBytes(elementsOf(operand->value) * storageBytes(operand->elem));
  }
  for (const MatmulOperand *operand : {&problem.a, &problem.b})
    if (operand->copied())
      emitCopyPhase(kernel, out, name, abi, operand->value, operand->copyOrder, operand->copyByte);
  if (wantsGroupVector(problem))
    return lowerGroupVector(kernel, hero, problem, target, out, name, abi);
  // A copy is in compute type: where one operand is copied and the other is not,
  // each is converted on its own.
  bool alike = problem.a.elem == problem.b.elem;

  GroupProduct product;
  product.m = problem.m;
  product.n = problem.n;
  product.k = problem.k;
  product.elem = alike ? problem.a.elem : problem.accumulator;
  product.accumulator = problem.accumulator;
  product.allowTf32 = problem.allowTf32;
  SmallVector<int64_t> aBatch, bBatch, cBatch;
  for (const MatmulBatchDim &dim : problem.batch) {
    product.batch.push_back(dim.size);
    aBatch.push_back(dim.a);
    bBatch.push_back(dim.b);
    cBatch.push_back(dim.c);
  }
  auto strided = [alike](const MatmulOperand &operand, ArrayRef<int64_t> batchStrides,
                         int64_t stride, int64_t strideK) {
    GroupProduct::Operand result;
    result.alongK = strideK == 1 && stride != 1;
    if (!operand.copied())
      result.plain = {operand.argument, operand.offset, SmallVector<int64_t>(batchStrides), stride,
                      strideK};
    result.element = [&operand, alike, batchStrides = SmallVector<int64_t>(batchStrides), stride,
                      strideK](PhaseFunction &e, ArrayRef<Value> batch, Value row, Value k) {
      Value base = e.add(e.dot(batch, batchStrides), operand.offset);
      Value at = e.add(base, e.add(e.mul(row, stride), e.mul(k, strideK)));
      TypedMemory memory = memoryOf(e, operand);
      return alike ? e.load(memory.memory, at) : loadTyped(e, memory, at);
    };
    return result;
  };
  product.a = strided(problem.a, aBatch, problem.aM, problem.aK);
  product.b = strided(problem.b, bBatch, problem.bN, problem.bK);
  product.place = [&](PhaseFunction &e, ArrayRef<Value> batch, Value m, Value n) {
    return e.add(e.dot(batch, cBatch), e.add(e.mul(m, problem.cM), e.mul(n, problem.cN)));
  };
  return lowerGroupProduct(kernel, hero, product, target, out, name, abi);
}
