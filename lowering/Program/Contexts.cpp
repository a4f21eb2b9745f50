//===- Contexts.cpp - MLIR contexts for the threads that compile ------------===//

#include "lowering/Program/Contexts.h"

#include "dialects/portico/IR/Portico.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

#include <mutex>
#include <vector>

using namespace mlir;
using namespace portico;

static constexpr int kUsesOfContext = 64;
static constexpr size_t kIdleContexts = 8;

namespace {

struct IdleContext {
  const Target *target;
  std::unique_ptr<MLIRContext> context;
  int uses;
};

struct Pool {
  std::mutex mutex;
  std::vector<IdleContext> idle;
};

Pool &pool() {
  static Pool *instance = new Pool;
  return *instance;
}

std::unique_ptr<MLIRContext> makeContext(const Target &target) {
  DialectRegistry registry;
  registry.insert<PorticoDialect, func::FuncDialect, affine::AffineDialect, arith::ArithDialect,
                  gpu::GPUDialect, linalg::LinalgDialect, math::MathDialect, memref::MemRefDialect,
                  scf::SCFDialect, vector::VectorDialect>();
  target.registerDialects(registry);
  auto context = std::make_unique<MLIRContext>(registry, MLIRContext::Threading::DISABLED);
  context->loadAllAvailableDialects();
  context->printOpOnDiagnostic(false); // the op is in the reproducer
  return context;
}

} // namespace

PooledContext::PooledContext(const Target &target) : target(target) {
  {
    std::lock_guard<std::mutex> lock(pool().mutex);
    std::vector<IdleContext> &idle = pool().idle;
    for (size_t i = idle.size(); i-- > 0 && !context;) {
      if (idle[i].target != &target)
        continue;
      context = std::move(idle[i].context);
      uses = idle[i].uses;
      idle.erase(idle.begin() + ptrdiff_t(i));
    }
  }
  if (!context)
    context = makeContext(target);
}

PooledContext::~PooledContext() {
  if (++uses >= kUsesOfContext)
    return;
  std::lock_guard<std::mutex> lock(pool().mutex);
  if (pool().idle.size() < kIdleContexts)
    pool().idle.push_back({&target, std::move(context), uses});
}
