//===- PluginTarget.cpp - a compile half behind a C table -------------------===//
//
// A kernel module goes through as bytecode (KernelBytecode.h).
//
//===----------------------------------------------------------------------===//

#include "targets/PluginTarget.h"
#include "targets/KernelBytecode.h"
#include "targets/MachineFigures.h"
#include "targets/common/HostCode.h"

#include "mlir/IR/BuiltinOps.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <map>
#include <mutex>

using namespace portico;

namespace {

/// A table as this build knows it: what the plug-in was compiled without is null.
struct Table {
  explicit Table(const portico_compiler *given) {
    memcpy(&table, given, std::min<uint64_t>(given->struct_size, sizeof(table)));
  }
  const portico_compiler *operator->() const { return &table; }

  llvm::Error error(const char *what, llvm::StringRef arch) const {
    const char *why = table.last_error();
    return llvm::createStringError(std::string("[") + table.name + "] " + what + " failed for '" +
                                   arch.str() + "': " + (why && *why ? why : "no reason given"));
  }

  portico_compiler table{};
};

/// Bytes of the plug-in's, given back when they go.
class Bytes {
public:
  explicit Bytes(const Table &table) : table(table) {}
  ~Bytes() {
    if (bytes.data)
      table->release(&bytes);
  }
  Bytes(const Bytes &) = delete;
  portico_bytes *get() { return &bytes; }
  std::string str() const { return {static_cast<const char *>(bytes.data), bytes.size}; }

private:
  const Table &table;
  portico_bytes bytes{};
};

portico_machine asMachine(const TargetInfo &info) {
  portico_machine machine{};
  machine.struct_size = sizeof(machine);
  machine.vector_bits = info.vectorBits;
  machine.doubles = info.doubles;
  machine.vector_registers = info.vectorRegisters;
  machine.fma = info.fma;
  machine.masked_memory = info.maskedMemory;
  machine.l1_bytes = info.l1Bytes;
  machine.l2_bytes = info.l2Bytes;
  machine.l3_bytes = info.l3Bytes;
  SimtInfo simt;
  machine.subgroup_size = int32_t(simt.subgroupSize);
  machine.max_workgroup_size = simt.maxWorkgroupSize;
  machine.group_memory_bytes = simt.groupMemoryBytes;
  machine.compute_units = simt.computeUnits;
  return machine;
}

MatrixPart asPart(const portico_matrix_part &given) {
  auto digits = [](const portico_matrix_digit *first, uint64_t count) {
    std::vector<MatrixPart::Digit> result;
    for (uint64_t i = 0; i < count; ++i)
      result.push_back(
          {first[i].of_element ? MatrixPart::Source::element : MatrixPart::Source::lane,
           first[i].divisor, first[i].modulus, first[i].factor});
    return result;
  };
  return {given.elements, digits(given.row, given.row_digits),
          digits(given.column, given.column_digits)};
}

TargetInfo asInfo(const portico_machine &machine, std::string arch) {
  TargetInfo info;
  info.arch = std::move(arch);
  info.vectorBits = machine.vector_bits;
  info.doubles = machine.doubles;
  info.vectorRegisters = machine.vector_registers;
  info.fma = machine.fma != 0;
  info.maskedMemory = machine.masked_memory != 0;
  info.l1Bytes = machine.l1_bytes;
  info.l2Bytes = machine.l2_bytes;
  info.l3Bytes = machine.l3_bytes;
  if (!machine.work_groups)
    return info;
  SimtInfo &simt = info.simt.emplace();
  simt.subgroupSize = machine.subgroup_size;
  simt.maxWorkgroupSize = machine.max_workgroup_size;
  simt.groupMemoryBytes = machine.group_memory_bytes;
  simt.computeUnits = machine.compute_units;
  for (uint64_t i = 0; i < machine.matrix_unit_count; ++i) {
    const portico_matrix_unit &unit = machine.matrix_units[i];
    simt.matrixUnits.push_back({unit.m, unit.n, unit.k, MatrixUnit::Element(unit.input),
                                MatrixUnit::Element(unit.accumulator), asPart(unit.a),
                                asPart(unit.b), asPart(unit.c)});
  }
  return info;
}

portico_product asProduct(const LibraryProduct &product) {
  static_assert(int(MatrixUnit::Element::i32) == PORTICO_I32, "the same order");
  portico_product given{};
  given.struct_size = sizeof(given);
  given.batch = product.batch;
  given.m = product.m;
  given.n = product.n;
  given.k = product.k;
  given.lhs_transposed = product.lhsTransposed;
  given.rhs_transposed = product.rhsTransposed;
  given.element = int32_t(product.element);
  return given;
}

class PluginTarget : public Target {
public:
  PluginTarget(const Table &table, TargetInfo info, std::string maker)
      : Target(std::move(maker)), table(table), machine(std::move(info)) {
    if (table->product_cost && table->product_object)
      addLibrary();
  }

  llvm::StringRef name() const override { return table->name; }

  std::vector<std::string> archs() const override {
    std::vector<std::string> names;
    while (const char *arch = table->arch(uint32_t(names.size())))
      names.push_back(arch);
    return names;
  }

  llvm::Expected<const Target *> forArch(llvm::StringRef arch) const override;
  const TargetInfo &info() const override { return machine; }
  void registerDialects(mlir::DialectRegistry &) const override {} // it has a context of its own

  llvm::Expected<TargetObject> compileKernel(mlir::ModuleOp module, llvm::StringRef prefix,
                                             bool) const override {
    std::string bytecode = kernelBytecode(module);
    // A link resets the options of this process's LLVM, which a plug-in may share.
    auto lock = host::codegenLock();
    Bytes object(table);
    if (table->compile(machine.arch.c_str(), bytecode.data(), bytecode.size(), prefix.str().c_str(),
                       object.get()))
      return table.error("compiling a kernel", machine.arch);
    return TargetObject{object.str(), {}};
  }

  llvm::Expected<std::string> link(llvm::ArrayRef<llvm::StringRef> objects) const override {
    std::vector<portico_bytes> list;
    for (llvm::StringRef object : objects)
      list.push_back({object.data(), object.size(), nullptr});
    auto lock = host::codegenLock();
    Bytes blob(table);
    if (table->link(machine.arch.c_str(), list.data(), list.size(), blob.get()))
      return table.error("linking", machine.arch);
    return blob.str();
  }

  llvm::ArrayRef<LibraryKernel> libraryKernels() const override { return library; }

private:
  void addLibrary() {
    LibraryKernel kernel;
    kernel.name = std::string(table->name) + " product";
    kernel.cost = [this](const LibraryProduct &product) -> std::optional<double> {
      portico_product given = asProduct(product);
      double microseconds = -1;
      if (table->product_cost(machine.arch.c_str(), &given, &microseconds) || microseconds < 0)
        return std::nullopt;
      return microseconds;
    };
    kernel.make = [this](const LibraryProduct &product, llvm::StringRef symbol,
                         LibraryLaunch &launch) -> llvm::Expected<std::string> {
      portico_product given = asProduct(product);
      portico_kernel_shape shape{};
      shape.struct_size = sizeof(shape);
      shape.extent = shape.grain = 1;
      auto lock = host::codegenLock();
      Bytes object(table);
      if (table->product_object(machine.arch.c_str(), &given, symbol.str().c_str(), &shape,
                                object.get()))
        return table.error("making a library kernel", machine.arch);
      launch.extent = shape.extent;
      launch.grain = shape.grain;
      launch.scratchBytes = int64_t(shape.scratch_bytes);
      launch.sharedBytes = int64_t(shape.shared_bytes);
      std::copy_n(shape.grid, 3, launch.grid.begin());
      std::copy_n(shape.block, 3, launch.block.begin());
      launch.groupMemoryBytes = shape.group_memory_bytes;
      return object.str();
    };
    library.push_back(std::move(kernel));
  }

  const Table table;
  const TargetInfo machine;
  std::vector<LibraryKernel> library;
};

llvm::Expected<std::unique_ptr<const PluginTarget>> makeFor(const Table &table, std::string arch,
                                                            std::string maker) {
  portico_machine machine = asMachine(TargetInfo());
  if (table->machine(arch.c_str(), &machine))
    return table.error("describing the machine", arch);
  TargetInfo info = asInfo(machine, std::move(arch));
  for (auto check : {checkFigures, checkRoom})
    if (llvm::Error error = check(info))
      return llvm::joinErrors(llvm::createStringError(std::string("[") + table->name +
                                                      "] the figures of '" + info.arch + "':"),
                              std::move(error));
  return std::make_unique<const PluginTarget>(table, std::move(info), std::move(maker));
}

llvm::Expected<const Target *> PluginTarget::forArch(llvm::StringRef arch) const {
  if (arch == machine.arch)
    return this;
  // The machines that were asked for, by target and name, for ever.
  static auto *made = new std::map<std::string, std::unique_ptr<const PluginTarget>>;
  static std::mutex mutex;
  std::lock_guard<std::mutex> lock(mutex);
  std::unique_ptr<const PluginTarget> &entry = (*made)[name().str() + ":" + arch.str()];
  if (!entry) {
    llvm::Expected<std::unique_ptr<const PluginTarget>> target =
        makeFor(table, arch.str(), maker().str());
    if (!target)
      return target.takeError();
    entry = std::move(*target);
  }
  return entry.get();
}

bool complete(const portico_compiler &table) {
  return table.name && *table.name && table.arch && table.machine && table.compile && table.link &&
         table.release && table.last_error;
}

} // namespace

llvm::Expected<std::unique_ptr<const Target>>
portico::makePluginTarget(const portico_compiler *compiler, std::string maker) {
  constexpr size_t required = offsetof(portico_compiler, product_cost);
  if (!compiler || compiler->abi != PORTICO_COMPILER_ABI || compiler->struct_size < required)
    return llvm::createStringError(
        "[target] a compile half for another version; got version %u and a table of %llu bytes; "
        "expected version %d and at least %zu; try rebuilding it",
        compiler ? compiler->abi : 0,
        static_cast<unsigned long long>(compiler ? compiler->struct_size : 0), PORTICO_COMPILER_ABI,
        required);
  Table table(compiler);
  if (!complete(table.table))
    return llvm::createStringError("[target] a required function is missing in the table of '%s'; "
                                   "expected all above 'optional' in plugin.h",
                                   table->name ? table->name : "?");
  const char *first = table->arch(0);
  if (!first)
    return llvm::createStringError("[%s] makes code for no machine; expected arch(0)", table->name);
  return makeFor(table, first, std::move(maker));
}
