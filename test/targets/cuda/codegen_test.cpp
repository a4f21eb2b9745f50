//===- codegen_test.cpp - kernels of the gpu dialect to PTX -----------------===//

#include "test/runtime/harness.h"

#include "targets/Target.h"
#include "targets/cuda/CudaObject.h"
#include "targets/cuda/Ptxas.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"

using namespace portico;
using namespace portico::test;

namespace {

const Target &machine(const char *arch) {
  llvm::Expected<const Target *> found = lookupTarget(std::string("cuda:") + arch);
  EXPECT(found);
  return **found;
}

/// A kernel of 64 work-items with the arguments of Kernels.h, and `group` bytes of
/// group memory where it is not 0.
llvm::Expected<TargetObject> compileKernel(const std::string &body, int64_t group = 0,
                                           const char *arch = "sm_80") {
  const Target &target = machine(arch);
  mlir::DialectRegistry registry;
  target.registerDialects(registry);
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  context.loadAllAvailableDialects();
  std::string said;
  mlir::ScopedDiagnosticHandler collect(
      &context, [&](mlir::Diagnostic &diagnostic) { said += "; " + diagnostic.str(); });
  std::string space = "#gpu.address_space<";
  std::string attribution =
      group ? " workgroup(%g: memref<" + std::to_string(group) + "xi8, " + space + "workgroup>>)"
            : "";
  std::string text = "module attributes {gpu.container_module} { gpu.module @kernels {\n"
                     "gpu.func @k(%a: memref<16xf32, " +
                     space + "global>> {portico.noalias}, %b: memref<16xf32, " + space +
                     "global>>, %shared: memref<0xi8, " + space +
                     "global>>, %extent: i64, %status: memref<4xi64, " + space + "global>>)" +
                     attribution +
                     " kernel attributes {known_block_size = array<i32: 64, 1, 1>} {\n"
                     "  %i = gpu.thread_id x\n" +
                     body + "\n  gpu.return\n} } }";
  auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
  EXPECT(module);
  llvm::Expected<TargetObject> object = target.compileKernel(*module, "p_", /*keepStages=*/true);
  if (!object)
    return llvm::createStringError(llvm::toString(object.takeError()) + said);
  return object;
}

/// The text of a stage of a kernel that compiles.
std::string stage(llvm::Expected<TargetObject> object, const char *name) {
  if (!object)
    failAt(__FILE__, __LINE__, "a kernel: " + llvm::toString(object.takeError()));
  for (const auto &[known, text] : object->stages)
    if (known == name)
      return text;
  failAt(__FILE__, __LINE__, std::string("a stage ") + name);
}

bool contains(const std::string &text, const std::string &part) {
  return text.find(part) != std::string::npos;
}

const std::string kGlobal = " : memref<16xf32, #gpu.address_space<global>>";
const std::string kLoad = "  %x = memref.load %a[%i]" + kGlobal + "\n";
const std::string kStore = "  memref.store %y, %b[%i]" + kGlobal + "\n";

std::string unary(const std::string &op) { return kLoad + "  %y = " + op + " : f32\n" + kStore; }

} // namespace

TEST(cuda_kernels_have_their_parameters_and_their_block) {
  std::string ptx = stage(compileKernel(unary("arith.negf %x")), "ptx");
  EXPECT(contains(ptx, ".version 7.0\n.target sm_80\n"));
  EXPECT(contains(ptx, ".visible .entry p_k("));
  EXPECT(contains(ptx, ".reqntid 64, 1, 1"));
  EXPECT(contains(ptx, ".param .u64 p_k_param_3,") && contains(ptx, "p_k_param_4\n)"));
  EXPECT(contains(ptx, "ld.global.") && contains(ptx, "st.global."));
}

TEST(cuda_pointers_keep_what_is_known_of_them) {
  std::string code = stage(compileKernel(unary("arith.negf %x")), "llvm");
  EXPECT(contains(code, "ptx_kernel void @p_k(ptr addrspace(1) noalias align 16 %0, "
                        "ptr addrspace(1) align 16 %1"));
}

TEST(cuda_machines_have_their_ptx_version) {
  EXPECT(contains(stage(compileKernel("", 0, "sm_90a"), "ptx"), ".version 8.0\n.target sm_90a\n"));
  EXPECT(contains(stage(compileKernel("", 0, "sm_100"), "ptx"), ".version 8.6\n.target sm_100\n"));
}

TEST(cuda_products_and_sums_are_rounded_one_by_one) {
  std::string body = kLoad + "  %m = arith.mulf %x, %x : f32\n  %y = arith.addf %m, %x : f32\n";
  std::string ptx = stage(compileKernel(body + kStore), "ptx");
  // Without `.rn` the assembler would join them.
  EXPECT(contains(ptx, "mul.rn.f32") && contains(ptx, "add.rn.f32") && !contains(ptx, "fma"));
  ptx = stage(compileKernel(unary("math.fma %x, %x, %x")), "ptx");
  EXPECT(contains(ptx, "fma.rn.f32"));
}

TEST(cuda_math_that_is_left_is_one_instruction) {
  const char *instructions[][2] = {
      {"math.sqrt %x", "sqrt.rn.f32"},       {"math.absf %x", "abs.f32"},
      {"math.floor %x", "cvt.rmi.f32.f32"},  {"math.ceil %x", "cvt.rpi.f32.f32"},
      {"math.trunc %x", "cvt.rzi.f32.f32"},  {"math.roundeven %x", "cvt.rni.f32.f32"},
      {"math.copysign %x, %x", "st.global"}, {"arith.maximumf %x, %x", "st.global"},
  };
  for (auto &[op, instruction] : instructions) {
    std::string ptx = stage(compileKernel(unary(op)), "ptx");
    EXPECT(contains(ptx, instruction) && !contains(ptx, "call"));
  }
  // Division is rounded right, and denormals stay.
  std::string ptx = stage(compileKernel(unary("arith.divf %x, %x")), "ptx");
  EXPECT(!contains(ptx, "div.approx") && !contains(ptx, "div.full") && !contains(ptx, ".ftz"));
}

TEST(cuda_barriers_and_shuffles_are_instructions) {
  std::string ptx = stage(compileKernel("  %w = arith.constant 32 : i32\n"
                                        "  %o = arith.constant 16 : i32\n" +
                                        kLoad +
                                        "  %y, %in = gpu.shuffle xor %x, %o, %w : f32\n"
                                        "  gpu.barrier\n" +
                                        kStore),
                          "ptx");
  EXPECT(contains(ptx, "shfl.sync.bfly.b32") && contains(ptx, "bar.sync"));
}

TEST(cuda_code_that_needs_a_library_is_refused) {
  llvm::Expected<TargetObject> object = compileKernel(unary("math.exp %x"));
  EXPECT(!object);
  EXPECT(contains(llvm::toString(object.takeError()), "calls '__nv_expf'"));
}

static std::string throughGroupMemory(int64_t bytes) {
  return kLoad + "  %zero = arith.constant 0 : index\n  %v = memref.view %g[%zero][] : memref<" +
         std::to_string(bytes) +
         "xi8, #gpu.address_space<workgroup>> to memref<64xf32, #gpu.address_space<workgroup>>\n"
         "  memref.store %x, %v[%i] : memref<64xf32, #gpu.address_space<workgroup>>\n"
         "  gpu.barrier\n"
         "  %c63 = arith.constant 63 : index\n  %j = arith.subi %c63, %i : index\n"
         "  %y = memref.load %v[%j] : memref<64xf32, #gpu.address_space<workgroup>>\n" +
         kStore;
}

TEST(cuda_group_memory_is_part_of_the_code_up_to_48_kilobytes) {
  for (int64_t bytes : {256, 48 << 10}) {
    std::string ptx = stage(compileKernel(throughGroupMemory(bytes), bytes), "ptx");
    EXPECT(contains(ptx, ".shared .align 1024 .b8 ") &&
           contains(ptx, "[" + std::to_string(bytes) + "];"));
    EXPECT(contains(ptx, "st.shared") && contains(ptx, "ld.shared"));
  }
}

TEST(cuda_more_group_memory_comes_with_the_launch) {
  std::string ptx = stage(compileKernel(throughGroupMemory(64 << 10), 64 << 10), "ptx");
  EXPECT(contains(ptx, ".extern .shared .align 1024 .b8 ") && contains(ptx, "[];"));
  EXPECT(contains(ptx, "st.shared"));
}

TEST(cuda_objects_name_their_functions_and_link_side_by_side) {
  llvm::Expected<TargetObject> object = compileKernel(unary("arith.negf %x"));
  EXPECT(object);
  llvm::Expected<std::string> blob = machine("sm_80").link({object->bytes, object->bytes});
  EXPECT(blob);
  std::vector<BundlePiece> pieces;
  EXPECT(unpackBundle(blob->data(), blob->size(), pieces) && pieces.size() == 2);
  portico::cuda::Object unpacked;
  EXPECT(portico::cuda::unpackObject(pieces[1], unpacked));
  EXPECT(unpacked.functions == "p_k\n");
  EXPECT(contains(unpacked.ptx, ".entry p_k("));
  bool assembled = portico::cuda::ptxas().version != 0;
  EXPECT(unpacked.cubin.empty() != assembled);
  EXPECT(!assembled || unpacked.cubin.compare(0, 4, "\177ELF") == 0);
}

TEST(cuda_machines_that_are_not_known_get_the_code_of_earlier_ones) {
  EXPECT(contains(machine("sm_87").info().arch, "sm_86;"));
  EXPECT(contains(machine("sm_103").info().arch, "sm_100;"));
  EXPECT(contains(machine("sm_90a").info().arch, "sm_90a;ptx80"));
  for (const char *arch : {"sm_70", "gfx942", "sm_80b"}) {
    llvm::Expected<const Target *> found = lookupTarget(std::string("cuda:") + arch);
    EXPECT(!found);
    EXPECT(contains(llvm::toString(found.takeError()), "expected one of sm_80, sm_90a"));
  }
}

TEST(cuda_uses_an_assembler_that_knows_the_machine) {
  portico::cuda::Ptxas none, cuda11{"ptxas", 1105}, cuda12{"ptxas", 1206}, cuda13{"ptxas", 1300};
  auto knows = [](const portico::cuda::Ptxas &ptxas, const char *name) {
    return ptxas.knows(*portico::cuda::findMachine(name));
  };
  EXPECT(!knows(none, "sm_80"));
  EXPECT(knows(cuda11, "sm_80") && !knows(cuda11, "sm_90a"));
  EXPECT(knows(cuda12, "sm_90a") && !knows(cuda12, "sm_100"));
  EXPECT(knows(cuda13, "sm_100") && knows(cuda13, "sm_120"));
}

//===----------------------------------------------------------------------===//
// Matrix instructions
//===----------------------------------------------------------------------===//

static std::string part(int64_t elements, const std::string &type) {
  return "vector<" + std::to_string(elements) + "x" + type + ">";
}

/// A product of what lies at the start of group memory.
static std::string product(const std::string &type, int64_t k, int64_t a, int64_t b,
                           const std::string &flag = "") {
  std::string memory = "memref<64x" + type + ", #gpu.address_space<workgroup>>";
  std::string result = part(4, "f32");
  return "  %z = arith.constant 0 : index\n  %v = memref.view %g[%z][] : memref<1024xi8, "
         "#gpu.address_space<workgroup>> to " +
         memory + "\n  %x = vector.load %v[%z] : " + memory + ", " + part(a, type) +
         "\n  %y = vector.load %v[%i] : " + memory + ", " + part(b, type) +
         "\n  %c = vector.load %a[%z]" + kGlobal + ", " + result +
         "\n  %d = simt.multiply_add %x, %y, %c {m = 16, n = 8, k = " + std::to_string(k) + flag +
         "} : " + part(a, type) + ", " + part(b, type) + ", " + result +
         "\n  vector.store %d, %b[%z]" + kGlobal + ", " + result;
}

TEST(cuda_matrix_products_are_instructions) {
  EXPECT(contains(stage(compileKernel(product("bf16", 16, 8, 4), 1024), "ptx"),
                  "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32"));
  EXPECT(contains(stage(compileKernel(product("f16", 16, 8, 4), 1024, "sm_90a"), "ptx"),
                  "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32"));
  EXPECT(contains(stage(compileKernel(product("f32", 8, 4, 2, ", tf32"), 1024, "sm_100"), "ptx"),
                  "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32"));
}

TEST(cuda_matrix_products_of_other_sizes_are_refused) {
  for (const std::string &body :
       {product("f16", 8, 8, 4), product("f16", 16, 4, 4), product("f32", 8, 4, 2)}) {
    llvm::Expected<TargetObject> object = compileKernel(body, 1024);
    EXPECT(!object);
    EXPECT(contains(llvm::toString(object.takeError()), "is no matrix instruction"));
  }
}

TEST(cuda_lanes_hold_every_element_of_a_matrix_once) {
  const SimtInfo &simt = *machine("sm_80").info().simt;
  EXPECT(!simt.matrixUnits.empty());
  EXPECT(machine("sm_75").info().simt->matrixUnits.empty());
  auto at = [](const std::vector<MatrixPart::Digit> &digits, int64_t lane, int64_t element) {
    int64_t sum = 0;
    for (const MatrixPart::Digit &digit : digits)
      sum += (digit.source == MatrixPart::Source::lane ? lane : element) / digit.divisor %
             digit.modulus * digit.factor;
    return sum;
  };
  auto covered = [&](const MatrixPart &part, int64_t rows, int64_t columns) {
    std::vector<int> held(rows * columns);
    for (int64_t lane = 0; lane < 32; ++lane)
      for (int64_t e = 0; e < part.elements; ++e) {
        int64_t row = at(part.row, lane, e), column = at(part.column, lane, e);
        EXPECT(row < rows && column < columns);
        ++held[row * columns + column];
      }
    for (int count : held)
      EXPECT(count == 1);
  };
  for (const MatrixUnit &unit : simt.matrixUnits) {
    covered(unit.a, unit.m, unit.k);
    covered(unit.b, unit.k, unit.n);
    covered(unit.c, unit.m, unit.n);
  }
  // Two elements by hand, from the manual: a6 of lane 5 in 16x16, b1 of lane 6 in 8x8.
  const MatrixUnit &half = simt.matrixUnits[0], &word = simt.matrixUnits[2];
  EXPECT(at(half.a.row, 5, 6) == 9 && at(half.a.column, 5, 6) == 10);
  EXPECT(at(word.b.row, 6, 1) == 6 && at(word.b.column, 6, 1) == 1);
}
