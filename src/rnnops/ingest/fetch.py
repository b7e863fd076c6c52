"""Getting a dataset's bytes, verified against their pinned digest and kept for the next time."""

import base64
import hashlib
import shlex
import tempfile
from pathlib import Path, PurePath, PurePosixPath
from urllib.parse import unquote, urlsplit

from rnnops.catalog.dataset import Fetch
from rnnops.core import layout
from rnnops.core.checkout import main_checkout
from rnnops.core.errors import InputError
from rnnops.core.suggestions import suggest
from rnnops.ingest.lost_files import restore
from rnnops.ingest.registries import npm_download, pip_download, remove_secrets

INCOMING = Path(layout.INCOMING)
# The extra of pyproject.toml whose packages read URLs of a protocol.
EXTRAS = {"s3": "s3", "gs": "gs", "gcs": "gs", "az": "azure", "abfs": "azure", "sftp": "ssh"}


def fetch(spec: Fetch, downloads: Path) -> Path:
    """The local file or folder that `spec` names, downloaded when it must be.

    A download is kept below `downloads` in a folder named by its digest, and verified again each
    time it is used, so that a second fetch needs no network.

    Raises:
        InputError: when it cannot be had, or is not what its digest says; nothing is kept then.
    """
    if spec.path:
        return _local(spec, Path(spec.path))
    home = downloads / _digests(spec)[0][1][:16]
    for kept in sorted(home.glob("[!.]*")):
        if not _difference(spec, kept):
            return kept
    downloads.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".download.", dir=downloads) as folder:
        file = _download(spec, Path(folder))
        if difference := _difference(spec, file):
            raise InputError(
                f"{_name(spec)} is not what params.yaml pins: {difference}; it was not kept: either"
                " the download is damaged or tampered with, or the pinned checksum is wrong"
            )
        home.mkdir(exist_ok=True)
        return file.replace(home / file.name)


def _local(spec: Fetch, path: Path) -> Path:
    if not path.is_relative_to(INCOMING) or ".." in path.parts:
        raise InputError(f"fetch.path: {path} {_why_refused(path.expanduser())}")
    # a queued experiment's copy lacks what neither git nor DVC tracks
    checkout = Path() if path.exists() else main_checkout()
    if not (checkout / path).exists() and not restore(path, INCOMING):
        beside = [
            path.with_name(each.name).as_posix() for each in (checkout / path).parent.glob("*")
        ]
        hint = suggest(path.as_posix(), beside)
        raise InputError(f"fetch.path: {path} does not exist (looked in {Path.cwd()}){hint}")
    if link := _linked_folder(checkout / INCOMING, path.relative_to(INCOMING)):
        old, new = (shlex.quote(f"{link}{end}") for end in ("", ".copy"))
        raise InputError(
            f"fetch.path: {link} is a link to a folder, and DVC does not notice when a file in one"
            f" changes: cp -rL {old} {new} && rm {old} && mv {new} {old}"
        )
    path = checkout / path
    if _digests(spec) and path.is_dir():
        raise InputError(f"fetch.path: {path} is a folder, which has no checksum to pin")
    if difference := _difference(spec, path):
        raise InputError(f"{path} is not what params.yaml pins: {difference}")
    return path


def _why_refused(path: Path) -> str:
    """What is wrong with a path that is not written as one below data/incoming, and the way out."""
    incoming = (main_checkout() / INCOMING).resolve()
    place = path.parent.resolve() / path.name
    if place.is_relative_to(incoming):
        relative = INCOMING / place.relative_to(incoming)
        return f"is {relative}: write it so, and it holds on every machine"
    watched = f"is not below {INCOMING}, the one folder that DVC watches for changes"
    if (incoming / path.name).exists():
        return f"{watched}; did you mean {str(INCOMING / path.name)!r}?"
    if not path.exists():
        return f"does not exist, and {watched}: put the file there"
    return (
        f"{watched}: cp -r {shlex.quote(str(path))} {INCOMING}/ and set fetch.path to"
        f" {INCOMING / path.name}"
    )


def _linked_folder(incoming: Path, path: PurePath) -> Path | None:
    """A symbolic link to a folder between `incoming` and `path` in it, or below `path`."""
    steps = [incoming / step for step in (path, *path.parents) if step.parts]
    folder = incoming / path
    below = folder.rglob("*") if folder.is_dir() else ()
    return next((each for each in (*steps, *below) if each.is_symlink() and each.is_dir()), None)


def _download(spec: Fetch, folder: Path) -> Path:
    if spec.npm:
        return npm_download(spec.npm, folder)
    if spec.pypi:
        return pip_download(spec.pypi, folder)
    return _download_url(spec.url or "", folder)


def _download_url(url: str, folder: Path) -> Path:
    import fsspec

    protocol = url.partition("://")[0].lower()
    target = folder / (PurePosixPath(unquote(urlsplit(url).path)).name.lstrip(".") or "download")
    try:
        system, path = fsspec.url_to_fs(url, **_options(protocol))
        system.get_file(path, str(target))
        if not target.is_file():
            raise FileNotFoundError(path)
    except ImportError as needed:
        extra = EXTRAS.get(protocol)
        hint = f'pip install -e ".[{extra}]"' if extra else str(needed)
        raise InputError(f"{remove_secrets(url)} needs another package: {hint}") from None
    except Exception as error:  # each of fsspec's protocols raises its own client's exceptions
        missing = isinstance(error, FileNotFoundError)
        reason = "there is no such file" if missing else str(error) or type(error).__name__
        raise InputError(
            f"{remove_secrets(url)} could not be fetched: {remove_secrets(reason)}"
        ) from None
    return target


def _options(protocol: str) -> dict[str, object]:
    """An unreachable web server is an error soon; a large file may take its time."""
    if protocol not in ("http", "https"):
        return {}
    from aiohttp import ClientTimeout

    return {"client_kwargs": {"timeout": ClientTimeout(total=None, sock_connect=10, sock_read=60)}}


def _digests(spec: Fetch) -> list[tuple[str, str]]:
    """The pinned digests as (algorithm, hexadecimal)."""
    digests = []
    if spec.integrity:
        digests.append(("sha512", base64.b64decode(spec.integrity.removeprefix("sha512-")).hex()))
    if spec.sha256:
        digests.append(("sha256", spec.sha256))
    return digests


def _difference(spec: Fetch, file: Path) -> str:
    """How `file` differs from the pinned digests, written as those are; "" when it does not."""
    for algorithm, expected in _digests(spec):
        with file.open("rb") as content:
            found = hashlib.file_digest(content, algorithm).hexdigest()
        if found != expected:
            return (
                f"expected {_as_pinned(algorithm, expected)}, found {_as_pinned(algorithm, found)}"
            )
    return ""


def _as_pinned(algorithm: str, digest: str) -> str:
    if algorithm == "sha512":
        return "sha512-" + base64.b64encode(bytes.fromhex(digest)).decode("ascii")
    return f"{algorithm} {digest}"


def _name(spec: Fetch) -> str:
    return spec.npm or spec.pypi or remove_secrets(spec.url or "")
