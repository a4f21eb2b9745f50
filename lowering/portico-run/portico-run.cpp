//===- portico-run.cpp - compiles a module and runs it once -----------------===//
//
// Takes @main of a module of portico, or of a kernel that was dumped, makes inputs
// (counting, or seeded random numbers), runs it and prints the results:
//
//   portico-run --inputs=count add.mlir
//   portico-run --inputs=random --seed=7 --repeat=100 --time softmax.mlir
//   portico-run --device=name:machine --no-run --stages=folder softmax.mlir
//
//===----------------------------------------------------------------------===//

#include "lowering/Compiler.h"
#include "targets/Drivers.h"

#include "portico/runtime.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/raw_ostream.h"

#include <chrono>
#include <cstring>
#include <random>

using namespace mlir;
namespace cl = llvm::cl;

namespace {

struct Flags {
  std::string file, device, inputKind, policy, stages;
  int seed, repeat, threads;
  int64_t fuel;
  bool useCache, timing, describe, compileOnly;
  std::vector<unsigned> donated;
} flags;

/// Copies the options: a link inside the process resets every option of LLVM.
Flags parseFlags(int argc, char **argv) {
  static cl::opt<std::string> file(cl::Positional, cl::desc("<module>"), cl::init("-"));
  static cl::opt<std::string> device("device", cl::desc("where to run"));
  static cl::opt<std::string> inputKind("inputs", cl::desc("count or random"), cl::init("count"));
  static cl::opt<int> seed("seed", cl::desc("of random inputs"), cl::init(0));
  static cl::list<unsigned> donated("donate", cl::CommaSeparated,
                                    cl::desc("inputs that may be overwritten"));
  static cl::opt<std::string> policy("policy", cl::desc("of fusion"), cl::init("greedy"));
  static cl::opt<int64_t> fuel("fuel", cl::desc("fusions that may be done"), cl::init(-1));
  static cl::opt<bool> useCache("cache", cl::desc("use the caches"), cl::init(false));
  static cl::opt<int> repeat("repeat", cl::desc("runs"), cl::init(1));
  static cl::opt<bool> timing("time", cl::desc("print times instead of results"));
  static cl::opt<bool> describe("describe", cl::desc("print the layout of the program"));
  static cl::opt<std::string> stages("stages", cl::desc("folder to write every stage to"));
  static cl::opt<bool> compileOnly("no-run", cl::desc("compile only: no device is needed"));
  static cl::alias compileOnlyToo("compile-only", cl::desc("the same"), cl::aliasopt(compileOnly));
  static cl::alias output("o", cl::desc("the same as --stages"), cl::aliasopt(stages));
  static cl::opt<int> threads("num-threads", cl::desc("threads of a kernel"), cl::init(0));
  cl::ParseCommandLineOptions(argc, argv, "compiles a module of portico and runs it\n");
  return {
      file,    device, inputKind, policy, stages,   seed,        repeat,
      threads, fuel,   useCache,  timing, describe, compileOnly, {donated.begin(), donated.end()}};
}

[[noreturn]] void die(const llvm::Twine &message) {
  llvm::errs() << message << "\n";
  exit(1);
}

void check(portico_code code, const portico_status &status) {
  if (code)
    die(status.message);
}

/// One element, between its bytes and a number.
void storeElement(Type type, char *at, double value) {
  if (auto floating = dyn_cast<FloatType>(type)) {
    llvm::APFloat number(value);
    bool lossy;
    number.convert(floating.getFloatSemantics(), llvm::APFloat::rmNearestTiesToEven, &lossy);
    uint64_t bits = number.bitcastToAPInt().getZExtValue();
    std::memcpy(at, &bits, floating.getWidth() / 8);
    return;
  }
  int64_t integer = type.isInteger(1) ? value > 0 : int64_t(value);
  std::memcpy(at, &integer, (type.getIntOrFloatBitWidth() + 7) / 8);
}

void printElement(Type type, const char *at, llvm::raw_ostream &os) {
  unsigned bytes = (type.getIntOrFloatBitWidth() + 7) / 8;
  uint64_t bits = 0;
  std::memcpy(&bits, at, bytes);
  if (auto floating = dyn_cast<FloatType>(type)) {
    llvm::APFloat number(floating.getFloatSemantics(), llvm::APInt(floating.getWidth(), bits));
    bool lossy;
    number.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven, &lossy);
    os << llvm::format("%g", number.convertToDouble());
  } else if (type.isUnsignedInteger() || type.isInteger(1)) {
    os << bits;
  } else {
    os << (int64_t(bits << (64 - 8 * bytes)) >> (64 - 8 * bytes));
  }
}

std::vector<char> makeInput(RankedTensorType type, std::mt19937_64 &random) {
  Type element = type.getElementType();
  size_t bytes = (element.getIntOrFloatBitWidth() + 7) / 8;
  std::vector<char> data(bytes * size_t(type.getNumElements()));
  bool isFloat = isa<FloatType>(element);
  std::uniform_real_distribution<double> real(-1, 1);
  std::uniform_int_distribution<int> integer(0, 7);
  for (int64_t i = 0; i < type.getNumElements(); ++i) {
    double value =
        flags.inputKind == "random" ? (isFloat ? real(random) : integer(random)) : double(i);
    storeElement(element, data.data() + size_t(i) * bytes, value);
  }
  return data;
}

void printOutput(unsigned index, RankedTensorType type, const std::vector<char> &data) {
  size_t bytes = (type.getElementType().getIntOrFloatBitWidth() + 7) / 8;
  llvm::outs() << "output " << index << ": " << type << " =";
  for (int64_t i = 0; i < type.getNumElements(); ++i) {
    llvm::outs() << ' ';
    printElement(type.getElementType(), data.data() + size_t(i) * bytes, llvm::outs());
  }
  llvm::outs() << "\n";
}

void writeStages(const portico::CompileResult &result) {
  if (std::error_code error = llvm::sys::fs::create_directories(flags.stages))
    die("cannot make '" + flags.stages + "': " + error.message());
  for (size_t i = 0; i < result.stages.size(); ++i) {
    std::error_code error;
    llvm::raw_fd_ostream os(flags.stages + "/" + std::to_string(i) + "." + result.stages[i].name,
                            error);
    if (error)
      die("cannot write to '" + flags.stages + "': " + error.message());
    os << result.stages[i].text;
  }
  std::error_code error;
  llvm::raw_fd_ostream os(flags.stages + "/program.portico", error);
  if (error)
    die("cannot write to '" + flags.stages + "': " + error.message());
  os.write(reinterpret_cast<const char *>(result.program.data()), result.program.size());
}

portico::CompileResult compileOrDie(ModuleOp module, size_t inputs) {
  portico::CompileOptions options;
  options.device = flags.device;
  options.fusionPolicy = flags.policy;
  options.fuel = flags.fuel;
  options.cache = flags.useCache;
  options.keepStages = !flags.stages.empty();
  llvm::SmallVector<bool> donatable(inputs, false);
  for (unsigned input : flags.donated) {
    if (input >= inputs)
      die("--donate: there are " + llvm::Twine(inputs) + " inputs");
    donatable[input] = true;
  }
  llvm::Expected<portico::CompileResult> result = portico::compile(module, donatable, options);
  if (!result)
    die(llvm::toString(result.takeError()));
  for (const std::string &warning : result->warnings)
    llvm::errs() << "warning: " << warning << "\n";
  if (!flags.stages.empty())
    writeStages(*result);
  return std::move(*result);
}

void printLayout(const portico_program *program, const portico::CompileResult &result) {
  portico_program_info info{};
  info.struct_size = sizeof(info);
  portico_program_get_info(program, &info);
  llvm::outs() << "launches " << result.kernels << ", kernels " << info.kernels << ", commands "
               << info.commands << ", arena " << info.arena_bytes << ", constants "
               << info.constant_bytes << "\n";
  for (uint32_t i = 0; i < info.outputs; ++i)
    llvm::outs() << "output " << i << ": " << portico_program_output_bytes(program, i)
                 << " bytes, donor " << portico_program_output_donor(program, i) << "\n";
}

/// An error in the values delivers results all the same.
void report(portico_code code, const portico_status &status) {
  if (!code)
    return;
  llvm::outs() << "error " << code << " at op " << status.op << ": " << status.message << "\n";
  if (!portico_is_value_error(code))
    exit(1);
}

} // namespace

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  flags = parseFlags(argc, argv);
  portico::registerDrivers();

  MLIRContext context(MLIRContext::Threading::DISABLED);
  portico::loadCompilerDialects(context);
  auto module = parseSourceFile<ModuleOp>(flags.file, &context);
  if (!module)
    return 1;
  auto main = module->lookupSymbol<func::FuncOp>("main");
  if (!main)
    die("there is no function @main");
  FunctionType type = main.getFunctionType();
  portico::CompileResult compiled = compileOrDie(*module, type.getNumInputs());
  if (flags.compileOnly)
    return 0;

  portico_status status{};
  status.struct_size = sizeof(status);
  if (flags.threads)
    check(portico_set_num_threads(flags.threads, &status), status);
  portico_device *where = nullptr;
  check(portico_device_get(flags.device.c_str(), &where, &status), status);
  portico_program *program = nullptr;
  check(portico_program_load(where, compiled.program.data(), compiled.program.size(), &program,
                             &status),
        status);
  if (flags.describe)
    printLayout(program, compiled);

  std::mt19937_64 random{uint64_t(flags.seed)};
  std::vector<portico_buffer *> inputs(type.getNumInputs()), outputs(type.getNumResults());
  std::vector<uint8_t> donate(type.getNumInputs());
  for (unsigned input : flags.donated)
    donate[input] = 1;
  for (auto [i, input] : llvm::enumerate(type.getInputs())) {
    std::vector<char> data = makeInput(cast<RankedTensorType>(input), random);
    check(portico_buffer_allocate(where, data.size(), &inputs[i], &status), status);
    check(portico_buffer_write(inputs[i], 0, data.data(), data.size(), &status), status);
  }

  auto start = std::chrono::steady_clock::now();
  for (int run = 0; run < flags.repeat; ++run) {
    for (portico_buffer *&output : outputs) {
      portico_buffer_release(output);
      output = nullptr;
    }
    report(portico_program_run(program, inputs.data(), donate.data(), outputs.data(), &status),
           status);
  }
  // A device that works apart from the host is not done yet, and tells errors only now.
  report(portico_device_synchronize(where, &status), status);
  double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();

  if (flags.timing)
    llvm::outs() << llvm::format("compile %.1f ms (%d of %d kernels), run %.3f us\n", compiled.ms,
                                 compiled.kernelsCompiled, compiled.kernels,
                                 seconds * 1e6 / flags.repeat);
  for (unsigned i = 0; i < outputs.size(); ++i) {
    if (!flags.timing) {
      std::vector<char> data(portico_buffer_bytes(outputs[i]));
      check(portico_buffer_read(outputs[i], 0, data.data(), data.size(), &status), status);
      printOutput(i, cast<RankedTensorType>(type.getResult(i)), data);
    }
    portico_buffer_release(outputs[i]);
  }
  for (portico_buffer *input : inputs)
    portico_buffer_release(input);
  portico_program_release(program);
  return 0;
}
