//===- Bindings.h - the parts the module is made of ------------------------===//

#ifndef PORTICO_NATIVE_BIND_BINDINGS_H
#define PORTICO_NATIVE_BIND_BINDINGS_H

#include <nanobind/nanobind.h>

#include <vector>

namespace portico::native {

void bindIr(nanobind::module_ &m);
void bindTypes(nanobind::module_ &m);
void bindTensorType(nanobind::module_ &m);
void bindRecord(nanobind::module_ &m);
void bindTensorMethods(nanobind::module_ &m);
void bindMemory(nanobind::module_ &m);
void bindDLPack(nanobind::module_ &m);
void bindAutograd(nanobind::module_ &m);
void bindBackward(nanobind::module_ &m);
void bindFlush(nanobind::module_ &m);
void bindDevices(nanobind::module_ &m);
void bindStreams(nanobind::module_ &m);
void bindTargets(nanobind::module_ &m);

/// + - * / ** neg abs & | ^ ~ and comparisons, in place where there is one.
void addArithmeticSlots(std::vector<PyType_Slot> &slots);
/// bool, int, float, index, len.
void addConversionSlots(std::vector<PyType_Slot> &slots);

} // namespace portico::native

#endif // PORTICO_NATIVE_BIND_BINDINGS_H
