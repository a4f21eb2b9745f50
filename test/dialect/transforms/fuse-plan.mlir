// The plan as data: dumped, replayed, and cut short by fuel.

// RUN: portico-opt --portico-fuse='dump-plan=-' %s -o %t.fused | filecheck %s --check-prefix=PLAN
// RUN: portico-opt --portico-fuse='dump-plan=%t.json' %s -o %t.first
// RUN: portico-opt --portico-fuse='plan=%t.json' %s -o %t.second
// RUN: diff %t.first %t.second
// RUN: portico-opt --portico-fuse='fuel=1' %s | filecheck %s --check-prefix=FUEL
// RUN: portico-opt --portico-fuse='fuel=0 dump-plan=-' %s -o %t.none | filecheck %s --check-prefix=EMPTY

// PLAN: "category": "loop"
// PLAN: "names": [
// PLAN-NEXT: "mul",
// PLAN-NEXT: "add",
// PLAN-NEXT: "exp"
// PLAN: "policy": "greedy/1"
// PLAN: "by": "legality"
// PLAN: "reason": "sort: is a kernel of its own"

// FUEL-COUNT-3: portico.kernel
// FUEL-NOT: portico.kernel

// EMPTY: "by": "fuel"
// EMPTY: "reason": "no fuel left"

func.func @main(%x: tensor<8xf32>, %y: tensor<8xf32>) -> tensor<8xf32> {
  %0 = portico.mul %x, %y : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  %1 = portico.add %0, %x : (tensor<8xf32>, tensor<8xf32>) -> tensor<8xf32>
  %2 = portico.exp %1 : (tensor<8xf32>) -> tensor<8xf32>
  %3, %4 = portico.sort %2 {axis = 0 : i64, descending = false} : (tensor<8xf32>) -> (tensor<8xf32>, tensor<8xi64>)
  return %3 : tensor<8xf32>
}
