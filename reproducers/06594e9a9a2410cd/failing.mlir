module {
  func.func @main(%arg0: tensor<64x33xf32>) -> tensor<64xf32> {
    %0 = portico.kernel "row" (%arg1 = %arg0) : (tensor<64x33xf32>) -> tensor<64xf32> {
      %1 = portico.reduce sum %arg1 {axes = array<i64: 1>} : (tensor<64x33xf32>) -> tensor<64xf32>
      portico.yield %1 : tensor<64xf32>
    }
    return %0 : tensor<64xf32>
  }
}
