"""Whole programs: functions, calls, kernels, constants, and what they cannot be."""

import ml_dtypes
import numpy as np
import pytest

from portico import mlir
from portico.reference import evaluate_module

KERNEL = """
func.func @twice(%x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = portico.add %x, %x : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}
func.func @main(%x: tensor<2xf32>) -> (tensor<2xf32>, tensor<f32>) {
  %c = portico.constant dense<[1.0, 10.0]> : tensor<2xf32>
  %0 = portico.call @twice(%x) : (tensor<2xf32>) -> tensor<2xf32>
  %1 = portico.mul %0, %c : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %2 = portico.reduce sum %1 {axes = array<i64: 0>} : (tensor<2xf32>) -> tensor<f32>
  return %1, %2 : tensor<2xf32>, tensor<f32>
}
"""


def test_calls_constants_and_several_results():
    product, total = evaluate_module(KERNEL, [np.float32([1, 2])])
    np.testing.assert_array_equal(product, np.float32([2, 40]))
    assert total == 42 and total.dtype == np.float32
    (double,) = evaluate_module(mlir.Module.parse(KERNEL), [np.float32([1, 2])], "twice")
    np.testing.assert_array_equal(double, [2, 4])


def test_splat_and_half_constants():
    text = """
    func.func @main() -> (tensor<3xbf16>, tensor<2xi1>) {
      %0 = portico.constant dense<1.5> : tensor<3xbf16>
      %1 = portico.constant dense<[true, false]> : tensor<2xi1>
      return %0, %1 : tensor<3xbf16>, tensor<2xi1>
    }"""
    half, flags = evaluate_module(text, [])
    assert half.dtype == ml_dtypes.bfloat16 and half.astype(float).tolist() == [1.5] * 3
    assert flags.tolist() == [True, False]


def test_fused_programs_mean_the_same():
    module = mlir.Module.parse(KERNEL)
    mlir.run_pipeline(module, "portico-inline,func.func(portico-fuse)")
    assert "portico.kernel" in str(module)
    product, total = evaluate_module(module, [np.float32([1, 2])])
    np.testing.assert_array_equal(product, np.float32([2, 40]))
    assert total == 42


def test_unknown_function_and_wrong_inputs():
    with pytest.raises(KeyError, match="the module has main, twice"):
        evaluate_module(KERNEL, [], "nothing")
    with pytest.raises(TypeError, match="got 0; expected 1"):
        evaluate_module(KERNEL, [])


def test_an_error_names_the_op():
    text = """
    func.func @main(%x: tensor<2xf32>, %i: tensor<1xi64>) -> tensor<1xf32> {
      %0 = portico.gather %x, %i {axis = 0 : i64, batch_dims = 0 : i64}
           : (tensor<2xf32>, tensor<1xi64>) -> tensor<1xf32>
      return %0 : tensor<1xf32>
    }"""
    with pytest.raises(IndexError, match="got 5; expected 0 <= index < 2") as caught:
        evaluate_module(text, [np.float32([1, 2]), np.array([5])])
    assert "portico.gather" in caught.value.__notes__[0]
