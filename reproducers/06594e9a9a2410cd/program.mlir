#loc2 = loc("test.mlir":2:17)
module {
  func.func @main(%arg0: tensor<64x33xf32> loc("test.mlir":2:17)) -> tensor<64xf32> {
    %0 = portico.reduce sum %arg0 {axes = array<i64: 1>} : (tensor<64x33xf32>) -> tensor<64xf32> loc(#loc3)
    return %0 : tensor<64xf32> loc(#loc4)
  } loc(#loc1)
} loc(#loc)
#loc = loc("test.mlir":0:0)
#loc1 = loc("test.mlir":2:1)
#loc3 = loc("train.py":7:1)
#loc4 = loc("test.mlir":5:3)
