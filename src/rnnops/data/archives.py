"""Unpacking archives that others made, without letting them write anywhere else."""

import gzip
import lzma
import shutil
import stat
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath, PureWindowsPath

from rnnops.errors import InputError

TAR_SUFFIXES = (
    ".tar", ".tgz", ".tar.gz", ".tbz2", ".tar.bz2", ".txz", ".tar.xz",
)  # fmt: skip
ZIP_SUFFIXES = (".zip", ".whl")
_BROKEN = (
    EOFError, OSError, RuntimeError, NotImplementedError, ValueError, lzma.LZMAError,
    tarfile.TarError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip


@contextmanager
def opened(source: Path, scratch: Path) -> Iterator[Path]:
    """What is inside `source`: an archive's or .gz file's content below `scratch`, else `source`.

    Raises:
        InputError: as `unpack` does.
    """
    if source.is_dir() or not source.name.lower().endswith((*TAR_SUFFIXES, *ZIP_SUFFIXES, ".gz")):
        yield source
        return
    scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".unpacked.", dir=scratch) as folder:
        if source.name.lower().endswith((*TAR_SUFFIXES, *ZIP_SUFFIXES)):
            unpack(source, Path(folder))
            yield Path(folder)
        else:
            yield _decompress(source, Path(folder) / source.name[: -len(".gz")])


def unpack(archive: Path, folder: Path) -> None:
    """Extract the files of a tar or zip archive (a wheel too) into `folder`.

    Raises:
        InputError: naming the member, when it is a link or a device or would land outside `folder`;
            or when the archive is damaged; nothing is written outside `folder` in any case.
    """
    try:
        if archive.name.lower().endswith(ZIP_SUFFIXES):
            _unpack_zip(archive, folder)
        else:
            _unpack_tar(archive, folder)
    except _BROKEN as error:
        raise InputError(f"{archive.name} cannot be unpacked (is it damaged?): {error}") from None


def _unpack_tar(archive: Path, folder: Path) -> None:
    def checked(member: tarfile.TarInfo, destination: str) -> tarfile.TarInfo:
        _check_name(archive, member.name)
        if not (member.isfile() or member.isdir()):
            raise _refused(archive, member.name, "is a link or a device")
        return tarfile.data_filter(member, destination)

    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter=checked)  # noqa: S202 - `checked` is the protection


def _unpack_zip(archive: Path, folder: Path) -> None:
    with zipfile.ZipFile(archive) as packed:
        for member in packed.infolist():
            _check_name(archive, member.filename)
            kind = stat.S_IFMT(member.external_attr >> 16)
            if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
                raise _refused(archive, member.filename, "is a link or a device")
            packed.extract(member, folder)


def _check_name(archive: Path, name: str) -> None:
    windows = PureWindowsPath(name)
    if PurePosixPath(name).is_absolute() or windows.anchor or ".." in windows.parts:
        raise _refused(archive, name, "would be written outside the archive's own folder")


def _refused(archive: Path, name: str, why: str) -> InputError:
    return InputError(f"{archive.name} is not safe to unpack: its member {name!r} {why}")


def _decompress(source: Path, target: Path) -> Path:
    try:
        with gzip.open(source) as packed, target.open("wb") as file:
            shutil.copyfileobj(packed, file)
    except _BROKEN as error:
        raise InputError(f"{source.name} cannot be unpacked (is it damaged?): {error}") from None
    return target
