//===- codegen_test.cpp - the compile half, on kernels written by hand -------===//

#include "test/runtime/harness.h"

#include "targets/Target.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"

using namespace portico;
using namespace portico::test;

namespace {

/// A kernel with one buffer of 4096 f32, `group` bytes of group memory, and `body`.
llvm::Expected<TargetObject> compileBody(const char *device, const std::string &body,
                                         int64_t group = 64, const char *block = "128, 2, 1") {
  llvm::Expected<const Target *> target = lookupTarget(device);
  EXPECT(target);
  mlir::DialectRegistry registry;
  (*target)->registerDialects(registry);
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  context.loadAllAvailableDialects();
  mlir::ScopedDiagnosticHandler quiet(&context, [](mlir::Diagnostic &) {});
  std::string text =
      "module attributes {gpu.container_module} { gpu.module @kernels {\n"
      "gpu.func @k(%a: memref<4096xf32, #gpu.address_space<global>> {portico.noalias}, %n: i64,\n"
      "    %status: memref<4xi64, #gpu.address_space<global>>)\n"
      "  workgroup(%g: memref<" +
      std::to_string(group) +
      "xi8, #gpu.address_space<workgroup>>)\n"
      "  kernel attributes {known_block_size = array<i32: " +
      block + ">} {\n" + body + "\n  gpu.return\n} } }";
  auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
  EXPECT(module);
  return (*target)->compileKernel(*module, "p_", /*keepStages=*/true);
}

std::string stage(const TargetObject &object, const char *name) {
  for (const auto &[known, text] : object.stages)
    if (known == name)
      return text;
  failAt(__FILE__, __LINE__, std::string("a stage ") + name);
}

std::string compiled(const char *device, const char *wanted, const std::string &body,
                     int64_t group = 64, const char *block = "128, 2, 1") {
  llvm::Expected<TargetObject> object = compileBody(device, body, group, block);
  if (!object)
    failAt(__FILE__, __LINE__, "code, got " + llvm::toString(object.takeError()));
  return stage(*object, wanted);
}

std::string refused(const char *device, const std::string &body, int64_t group = 64) {
  llvm::Expected<TargetObject> object = compileBody(device, body, group);
  EXPECT(!object);
  return llvm::toString(object.takeError());
}

bool contains(const std::string &text, const char *part) {
  return text.find(part) != std::string::npos;
}

/// Stores an index to the buffer, so that it is computed.
std::string storeIndex(const std::string &value) {
  return value + "\n %i = arith.index_cast %v : index to i32\n %f = arith.sitofp %i : i32 to f32\n"
                 " %t = gpu.thread_id x\n"
                 " memref.store %f, %a[%t] : memref<4096xf32, #gpu.address_space<global>>";
}

constexpr const char *kAll[] = {"rocm:gfx90a", "rocm:gfx942", "rocm:gfx1100", "rocm:gfx1201"};

} // namespace

TEST(rocm_sizes_of_a_block_are_numbers) {
  for (const char *device : kAll) {
    EXPECT(contains(compiled(device, "llvm-optimised", storeIndex("%v = gpu.block_dim x")),
                    "store float 1.280000e+02"));
    EXPECT(contains(compiled(device, "llvm-optimised", storeIndex("%v = gpu.block_dim y")),
                    "store float 2.000000e+00"));
  }
  // 256 work-items in subgroups of 64, of 32.
  std::string count = storeIndex("%v = gpu.num_subgroups : index");
  EXPECT(contains(compiled("rocm:gfx942", "llvm-optimised", count), "store float 4.000000e+00"));
  EXPECT(contains(compiled("rocm:gfx1100", "llvm-optimised", count), "store float 8.000000e+00"));
}

TEST(rocm_subgroups_are_counted_along_the_first_dimension) {
  std::string text =
      compiled("rocm:gfx942", "llvm-optimised", storeIndex("%v = gpu.subgroup_id : index"));
  // (x + 128 y) / 64
  EXPECT(contains(text, "@llvm.amdgcn.workitem.id.y"));
  EXPECT(contains(text, "i32 %") && contains(text, ", 6"));
  // One row of work-items: the others are 0.
  text = compiled("rocm:gfx942", "llvm-optimised", storeIndex("%v = gpu.subgroup_id : index"), 64,
                  "256, 1, 1");
  EXPECT(!contains(text, "workitem.id.y"));
}

TEST(rocm_the_number_of_groups_is_a_hidden_argument) {
  for (const char *device : kAll) {
    std::string text = compiled(device, "isa", storeIndex("%v = gpu.grid_dim y"));
    EXPECT(contains(text, "hidden_block_count_y"));
    EXPECT(!contains(text, "hidden_hostcall_buffer"));
    text = compiled(device, "isa", storeIndex("%v = gpu.block_dim x"));
    EXPECT(!contains(text, "hidden_"));
  }
}

TEST(rocm_kernels_are_limited_to_their_block) {
  std::string text =
      compiled("rocm:gfx90a", "isa", storeIndex("%v = gpu.block_dim x"), 64, "1024, 1, 1");
  EXPECT(contains(text, ".max_flat_workgroup_size: 1024"));
  EXPECT(contains(text, "p_k.kd"));
}

TEST(rocm_group_memory_is_aligned_for_whatever_lies_there) {
  std::string body = R"(
    %c = arith.constant 16 : index
    %t = gpu.thread_id x
    %v = memref.view %g[%c][] : memref<1040xi8, #gpu.address_space<workgroup>> to memref<256xf32, #gpu.address_space<workgroup>>
    %x = vector.load %a[%t] : memref<4096xf32, #gpu.address_space<global>>, vector<4xf32>
    vector.store %x, %v[%c] : memref<256xf32, #gpu.address_space<workgroup>>, vector<4xf32>
    gpu.barrier
    %y = memref.load %v[%t] : memref<256xf32, #gpu.address_space<workgroup>>
    memref.store %y, %a[%t] : memref<4096xf32, #gpu.address_space<global>>)";
  std::string text = compiled("rocm:gfx942", "llvm", body, 1040);
  EXPECT(contains(text, "internal addrspace(3) global [1040 x i8] undef, align 16") ||
         contains(text, "internal addrspace(3) global [1040 x i8] poison, align 16"));
  EXPECT(contains(compiled("rocm:gfx942", "isa", body, 1040), ".group_segment_fixed_size: 1040"));
}

TEST(rocm_private_memory_is_the_stack_or_registers) {
  std::string text = compiled("rocm:gfx1201", "llvm", R"(
    %m = memref.alloca() : memref<8xf32, #gpu.address_space<private>>
    %t = gpu.thread_id x
    %x = memref.load %a[%t] : memref<4096xf32, #gpu.address_space<global>>
    memref.store %x, %m[%t] : memref<8xf32, #gpu.address_space<private>>
    %y = memref.load %m[%t] : memref<8xf32, #gpu.address_space<private>>
    memref.store %y, %a[%t] : memref<4096xf32, #gpu.address_space<global>>)");
  EXPECT(contains(text, "alloca float, i64 8") && contains(text, "addrspace(5)"));
}

TEST(rocm_products_and_sums_stay_apart) {
  std::string body = R"(
    %t = gpu.thread_id x
    %x = memref.load %a[%t] : memref<4096xf32, #gpu.address_space<global>>
    %y = arith.mulf %x, %x : f32
    %z = arith.addf %y, %x : f32
    memref.store %z, %a[%t] : memref<4096xf32, #gpu.address_space<global>>)";
  for (const char *device : kAll) {
    std::string text = compiled(device, "isa", body);
    EXPECT(contains(text, "v_mul_f32") && contains(text, "v_add_f32"));
    EXPECT(!contains(text, "v_fma") && !contains(text, "v_mad") && !contains(text, "v_mac"));
  }
}

TEST(rocm_more_group_memory_than_there_is_is_an_error_not_the_end) {
  std::string message = refused("rocm:gfx942", storeIndex("%v = gpu.block_dim x") + R"(
    %z = arith.constant 0 : index
    %w = memref.load %g[%z] : memref<65552xi8, #gpu.address_space<workgroup>>
    %u = arith.uitofp %w : i8 to f32
    memref.store %u, %a[%z] : memref<4096xf32, #gpu.address_space<global>>)",
                                65552);
  EXPECT(contains(message, "local memory (65552) exceeds limit (65536)"));
}

TEST(rocm_functions_of_a_library_are_refused) {
  std::string message = refused("rocm:gfx1100", R"(
    %t = gpu.thread_id x
    %x = memref.load %a[%t] : memref<4096xf32, #gpu.address_space<global>>
    %y = math.erf %x : f32
    memref.store %y, %a[%t] : memref<4096xf32, #gpu.address_space<global>>)");
  EXPECT(contains(message, "the code calls '__ocml_erf_f32'"));
}

TEST(rocm_a_kernel_without_a_known_block_is_refused) {
  std::string text = "module attributes {gpu.container_module} { gpu.module @kernels {\n"
                     "gpu.func @k(%a: memref<8xindex, #gpu.address_space<global>>) kernel {\n"
                     "%c = arith.constant 0 : index\n %v = gpu.block_dim x\n"
                     "memref.store %v, %a[%c] : memref<8xindex, #gpu.address_space<global>>\n"
                     "gpu.return } } }";
  const Target *target = *lookupTarget("rocm:gfx942");
  mlir::DialectRegistry registry;
  target->registerDialects(registry);
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  context.loadAllAvailableDialects();
  std::string problems;
  mlir::ScopedDiagnosticHandler keep(
      &context, [&](mlir::Diagnostic &diagnostic) { problems += diagnostic.str(); });
  auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
  EXPECT(module);
  llvm::Expected<TargetObject> object = target->compileKernel(*module, "p_", false);
  EXPECT(!object);
  llvm::consumeError(object.takeError());
  EXPECT(contains(problems, "needs the known_block_size of its kernel"));
}

/// One matrix instruction on what lies at the beginning of group memory.
static std::string multiplyAdd(const char *element, int64_t m, int64_t k, int64_t inputs,
                               int64_t sums) {
  std::string part = "vector<" + std::to_string(inputs) + "x" + element + ">";
  std::string sum = "vector<" + std::to_string(sums) + "xf32>";
  std::string memory = std::string("memref<32x") + element + ", #gpu.address_space<workgroup>>";
  return "%z = arith.constant 0 : index\n %t = gpu.thread_id x\n"
         "%v = memref.view %g[%z][] : memref<64xi8, #gpu.address_space<workgroup>> to " +
         memory + "\n %x = vector.load %v[%z] : " + memory + ", " + part +
         "\n %c = vector.load %a[%t] : memref<4096xf32, #gpu.address_space<global>>, " + sum +
         "\n %d = simt.multiply_add %x, %x, %c {m = " + std::to_string(m) +
         ", n = " + std::to_string(m) + ", k = " + std::to_string(k) + "} : " + part + ", " + part +
         ", " + sum +
         "\n vector.store %d, %a[%t] : memref<4096xf32, #gpu.address_space<global>>, " + sum;
}

TEST(rocm_matrix_products_are_instructions) {
  for (const char *device : {"rocm:gfx90a", "rocm:gfx942"}) {
    EXPECT(
        contains(compiled(device, "isa", multiplyAdd("f16", 32, 8, 4, 16)), "v_mfma_f32_32x32x8"));
    EXPECT(
        contains(compiled(device, "isa", multiplyAdd("f16", 16, 16, 4, 4)), "v_mfma_f32_16x16x16"));
    EXPECT(contains(compiled(device, "llvm", multiplyAdd("bf16", 32, 8, 4, 16)),
                    "@llvm.amdgcn.mfma.f32.32x32x8bf16.1k(<4 x i16>"));
  }
  EXPECT(contains(compiled("rocm:gfx1100", "isa", multiplyAdd("f16", 16, 16, 16, 8)),
                  "v_wmma_f32_16x16x16_f16"));
  EXPECT(contains(compiled("rocm:gfx1201", "isa", multiplyAdd("f16", 16, 16, 8, 8)),
                  "v_wmma_f32_16x16x16_f16"));
  EXPECT(contains(compiled("rocm:gfx1100", "isa", multiplyAdd("bf16", 16, 16, 16, 8)),
                  "v_wmma_f32_16x16x16_bf16"));
  EXPECT(contains(compiled("rocm:gfx1201", "isa", multiplyAdd("bf16", 16, 16, 8, 8)),
                  "v_wmma_f32_16x16x16_bf16"));
  // The parts of one machine are not those of another.
  refused("rocm:gfx1100", multiplyAdd("f16", 16, 16, 8, 8));
  refused("rocm:gfx90a", multiplyAdd("f16", 16, 16, 16, 8));
}

TEST(rocm_lanes_hold_every_element_of_a_matrix) {
  for (const char *device : kAll) {
    const SimtInfo &simt = *(*lookupTarget(device))->info().simt;
    EXPECT(!simt.matrixUnits.empty());
    for (const MatrixUnit &unit : simt.matrixUnits) {
      auto at = [&](const std::vector<MatrixPart::Digit> &digits, int64_t lane, int64_t element) {
        int64_t sum = 0;
        for (const MatrixPart::Digit &digit : digits) {
          int64_t x = digit.source == MatrixPart::Source::lane ? lane : element;
          sum += x / digit.divisor % digit.modulus * digit.factor;
        }
        return sum;
      };
      auto covers = [&](const MatrixPart &part, int64_t rows, int64_t columns) {
        std::vector<int> seen(size_t(rows * columns), 0);
        for (int64_t lane = 0; lane < simt.subgroupSize; ++lane)
          for (int64_t element = 0; element < part.elements; ++element) {
            int64_t row = at(part.row, lane, element), column = at(part.column, lane, element);
            if (row >= rows || column >= columns)
              return false;
            ++seen[size_t(row * columns + column)];
          }
        // Each as often as any other: once, or by both halves of a wave.
        for (int count : seen)
          if (count != simt.subgroupSize * part.elements / (rows * columns))
            return false;
        return true;
      };
      EXPECT(covers(unit.a, unit.m, unit.k));
      EXPECT(covers(unit.b, unit.k, unit.n));
      EXPECT(covers(unit.c, unit.m, unit.n));
    }
  }
}

TEST(rocm_objects_are_linked_into_one_that_has_all_kernels) {
  llvm::Expected<TargetObject> object =
      compileBody("rocm:gfx942", storeIndex("%v = gpu.block_dim x"));
  EXPECT(object);
  const Target *target = *lookupTarget("rocm:gfx942");
  llvm::Expected<std::string> code = target->link({object->bytes});
  EXPECT(code && contains(*code, "p_k.kd"));
  llvm::Expected<std::string> twice = target->link({object->bytes, object->bytes});
  EXPECT(!twice && contains(llvm::toString(twice.takeError()), "duplicate symbol"));
}
