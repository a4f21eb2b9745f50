//===- harness.cpp - runs a kernel on an emulated device --------------------===//

#include "test/targets/hostsimt/harness.h"

#include "targets/Target.h"
#include "targets/common/HostCode.h"
#include "targets/hostsimt/Emulate.h"

#include "portico/driver.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "llvm/AsmParser/Parser.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/raw_ostream.h"

using namespace portico;
using namespace portico::test;

namespace {

const portico_driver &emulator() { return *portico_driver_find("hostsimt"); }

/// Links and loads `object`, and runs its kernel "p_k" on the buffers.
Outcome launch(const std::string &object, std::vector<void *> buffers, std::vector<uint64_t> bytes,
               Shape shape) {
  llvm::Expected<std::string> blob = host::linkShared({object});
  EXPECT(blob);
  const portico_driver &driver = emulator();
  void *module = nullptr, *kernel = nullptr;
  EXPECT(driver.module_load(nullptr, blob->data(), blob->size(), &module) == 0);
  EXPECT(driver.module_kernel(nullptr, module, "p_k", &kernel) == 0);
  int64_t status[4] = {0, 0, 0, -1};
  portico_launch launch = {};
  launch.struct_size = sizeof(launch);
  launch.kernel = kernel;
  launch.buffers = buffers.data();
  launch.buffer_bytes = bytes.data();
  launch.buffer_count = uint32_t(buffers.size());
  launch.extent = int64_t(shape.groups) * shape.items;
  launch.status = status;
  launch.grid[0] = shape.groups;
  launch.block[0] = shape.items;
  launch.grid[1] = launch.grid[2] = launch.block[1] = launch.block[2] = 1;
  launch.group_memory_bytes = 1 << 16;
  bool ok = driver.launch(nullptr, &launch) == 0;
  Outcome outcome = {ok, ok ? "" : driver.last_error(), status[3]};
  driver.module_unload(nullptr, module);
  return outcome;
}

template <typename T> uint64_t bytesOf(const Memory<T> &memory) {
  return std::min<uint64_t>(memory.bytes, memory.values.size() * sizeof(T));
}

std::string memref(const char *what, const char *space) {
  return std::string("memref<") + what + ", #gpu.address_space<" + space + ">>";
}

} // namespace

/// The module of `kernel`, whose text is that of a gpu.func, made an object for `flavour`.
static llvm::Expected<TargetObject> compile(const std::string &flavour, const std::string &kernel) {
  llvm::Expected<const Target *> target = lookupTarget("hostsimt:" + flavour);
  EXPECT(target);
  mlir::DialectRegistry registry;
  (*target)->registerDialects(registry);
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  context.loadAllAvailableDialects();
  auto module = mlir::parseSourceString<mlir::ModuleOp>(
      "module attributes {gpu.container_module} { gpu.module @kernels {\n" + kernel + "} }",
      &context);
  EXPECT(module);
  return (*target)->compileKernel(*module, "p_", /*keepStages=*/false);
}

Outcome portico::test::runKernel(const std::string &flavour, const std::string &body,
                                 Memory<float> &a, Memory<float> &b, Shape shape) {
  std::string data = memref("1024xf32", "global");
  llvm::Expected<TargetObject> object = compile(
      flavour,
      "gpu.func @k(%a: " + data + ", %b: " + data + ", %shared: " + memref("0xi8", "global") +
          ", %extent: i64, %status: " + memref("4xi64", "global") +
          ") workgroup(%g: " + memref("4096xi8", "workgroup") +
          ") kernel attributes {known_block_size = array<i32: " + std::to_string(shape.items) +
          ", 1, 1>} {\n"
          "  %zero = arith.constant 0 : index\n  %one = arith.constant 1 : index\n"
          "  %i = gpu.thread_id x\n"
          "  %w = memref.view %g[%zero][] : " +
          memref("4096xi8", "workgroup") + " to " + memref("1024xf32", "workgroup") + "\n" + body +
          "\n  gpu.return\n}");
  if (!object)
    return {false, llvm::toString(object.takeError()), -1};
  return launch(object->bytes, {a.values.data(), b.values.data(), nullptr},
                {bytesOf(a), bytesOf(b), 0}, shape);
}

Outcome portico::test::runTiles(const std::string &body, Memory<uint16_t> &x, Memory<float> &out) {
  std::string group = memref("33792xi8", "workgroup");
  llvm::Expected<TargetObject> object = compile(
      "nvvm90a",
      "gpu.func @k(%x: " + memref("4096xbf16", "global") +
          ", %out: " + memref("4096xf32", "global") + ", %shared: " + memref("0xi8", "global") +
          ", %extent: i64, %status: " + memref("4xi64", "global") + ") workgroup(%g: " + group +
          ") kernel attributes {known_block_size = array<i32: 128, 1, 1>} {\n"
          "  %c0 = arith.constant 0 : index\n"
          "  %behind = arith.constant 32768 : index\n"
          "  %i = gpu.thread_id x\n"
          "  %memory = memref.view %g[%c0][] : " +
          group + " to " + memref("32768xi8", "workgroup") +
          "\n  %signals = memref.view %g[%behind][] : " + group + " to " +
          memref("2xi64", "workgroup") + "\n" + body + "\n  gpu.return\n}");
  if (!object)
    return {false, llvm::toString(object.takeError()), -1};
  return launch(object->bytes, {x.values.data(), out.values.data(), nullptr},
                {bytesOf(x), bytesOf(out), 0}, {1, 128});
}

Outcome portico::test::runCode(const std::string &ir, uint32_t subgroupSize, Memory<float> &a,
                               Memory<float> &b, Shape shape) {
  llvm::LLVMContext context;
  llvm::SMDiagnostic diagnostic;
  std::unique_ptr<llvm::Module> module = llvm::parseAssemblyString(ir, diagnostic, context);
  if (!module)
    diagnostic.print("kernel", llvm::errs());
  EXPECT(module);
  hostsimt::EmulateOptions options;
  options.prefix = "p_";
  options.subgroupSize = subgroupSize;
  llvm::Expected<TargetObject> object = hostsimt::emulate(*module, options);
  if (!object)
    return {false, llvm::toString(object.takeError()), -1};
  return launch(object->bytes, {a.values.data(), b.values.data()}, {bytesOf(a), bytesOf(b)}, shape);
}
