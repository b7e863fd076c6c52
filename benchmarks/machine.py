"""The machine and the libraries, in words that say nothing of whose machine it is."""

import os
import platform
from importlib import metadata
from pathlib import Path

LIBRARIES = ("numpy", "keras", "tensorflow", "jax", "torch")


def describe_machine() -> dict[str, str | int]:
    """`processor`, `cores` (that this process may use), `memory_gib`, `python` and each library."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(memory / 2**30),
        "system": platform.system(),
        "python": platform.python_version(),
        **{library: _version(library) for library in LIBRARIES},
    }


def _processor() -> str:
    described = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    names = [line for line in described.splitlines() if line.startswith("model name")]
    return names[0].partition(":")[2].strip() if names else platform.machine()


def _version(library: str) -> str:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return "not installed"
