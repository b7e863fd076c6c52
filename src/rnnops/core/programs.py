"""Running the programs of this environment: git, and DVC with the Python of its stages."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from rnnops.core.errors import InputError


class ProgramError(InputError):
    """A program failed or is not installed; the message has the command and the reason."""


def run(*command: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a program, found beside this Python before anywhere else, and capture what it prints.

    Raises:
        ProgramError: if it is not installed; its exit status is the caller's to check.
    """
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    program = shutil.which(command[0], path=path)
    if program is None:
        raise ProgramError(f"{command[0]} is not installed, or not on the PATH")
    return subprocess.run(
        [program, *command[1:]],
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        encoding="utf-8",
        errors="replace",
    )


def output(*command: str, folder: Path | None = None) -> str:
    """What a program prints on standard output.

    Raises:
        ProgramError: if it fails or is not installed.
    """
    done = run(*command, folder=folder)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["no message"]
        errors = [line for line in lines if line.lower().startswith(("error:", "fatal:"))]
        reason = errors[0] if errors else lines[-1]
        raise ProgramError(f"`{' '.join(command)}` failed: {reason}")
    return done.stdout
