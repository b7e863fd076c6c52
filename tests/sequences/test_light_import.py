"""What classifies sequences starts without the libraries of training."""

import subprocess
import sys

import pytest

HEAVY = ("keras", "tensorflow", "jax", "torch", "sklearn", "scipy", "mlflow")


@pytest.mark.parametrize("module", ["table_classifier", "description"])
def test_importing_it_loads_no_library_of_training(module):
    program = (
        f"import sys, rnnops.sequences.{module}; "
        f"print(*(name for name in {HEAVY} if name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "\n", done.stderr
