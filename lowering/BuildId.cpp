//===- BuildId.cpp - which build of the compiler this is --------------------===//

#include "lowering/BuildId.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Config/llvm-config.h"

#include <cstring>
#include <elf.h>
#include <link.h>

using namespace portico;

namespace {

struct Search {
  uintptr_t inside;
  std::string found;
};

/// Called for each loaded object: is it the one we are in, and what does its note say?
int visit(dl_phdr_info *info, size_t, void *data) {
  auto *search = static_cast<Search *>(data);
  bool ours = false;
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr) &header = info->dlpi_phdr[i];
    uintptr_t start = info->dlpi_addr + header.p_vaddr;
    ours |= header.p_type == PT_LOAD && search->inside >= start &&
            search->inside < start + header.p_memsz;
  }
  if (!ours)
    return 0;
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr) &header = info->dlpi_phdr[i];
    if (header.p_type != PT_NOTE)
      continue;
    const char *at = reinterpret_cast<const char *>(info->dlpi_addr + header.p_vaddr);
    const char *end = at + header.p_memsz;
    while (at + sizeof(ElfW(Nhdr)) <= end) {
      ElfW(Nhdr) note;
      memcpy(&note, at, sizeof(note));
      const char *name = at + sizeof(note);
      const char *bytes = name + (note.n_namesz + 3) / 4 * 4;
      if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && memcmp(name, "GNU", 4) == 0)
        search->found = llvm::toHex(
            llvm::ArrayRef(reinterpret_cast<const uint8_t *>(bytes), note.n_descsz), true);
      at = bytes + (note.n_descsz + 3) / 4 * 4;
    }
  }
  return 1;
}

} // namespace

const std::string &portico::compilerBuildId() {
  static const std::string id = [] {
    Search search{reinterpret_cast<uintptr_t>(&visit), ""};
    dl_iterate_phdr(visit, &search);
    return search.found;
  }();
  return id;
}

std::string portico::compilerVersion() {
  return "Portico " PORTICO_VERSION ", LLVM " LLVM_VERSION_STRING;
}
