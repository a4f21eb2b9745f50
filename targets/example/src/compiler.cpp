// compiler.cpp - the compile half as the C table that Portico calls.

#include "compiler.h"

#include <cstring>

namespace {

thread_local std::string lastError;

/// Hands bytes over to Portico, which gives them back to `release`.
int32_t give(llvm::Expected<std::string> made, portico_bytes *bytes) {
  if (!made) {
    lastError = llvm::toString(made.takeError());
    return 1;
  }
  auto *owner = new std::string(std::move(*made));
  *bytes = {owner->data(), owner->size(), owner};
  return 0;
}

const char *arch(uint32_t index) { return index == 0 ? example::kArch : nullptr; }

int32_t machine(const char *name, portico_machine *machine) {
  if (strcmp(name, example::kArch) != 0) {
    lastError = std::string("no such machine; expected ") + example::kArch;
    return 1;
  }
  machine->vector_bits = 256;
  machine->vector_registers = 16;
  machine->fma = 1;
  machine->masked_memory = 0;
  return 0;
}

int32_t compile(const char *, const void *bytecode, uint64_t size, const char *prefix,
                portico_bytes *object) {
  llvm::LLVMContext context;
  auto module = example::lower({static_cast<const char *>(bytecode), size}, context);
  if (!module)
    return give(module.takeError(), object);
  example::addEntryPoints(**module, prefix);
  return give(example::emitObject(**module), object);
}

int32_t link(const char *, const portico_bytes *objects, uint64_t count, portico_bytes *blob) {
  std::vector<llvm::StringRef> list;
  for (uint64_t i = 0; i < count; ++i)
    list.emplace_back(static_cast<const char *>(objects[i].data), objects[i].size);
  return give(example::linkObjects(list), blob);
}

void release(portico_bytes *bytes) { delete static_cast<std::string *>(bytes->owner); }

const char *getLastError() { return lastError.c_str(); }

int32_t productCost(const char *, const portico_product *product, double *microseconds) {
  *microseconds = example::productCost(*product);
  return 0;
}

int32_t productObject(const char *, const portico_product *product, const char *symbol,
                      portico_kernel_shape *shape, portico_bytes *object) {
  shape->extent = product->m;
  shape->grain = 4; // rows of one block
  return give(example::productObject(*product, symbol), object);
}

const portico_compiler table = {
    sizeof(portico_compiler),
    PORTICO_COMPILER_ABI,
    "example",
    arch,
    machine,
    compile,
    link,
    release,
    getLastError,
    productCost,
    productObject,
};

} // namespace

extern "C" PORTICO_PLUGIN_EXPORT const portico_compiler *portico_target_compiler(void) {
  return &table;
}
