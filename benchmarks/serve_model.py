"""`python serve_model.py PORT CLASS FOLDER`: our server with a class of serving_models.py."""

import os
import sys
from pathlib import Path

from rnnops.serving.server import serve
from rnnops.serving.settings import Settings


def main(port: str, model: str, folder: str) -> None:
    """Serve until a signal says stop."""
    here = str(Path(__file__).parent)
    os.environ["PYTHONPATH"] = here  # the workers import the class by its name
    loader = f"serving_models:{model}.load"
    serve(Settings(port=int(port), model=folder, loader=loader, chooser="serving_choice:choose"))


if __name__ == "__main__":
    main(*sys.argv[1:])
