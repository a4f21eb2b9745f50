"""What ptxas makes of typical kernels: the instructions that a machine executes."""

import re

import pytest

from .matrix import sass_of, stages_of, tool

pytestmark = pytest.mark.skipif(
    not (tool("ptxas") and tool("nvdisasm")),
    reason="ptxas and nvdisasm are not installed: try pip install portico[cuda]",
)

ARCHS = ("sm_80", "sm_90a", "sm_100")
SQUARE = "tensor<2048x2048xf32>"
PLAIN = (
    "{lhs_batch = array<i64>, rhs_batch = array<i64>, "
    "lhs_contract = array<i64: 1>, rhs_contract = array<i64: 0>}"
)
HALF = "tensor<512x512x{0}>"
ROUNDED = PLAIN.replace("}", ", allow_tf32}")
DOUBLES = "tensor<1024x1024xf64>"
KERNELS = {
    "elementwise": """
func.func @main(%x: tensor<1048576xf32>, %y: tensor<1048576xf32>) -> tensor<1048576xf32> {
  %0 = portico.mul %x, %y : (tensor<1048576xf32>, tensor<1048576xf32>) -> tensor<1048576xf32>
  %1 = portico.add %0, %x : (tensor<1048576xf32>, tensor<1048576xf32>) -> tensor<1048576xf32>
  return %1 : tensor<1048576xf32>
}""",
    "rows": """
func.func @main(%x: tensor<512x4096xf32>) -> tensor<512xf32> {
  %0 = portico.reduce sum %x {axes = array<i64: 1>} : (tensor<512x4096xf32>) -> tensor<512xf32>
  return %0 : tensor<512xf32>
}""",
    "product": f"""
func.func @main(%a: {SQUARE}, %b: {SQUARE}) -> {SQUARE} {{
  %0 = portico.dot_general %a, %b {PLAIN} : ({SQUARE}, {SQUARE}) -> {SQUARE}
  return %0 : {SQUARE}
}}""",
    **{
        dtype: f"""
func.func @main(%a: {HALF.format(dtype)}, %b: {HALF.format(dtype)}) -> {HALF.format(dtype)} {{
  %0 = portico.dot_general %a, %b {PLAIN}
      : ({HALF.format(dtype)}, {HALF.format(dtype)}) -> {HALF.format(dtype)}
  return %0 : {HALF.format(dtype)}
}}"""
        for dtype in ("f16", "bf16")
    },
    "product of tf32": f"""
func.func @main(%a: {SQUARE}, %b: {SQUARE}) -> {SQUARE} {{
  %0 = portico.dot_general %a, %b {ROUNDED} : ({SQUARE}, {SQUARE}) -> {SQUARE}
  return %0 : {SQUARE}
}}""",
    "product of doubles": f"""
func.func @main(%a: {DOUBLES}, %b: {DOUBLES}) -> {DOUBLES} {{
  %0 = portico.dot_general %a, %b {PLAIN} : ({DOUBLES}, {DOUBLES}) -> {DOUBLES}
  return %0 : {DOUBLES}
}}""",
}  # fmt: skip


@pytest.fixture(scope="module", params=ARCHS)
def arch(request):
    return request.param


@pytest.fixture(scope="module")
def listings(arch, tmp_path_factory):
    """For each kernel the instructions of its last function."""
    found = {}
    for name, text in KERNELS.items():
        folder = tmp_path_factory.mktemp(name)
        stages = stages_of(text, arch, folder, policy="greedy")
        (ptx,) = stages.glob("*.ptx")
        found[name] = sass_of(ptx, arch, folder)
        assert len(found[name]) > 20
    return found


def count(listing, pattern):
    return sum(bool(re.search(pattern, line)) for line in listing)


def test_no_kernel_calls_or_spills(listings):
    for name, listing in listings.items():
        assert count(listing, r"\b(CALL|STL|LDL)\b") == 0, name


def test_elementwise_moves_wide_words_and_rounds_twice(listings):
    listing = listings["elementwise"]
    assert count(listing, r"\bFMUL") and count(listing, r"\bFADD")
    assert count(listing, r"\bFFMA") == 0
    assert count(listing, r"\bLDG\.E\.128") >= 2 and count(listing, r"\bSTG\.E\.128") >= 1


def test_rows_shuffle_and_meet_at_barriers(listings):
    listing = listings["rows"]
    assert count(listing, r"\bSHFL\.BFLY") >= 5
    assert count(listing, r"\bFADD") and count(listing, r"\bLDG\.E")


def test_products_multiply_from_shared_memory(listings):
    listing = listings["product"]
    assert count(listing, r"\bFFMA") >= 16 and count(listing, r"MMA\.") == 0
    assert (
        count(listing, r"\bLDS\.128")
        and count(listing, r"\bSTS")
        and count(listing, r"\bBAR\.SYNC")
    )


@pytest.mark.parametrize("dtype", ["f16", "bf16"])
def test_products_of_halves_are_matrix_instructions(listings, arch, dtype):
    """Those of warpgroups, and copies by the tensor memory accelerator, where the machine has
    them."""
    listing = listings[dtype]
    kind = ".BF16" if dtype == "bf16" else ""
    if arch == "sm_90a":
        assert count(listing, rf"\bHGMMA\.64x\d+x16\.F32{kind}\b") >= 4
        assert count(listing, r"\bUTMALDG\.2D") >= 2
        # The assembler did not set them apart: it waits where the kernel says.
        assert count(listing, r"\bWARPGROUP\.DEPBAR") == 2
        assert count(listing, r"\bHMMA") == 0
    else:
        assert count(listing, rf"\bHMMA\.16816\.F32{kind}\b") >= 4
        assert count(listing, r"\b(HGMMA|UTMALDG)") == 0


def test_products_of_tf32_round_each_element_once(listings):
    """A tile of 128 x 128 with 16 summands a step: eight warps, each 4 x 4 units in two steps of
    eight; a work-item brings 8 elements of each operand to group memory."""
    listing = listings["product of tf32"]
    assert count(listing, r"\bHMMA\.1688\.F32\.TF32") == 32 and count(listing, r"\bFFMA") == 0
    assert count(listing, r"\bLDS") and count(listing, r"\bSTS") and count(listing, r"\bLDG\.E")


def test_products_of_doubles_are_those_of_the_unit(listings):
    listing = listings["product of doubles"]
    assert count(listing, r"\bDMMA\.(884|8x8x4)") == 64 and count(listing, r"\bDFMA") == 0
