"""Running the programs of this environment: git, and DVC with the Python of its stages."""

import os
import shutil
import subprocess
import sys
from pathlib import Path


def run(*command: str, cwd: Path | None = None) -> subprocess.CompletedProcess:
    """Run a program, found beside this Python before anywhere else, and capture what it prints."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    program = shutil.which(command[0], path=path) or command[0]
    environment = {**os.environ, "PATH": path}
    return subprocess.run(
        [program, *command[1:]], cwd=cwd, env=environment, capture_output=True, text=True
    )
