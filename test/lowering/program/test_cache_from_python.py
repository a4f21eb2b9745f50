"""What a user sees of the cache on disk: hits, and one warning where it cannot be used."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]

PROGRAM = """
import json, warnings
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    import portico as pt
    x = pt.from_numpy(__import__("numpy").arange(6, dtype="float32"))
    values = (x * 2 + 1).tolist()
    more = (x - 3).sum().item()
stats = pt.stats()
print(json.dumps({
    "values": values, "more": more, "warnings": [str(w.message) for w in caught],
    "disk_hits": stats["disk_hits"], "compiles": stats["compiles"],
}))
"""


def run(cache):
    path = os.pathsep.join([str(ROOT / "python"), os.environ.get("PYTHONPATH", "")])
    environment = dict(os.environ, PORTICO_CACHE_DIR=str(cache), PYTHONPATH=path)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        capture_output=True,
        text=True,
        env=environment,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["values"] == [1.0, 3.0, 5.0, 7.0, 9.0, 11.0]
    assert result["more"] == -3.0
    return result


def test_a_second_process_compiles_nothing(tmp_path):
    first = run(tmp_path)
    assert first["compiles"] >= 2 and first["disk_hits"] == 0 and not first["warnings"]
    second = run(tmp_path)
    assert second["compiles"] == 0 and second["disk_hits"] == first["compiles"]


def test_damaged_files_are_compiled_again_with_one_warning(tmp_path):
    compiles = run(tmp_path)["compiles"]
    files = sorted((tmp_path / "programs").iterdir())
    assert len(files) == compiles
    for file in files:
        file.write_bytes(file.read_bytes()[:100] + b"damage" + file.read_bytes()[106:])
    again = run(tmp_path)
    assert again["compiles"] == compiles
    assert len(again["warnings"]) == 1 and "[cache]" in again["warnings"][0]
    assert run(tmp_path)["disk_hits"] == compiles


def test_a_folder_that_cannot_be_made_is_one_warning():
    result = run("/proc/nowhere")
    assert len(result["warnings"]) == 1
    assert "/proc/nowhere" in result["warnings"][0]
