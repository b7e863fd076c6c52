import numpy as np

from rnnops.tracking import machine_tags
from rnnops.tracking.tags import BLAS_TAG, CPU_TAG, INSTRUCTIONS_TAG

TWO_CORES = """\
processor\t: 0
model name\t: A CPU @ 2.0GHz
flags\t\t: fpu sse4_2 avx2 fma rdseed avx512f avx512_vnni

processor\t: 1
model name\t: Another CPU
flags\t\t: fpu
"""


def test_processor_instructions_and_kernels_are_named(tmp_path, monkeypatch):
    monkeypatch.setattr(machine_tags, "CPU_INFO", tmp_path / "cpuinfo")
    machine_tags.CPU_INFO.write_text(TWO_CORES)
    np.ones((2, 2)) @ np.ones((2, 2))  # loads BLAS
    tags = machine_tags.machine_tags()
    assert tags[CPU_TAG] == "A CPU @ 2.0GHz"
    assert tags[INSTRUCTIONS_TAG] == "avx2 avx512_vnni avx512f fma sse4_2"
    assert tags[BLAS_TAG] != "unknown"


def test_other_systems_say_what_python_knows(tmp_path, monkeypatch):
    monkeypatch.setattr(machine_tags, "CPU_INFO", tmp_path / "none")
    tags = machine_tags.machine_tags()
    assert tags[CPU_TAG]
    assert tags[INSTRUCTIONS_TAG] == "unknown"
