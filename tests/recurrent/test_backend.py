import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run_on(backend, *arguments):
    environment = {**os.environ, "KERAS_BACKEND": backend, "PYTHONPATH": "src"}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.skipif(importlib.util.find_spec("torch") is not None, reason="PyTorch is installed")
@pytest.mark.parametrize("stage", ["train", "evaluate"])
def test_a_stage_on_a_backend_that_is_not_installed_ends_with_one_line(stage):
    done = run_on("torch", f"pipeline/{stage}.py")
    assert done.returncode == 1
    assert done.stderr == (
        'error: train.backend is torch, which is not installed here: `pip install -e ".[torch]"`, '
        "or set train.backend to tensorflow\n"
    )
    assert done.stdout == ""


def test_an_unknown_backend_is_an_input_error_that_names_the_known_ones():
    script = (
        "from rnnops.core.errors import InputError\n"
        "try:\n"
        "    import rnnops.recurrent.backend\n"
        "except InputError as error:\n"
        "    print(error)"
    )
    done = run_on("pytorch", "-c", script)
    assert done.stdout == (
        "train.backend (or KERAS_BACKEND) is pytorch: it can be tensorflow, jax or torch; "
        "did you mean 'torch'?\n"
    )


@pytest.mark.parametrize(("backend", "loaded"), [("tensorflow", []), ("jax", ["jax"])])
def test_keras_brings_no_package_that_is_not_used_and_each_can_be_imported_later(backend, loaded):
    script = (
        "import sys\n"
        "from rnnops.recurrent.backend import keras\n"
        "print([name for name in ('jax', 'matplotlib', 'sklearn') if name in sys.modules])\n"
        "import jax, matplotlib.pyplot, sklearn\n"
        "print(keras.ops.convert_to_numpy(keras.ops.ones(2)))"
    )
    done = run_on(backend, "-c", script)
    assert done.stdout == f"{loaded}\n[1. 1.]\n", done.stderr
