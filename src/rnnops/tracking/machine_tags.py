"""The processor that a model was trained on: what rounding, and so a model's bytes, depends on."""

import platform
from pathlib import Path

from threadpoolctl import threadpool_info

from rnnops.tracking.tags import BLAS_TAG, CPU_TAG, INSTRUCTIONS_TAG

CPU_INFO = Path("/proc/cpuinfo")
# The kernels of TensorFlow, NumPy and SciPy are chosen by these.
SETS = ("sse4_2", "avx", "fma", "avx2", "avx512", "avx_vnni", "amx", "asimd", "sve")


def machine_tags() -> dict[str, str]:
    """Tags of the processor's model, its sets of vector instructions and BLAS' kernels for it."""
    described = _cpu_info()
    flags = described.get("flags", described.get("Features", "")).split()
    instructions = [flag for flag in sorted(flags) if flag.startswith(SETS)]
    kernels = {
        " ".join(str(pool.get(key)) for key in ("internal_api", "version", "architecture"))
        for pool in threadpool_info()
        if pool["user_api"] == "blas"
    }
    return {
        CPU_TAG: described.get("model name") or platform.processor() or platform.machine(),
        INSTRUCTIONS_TAG: " ".join(instructions) or "unknown",
        BLAS_TAG: ", ".join(sorted(kernels)) or "unknown",
    }


def _cpu_info() -> dict[str, str]:
    """What Linux says of the first core; empty on other systems."""
    if not CPU_INFO.exists():
        return {}
    first = CPU_INFO.read_text(encoding="utf-8").partition("\n\n")[0]
    rows = (line.partition(":") for line in first.splitlines())
    return {name.strip(): value.strip() for name, _, value in rows}
