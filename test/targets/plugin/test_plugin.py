"""Plug-ins that do not work: each says why, and none is in the way of anything else."""

import pytest
from plugin_package import build, install, python

from portico import _core


@pytest.mark.parametrize(
    "wrong, message",
    [
        ("table.abi = 99", "version 99"),
        ("table.struct_size = 24", "a table of 24 bytes"),
        ("table.compile = 0", "a required function is missing in the table of 'broken'"),
        ("table.name = 0", "a required function is missing"),
        ('table.name = "cpu"', "there is a target 'cpu' already"),
        ("return 0", "gives no table"),
    ],
)
def test_a_wrong_table_is_refused(tmp_path, wrong, message):
    with pytest.raises(RuntimeError, match=message):
        _core.load_target([str(build(tmp_path, wrong=wrong))])


def test_a_machine_that_cannot_be_described(tmp_path):
    library = build(tmp_path, wrong="table.machine = (void *)lastError")
    with pytest.raises(RuntimeError, match="describing the machine failed.*it was made to fail"):
        _core.load_target([str(library)])


@pytest.mark.parametrize(
    "figures, message",
    [
        ("machine->vector_bits = 0", "vector_bits cannot be; got 0"),
        ("machine->vector_bits = 96", "vector_bits cannot be; got 96; expected a power of two"),
        ("machine->vector_registers = 0", "vector_registers cannot be"),
        ("machine->work_groups = 1, machine->subgroup_size = 24", "subgroup_size .* got 24"),
        ("machine->work_groups = 1, machine->max_workgroup_size = 64", "expected 256 at least"),
        ("machine->work_groups = 1, machine->group_memory_bytes = 0", "group_memory_bytes"),
        ("machine->work_groups = 1, machine->compute_units = 0", "compute_units cannot be"),
    ],
)
def test_figures_that_no_machine_has(tmp_path, figures, message):
    with pytest.raises(RuntimeError, match=message):
        _core.load_target([str(build(tmp_path, machine=figures))])


@pytest.mark.parametrize(
    "shape, columns_of_b, message",
    [
        ("16, 8, 16, PORTICO_BF16", "{{0, 0, 4, 8, 1}}", None),
        ("16, 8, 24, PORTICO_BF16", "{{0, 0, 4, 8, 1}}", "k of a matrix unit cannot be; got 24"),
        ("16, 8, 16, PORTICO_TF32", "{{0, 0, 4, 8, 1}}", None),
        ("16, 8, 16, PORTICO_F64", "{{0, 0, 4, 8, 1}}", "got 16; expected a divisor of 8"),
        ("16, 24, 16, PORTICO_BF16", "{{0, 0, 4, 8, 1}}", "n of a matrix unit cannot be; got 24"),
        ("16, 8, 16, PORTICO_BF16", "{{0, 0, 4, 16, 1}}", None),
        ("16, 8, 16, PORTICO_BF16", "{{0, 0, 4, 4, 1}}", "lanes hold other elements than"),
        ("16, 8, 16, PORTICO_BF16", "{{0, 0, 0, 8, 1}}", "lanes hold other elements than"),
        ("16, 8, 16, PORTICO_BF16", "{{0, 0, 1, 32, 1}}", "lanes hold other elements than"),
    ],
)
def test_layouts_of_matrix_units(tmp_path, shape, columns_of_b, message):
    """The unit m16n8k16, and others that no strategy could use."""
    digits = (
        "static const portico_matrix_digit rows[] = {{0, 0, 4, 8, 1}, {1, 0, 2, 2, 8}},"
        " pairs[] = {{0, 0, 1, 4, 2}, {1, 0, 1, 2, 1}, {1, 0, 4, 2, 8}},"
        " deep[] = {{0, 0, 1, 4, 2}, {1, 0, 1, 2, 1}, {1, 0, 2, 2, 8}},"
        f" columns[] = {columns_of_b};"
        "static portico_matrix_unit unit = {" + shape + ", PORTICO_F32,"
        " {8, rows, pairs, 2, 3}, {4, deep, columns, 3, 1}, {4, rows, pairs, 2, 2}};"
        "machine->work_groups = 1; machine->matrix_units = &unit; machine->matrix_unit_count = 1"
    )
    library = build(tmp_path, wrong='table.name = "cpu"', machine=digits)
    # One that is right is refused for what comes next.
    with pytest.raises(RuntimeError, match=message or "there is a target 'cpu' already"):
        _core.load_target([str(library)])


def test_a_library_of_something_else(tmp_path):
    with pytest.raises(RuntimeError, match="not a target; got .*broken.so"):
        _core.load_target([str(build(tmp_path, offered="something_else"))])
    with pytest.raises(RuntimeError, match="cannot load the library; got .*none.so"):
        _core.load_target([str(tmp_path / "none.so")])


def test_a_table_of_a_later_version_is_taken(tmp_path):
    """Structs grow at their end: what this build does not know is not looked at."""
    library = build(tmp_path, wrong='table.name = "later", table.struct_size += 8')
    assert _core.load_target([str(library)]) == "later"


# Entry points -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "module, reason",
    [
        ("raise ValueError('no licence')", "ValueError: no licence"),
        ("import a_module_that_is_not_there", "ModuleNotFoundError"),
        ("def libraries(): return ['/nowhere/lib.so']", "cannot load the library"),
        ("def libraries(): return 7", "TypeError"),
    ],
)
def test_a_broken_plugin_warns_and_is_skipped(tmp_path, module, reason):
    install(tmp_path, "broken_plugin", "broken", module)
    code = (
        "import warnings, portico as pt\n"
        "assert (pt.ones(2) + 1).tolist() == [2, 2]\n"
        "with warnings.catch_warnings(record=True) as caught:\n"
        "    warnings.simplefilter('always')\n"
        "    for _ in range(2):\n"
        "        try: pt.device('broken')\n"
        "        except RuntimeError as error: print('refused')\n"
        "print(len(caught), caught[0].message)\n"
        "assert (pt.ones(2) + 1).tolist() == [2, 2]\n"
    )
    done = python(tmp_path, "-c", code)
    assert done.returncode == 0, done.stderr
    refused, refused_again, warning = done.stdout.strip().split("\n", 2)
    assert refused == refused_again == "refused"
    assert warning.startswith("1 ") and reason in warning and "broken_plugin" in warning


def test_import_runs_nothing_of_a_plugin(tmp_path):
    install(tmp_path, "loud", "loud", "print('I was imported')")
    done = python(tmp_path, "-c", "import portico as pt; print((pt.ones(2) + 1).tolist())")
    assert done.stdout == "[2.0, 2.0]\n"
