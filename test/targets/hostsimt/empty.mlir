// Where nothing is to be computed a grid has no groups: there is no launch.
// REQUIRES: hostsimt
// RUN: portico-run --device=hostsimt:nvvm %source/test/lowering/program/empty.mlir | filecheck %source/test/lowering/program/empty.mlir
// RUN: portico-run --device=hostsimt:rocdl32 %source/test/lowering/program/empty.mlir | filecheck %source/test/lowering/program/empty.mlir
