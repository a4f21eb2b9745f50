//===- Flush.h - running what is pending -----------------------------------===//

#ifndef PORTICO_NATIVE_GRAPH_FLUSH_H
#define PORTICO_NATIVE_GRAPH_FLUSH_H

#include "python/native/graph/Executable.h"
#include "python/native/graph/Node.h"
#include "python/native/ir/Bridge.h"

#include "llvm/ADT/STLFunctionalExtras.h"

#include <deque>
#include <string>

namespace portico::native {

/// How programs are made and when.
struct FlushSettings {
  ExecutorChoice executor = ExecutorChoice::compiled;
  /// Every op runs at its call.
  bool eager = false;
  /// More pending ops than this are run without being asked for.
  uint64_t maxPendingOps = 2000;
  /// So are pending ops that hold more than this of memory.
  uint64_t maxHeldBytes = uint64_t(1) << 30;
  CompilerSettings compiler;
};
FlushSettings &flushSettings();

/// Calls something of the runtime that waits for a device, and raises what the wait brings
/// up: an error of an earlier program, say, with its op and its line.
void waitFor(llvm::function_ref<portico_code(portico_status &)> call);

/// Gives the values their buffers. `why` is the observation, for `explain()`.
/// Throws Failure; whatever happens, everything that was pending and was not
/// delivered is still pending.
void evaluate(llvm::ArrayRef<Node *> values, const char *why);

/// Runs everything that a living tensor waits for.
void flushAll(const char *why);

/// Called after every op that makes a tensor: runs what is pending when there is
/// too much of it, or at once in eager mode.
void recorded(Node *value);

/// The program that an observation of `value` would run now, as text.
std::string pendingIr(Node *value, bool locations);

/// The one program that would give all these values, compiled for a target (a device string;
/// no such device need be here) and kept from the caches, with its stages. Nothing is run.
CompiledProgram compilePending(llvm::ArrayRef<Node *> values, const std::string &target);

/// One line of `explain()`.
struct FlushRecord {
  std::string why, line, result, reason, device;
  uint64_t ops = 0, inputs = 0, outputs = 0, donated = 0;
  BuildReport build;
  double runMs = 0;
};
const std::deque<FlushRecord> &flushLog();
/// Adds a line for what was done elsewhere.
void logFlush(FlushRecord record);
void clearFlushLog();
/// Forgets every program in memory.
void clearPrograms();
/// In the child of a fork: no other thread holds anything any more.
void resetAfterFork();

} // namespace portico::native

#endif // PORTICO_NATIVE_GRAPH_FLUSH_H
