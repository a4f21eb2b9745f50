// RUN: portico-opt %s --portico-simplify --portico-fuse | filecheck %s

// A loss and its gradient: the rows of the forward pass and those of the backward
// pass may not be one kernel, since the gather and the scatter lie between them,
// whatever order the groups were merged in. The verifier finds a cycle.
// CHECK-LABEL: func.func @main
// CHECK: portico.kernel "scatter"
// CHECK: portico.kernel "row"
module {
  func.func @main(%arg0: tensor<16xi64>, %arg1: tensor<i64>, %arg2: tensor<16x5xf64>, %arg3: tensor<i64>) -> (tensor<f64>, tensor<16x5xf64>) {
    %0 = portico.broadcast %arg1 {dims = array<i64>, shape = array<i64: 16>} : (tensor<i64>) -> tensor<16xi64>
    %1 = portico.compare ne %arg0, %0 : (tensor<16xi64>, tensor<16xi64>) -> tensor<16xi1>
    %2 = portico.reduce max %arg2 {axes = array<i64: 1>} : (tensor<16x5xf64>) -> tensor<16xf64>
    %3 = portico.broadcast %2 {dims = array<i64: 0>, shape = array<i64: 16, 5>} : (tensor<16xf64>) -> tensor<16x5xf64>
    %4 = portico.sub %arg2, %3 : (tensor<16x5xf64>, tensor<16x5xf64>) -> tensor<16x5xf64>
    %5 = portico.exp %4 : (tensor<16x5xf64>) -> tensor<16x5xf64>
    %6 = portico.reduce sum %5 {axes = array<i64: 1>} : (tensor<16x5xf64>) -> tensor<16xf64>
    %7 = portico.log %6 : (tensor<16xf64>) -> tensor<16xf64>
    %8 = portico.broadcast %7 {dims = array<i64: 0>, shape = array<i64: 16, 5>} : (tensor<16xf64>) -> tensor<16x5xf64>
    %9 = portico.sub %4, %8 : (tensor<16x5xf64>, tensor<16x5xf64>) -> tensor<16x5xf64>
    %10 = portico.broadcast %arg3 {dims = array<i64>, shape = array<i64: 16>} : (tensor<i64>) -> tensor<16xi64>
    %11 = portico.select %1, %arg0, %10 : (tensor<16xi1>, tensor<16xi64>, tensor<16xi64>) -> tensor<16xi64>
    %12 = portico.gather %9, %11 {axis = 1 : i64, batch_dims = 1 : i64} : (tensor<16x5xf64>, tensor<16xi64>) -> tensor<16xf64>
    %13 = portico.neg %12 : (tensor<16xf64>) -> tensor<16xf64>
    %14 = portico.constant dense<0.000000e+00> : tensor<f64>
    %15 = portico.broadcast %14 {dims = array<i64>, shape = array<i64: 16>} : (tensor<f64>) -> tensor<16xf64>
    %16 = portico.select %1, %13, %15 : (tensor<16xi1>, tensor<16xf64>, tensor<16xf64>) -> tensor<16xf64>
    %17 = portico.reduce sum %16 {axes = array<i64: 0>} : (tensor<16xf64>) -> tensor<f64>
    %18 = portico.cast %1 {dtype = f64} : (tensor<16xi1>) -> tensor<16xf64>
    %19 = portico.reduce sum %18 {axes = array<i64: 0>} : (tensor<16xf64>) -> tensor<f64>
    %20 = portico.div %17, %19 : (tensor<f64>, tensor<f64>) -> tensor<f64>
    %21 = portico.constant dense<1.000000e+00> : tensor<f64>
    %22 = portico.constant dense<0.000000e+00> : tensor<16x5xf64>
    %23 = portico.constant dense<0.000000e+00> : tensor<16xf64>
    %24 = portico.div %21, %19 : (tensor<f64>, tensor<f64>) -> tensor<f64>
    %25 = portico.broadcast %24 {dims = array<i64>, shape = array<i64: 16>} : (tensor<f64>) -> tensor<16xf64>
    %26 = portico.select %1, %25, %23 : (tensor<16xi1>, tensor<16xf64>, tensor<16xf64>) -> tensor<16xf64>
    %27 = portico.neg %26 : (tensor<16xf64>) -> tensor<16xf64>
    %28 = portico.scatter add %22, %11, %27 {axis = 1 : i64, batch_dims = 1 : i64} : (tensor<16x5xf64>, tensor<16xi64>, tensor<16xf64>) -> tensor<16x5xf64>
    %29 = portico.neg %28 : (tensor<16x5xf64>) -> tensor<16x5xf64>
    %30 = portico.reduce sum %29 {axes = array<i64: 1>} : (tensor<16x5xf64>) -> tensor<16xf64>
    %31 = portico.div %30, %6 : (tensor<16xf64>, tensor<16xf64>) -> tensor<16xf64>
    %32 = portico.broadcast %31 {dims = array<i64: 0>, shape = array<i64: 16, 5>} : (tensor<16xf64>) -> tensor<16x5xf64>
    %33 = portico.mul %32, %5 : (tensor<16x5xf64>, tensor<16x5xf64>) -> tensor<16x5xf64>
    %34 = portico.add %28, %33 : (tensor<16x5xf64>, tensor<16x5xf64>) -> tensor<16x5xf64>
    return %20, %34 : tensor<f64>, tensor<16x5xf64>
  }
}
