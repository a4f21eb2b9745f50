//===- CudaObject.h - what a compiled kernel consists of --------------------===//
//
// The compile half packs these pieces for each kernel and a bundle of them for a
// program; the run half unpacks them. A kernel may be several functions (phases).
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_TARGETS_CUDA_CUDAOBJECT_H
#define PORTICO_TARGETS_CUDA_CUDAOBJECT_H

#include "targets/common/Bundle.h"
#include "targets/cuda/TensorMap.h"

#include <cstring>
#include <string>
#include <vector>

namespace portico::cuda {

struct Object {
  /// The names of the functions, each followed by a newline.
  std::string functions;
  /// The code as text, which the driver of any later device translates.
  std::string ptx;
  /// The same for one machine; empty where there was no assembler.
  std::string cubin;
  /// The tensor maps that each function takes, as numbers: how many, and then they.
  std::string tensorMaps;

  void addFunction(const std::string &name, const std::vector<TensorMap> &maps) {
    auto count = int64_t(maps.size());
    functions += name + "\n";
    tensorMaps.append(reinterpret_cast<const char *>(&count), sizeof(count));
    tensorMaps.append(reinterpret_cast<const char *>(maps.data()), maps.size() * sizeof(TensorMap));
  }

  /// Calls `function(name, maps)` for each. False where the pieces do not belong together.
  template <typename Function> bool eachFunction(Function function) const {
    size_t at = 0;
    for (size_t from = 0, to; (to = functions.find('\n', from)) != std::string::npos;
         from = to + 1) {
      int64_t count;
      if (tensorMaps.size() - at < sizeof(count))
        return false;
      memcpy(&count, tensorMaps.data() + at, sizeof(count));
      at += sizeof(count);
      if (count < 0 || uint64_t(count) > (tensorMaps.size() - at) / sizeof(TensorMap))
        return false;
      std::vector<TensorMap> maps(static_cast<size_t>(count));
      if (count)
        memcpy(maps.data(), tensorMaps.data() + at, maps.size() * sizeof(TensorMap));
      at += maps.size() * sizeof(TensorMap);
      function(functions.substr(from, to - from), std::move(maps));
    }
    return at == tensorMaps.size();
  }
};

inline std::string packObject(const Object &object) {
  return packBundle({{object.functions.data(), object.functions.size()},
                     {object.ptx.data(), object.ptx.size()},
                     {object.cubin.data(), object.cubin.size()},
                     {object.tensorMaps.data(), object.tensorMaps.size()}});
}

inline bool unpackObject(const BundlePiece &piece, Object &object) {
  std::vector<BundlePiece> parts;
  if (!unpackBundle(piece.data, piece.bytes, parts) || parts.size() != 4)
    return false;
  object.functions.assign(parts[0].data, parts[0].bytes);
  object.ptx.assign(parts[1].data, parts[1].bytes);
  object.cubin.assign(parts[2].data, parts[2].bytes);
  object.tensorMaps.assign(parts[3].data, parts[3].bytes);
  return true;
}

} // namespace portico::cuda

#endif // PORTICO_TARGETS_CUDA_CUDAOBJECT_H
