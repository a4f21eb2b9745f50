//===- SingleLaneStores.h - masked stores of one lane -----------------------===//

#ifndef PORTICO_TARGETS_COMMON_SINGLELANESTORES_H
#define PORTICO_TARGETS_COMMON_SINGLELANESTORES_H

namespace llvm {
class Module;
}

namespace portico::host {

/// Turns masked stores whose constant mask has one lane into stores of that element.
/// LLVM 22's code generator for x86 does so itself, but writes the element as wide as it
/// was before it was narrowed, over what lies behind it:
///
///   before  %n = trunc <16 x i32> %v to <16 x i8>
///           call void @llvm.masked.store(<16 x i8> %n, ptr %p, <16 x i1> <1, 0, 0, ...>)
///   after   %e = extractelement <16 x i8> %n, i64 0
///           store i8 %e, ptr %p
void storeSingleLanes(llvm::Module &module);

} // namespace portico::host

#endif // PORTICO_TARGETS_COMMON_SINGLELANESTORES_H
