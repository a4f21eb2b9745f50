//===- CudaObject.h - what a compiled kernel consists of --------------------===//
//
// The compile half packs these three pieces for each kernel and a bundle of them for a
// program; the run half unpacks them. A kernel may be several functions (phases).
//
//===----------------------------------------------------------------------===//

#ifndef PORTICO_TARGETS_CUDA_CUDAOBJECT_H
#define PORTICO_TARGETS_CUDA_CUDAOBJECT_H

#include "targets/common/Bundle.h"

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
};

inline std::string packObject(const Object &object) {
  return packBundle({{object.functions.data(), object.functions.size()},
                     {object.ptx.data(), object.ptx.size()},
                     {object.cubin.data(), object.cubin.size()}});
}

inline bool unpackObject(const BundlePiece &piece, Object &object) {
  std::vector<BundlePiece> parts;
  if (!unpackBundle(piece.data, piece.bytes, parts) || parts.size() != 3)
    return false;
  object.functions.assign(parts[0].data, parts[0].bytes);
  object.ptx.assign(parts[1].data, parts[1].bytes);
  object.cubin.assign(parts[2].data, parts[2].bytes);
  return true;
}

} // namespace portico::cuda

#endif // PORTICO_TARGETS_CUDA_CUDAOBJECT_H
