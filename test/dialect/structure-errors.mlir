// What kernels, calls and constants reject; a function is named after the constraint that is broken.
// RUN: portico-opt %s --split-input-file --verify-diagnostics

func.func @kernel_c1(%x: tensor<4xf32>) {
  // expected-error@+1 {{'portico.kernel' op block arguments and inputs differ; got 'tensor<5xf32>'; expected 'tensor<4xf32>' (kernel_c1)}}
  "portico.kernel"(%x) ({
  ^bb0(%a: tensor<5xf32>):
    portico.yield
  }) : (tensor<4xf32>) -> ()
  return
}

// -----

func.func @kernel_c2(%x: tensor<4xf32>) {
  // expected-error@+1 {{'portico.kernel' op yielded values and results differ; got 'tensor<4xf32>'; expected 'tensor<5xf32>' (kernel_c2)}}
  %r = portico.kernel (%a = %x) : (tensor<4xf32>) -> tensor<5xf32> {
    portico.yield %a : tensor<4xf32>
  }
  return
}

// -----

func.func @kernel_c3(%x: tensor<4xf32>) {
  // expected-error@+1 {{'portico.kernel' op body has an op that is no primitive; got portico.kernel; expected primitives of portico (kernel_c3)}}
  portico.kernel (%a = %x) : (tensor<4xf32>) -> () {
    portico.kernel () : () -> () {
    }
  }
  return
}

// -----

func.func @kernel_c3_foreign(%x: tensor<4xf32>) {
  // expected-error@+1 {{got arith.constant; expected primitives of portico (kernel_c3)}}
  portico.kernel (%a = %x) : (tensor<4xf32>) -> () {
    %c = arith.constant 1 : index
  }
  return
}

// -----

func.func @kernel_isolated(%x: tensor<4xf32>) {
  // expected-note@+1 {{required by region isolation constraints}}
  %r = portico.kernel () : () -> tensor<4xf32> {
    // expected-error@+1 {{using value defined outside the region}}
    portico.yield %x : tensor<4xf32>
  }
  return
}

// -----

func.func @kernel_inputs(%x: tensor<4xf32>) {
  // expected-error@+1 {{kernel has 1 inputs but its type has 2}}
  portico.kernel (%a = %x) : (tensor<4xf32>, tensor<4xf32>) -> () {
  }
  return
}

// -----

func.func @yield_outside(%x: tensor<4xf32>) {
  // expected-error@+1 {{'portico.yield' op expects parent op 'portico.kernel'}}
  portico.yield %x : tensor<4xf32>
}

// -----

func.func @call_c1(%x: tensor<4xf32>) {
  // expected-error@+1 {{'portico.call' op callee is not there; got @nowhere; expected the name of a func.func (call_c1)}}
  portico.call @nowhere(%x) : (tensor<4xf32>) -> ()
  return
}

// -----

func.func private @callee(tensor<4xf32>) -> tensor<4xf32>
func.func @call_c2(%x: tensor<5xf32>) {
  // expected-error@+1 {{'portico.call' op call and callee differ in type; got '(tensor<5xf32>) -> tensor<4xf32>'; expected '(tensor<4xf32>) -> tensor<4xf32>' (call_c2)}}
  %r = portico.call @callee(%x) : (tensor<5xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @constant_c1() {
  // expected-error@+2 {{[constant] value has the wrong number of bytes; got 8; expected the bytes of float32[4] or of one element (constant_c1)}}
  // expected-error@+1 {{failed to infer returned types}}
  %r = portico.constant dense_resource<short> : tensor<4xf32>
  return
}

{-# dialect_resources: { builtin: { short: "0x040000000102030405060708" } } #-}

// -----

func.func @constant_c0() {
  // expected-error@+1 {{[constant] attribute value is missing or of the wrong kind (constant_c0)}}
  %r = portico.constant dense<1> : vector<4xi32>
  return
}
