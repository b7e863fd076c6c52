"""Unpacking what others packed, without letting it write anywhere else or fill the disk."""

import gzip
import lzma
import stat
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO

from rnnops.core.errors import InputError

TAR_SUFFIXES = (
    ".tar", ".tgz", ".tar.gz", ".tbz2", ".tar.bz2", ".txz", ".tar.xz",
)  # fmt: skip
ZIP_SUFFIXES = (".zip", ".whl")
FILE_SUFFIXES = (".gz", ".zst")
# Text packs to a tenth, a bomb to a thousandth: content of more than SMALL bytes may not be more
# than MOST_EXPANSION times as large as its archive.
SMALL = 2**30
MOST_EXPANSION = 100
_CHUNK = 2**20
_BROKEN = (
    EOFError, OSError, RuntimeError, NotImplementedError, ValueError, lzma.LZMAError,
    tarfile.TarError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip


@contextmanager
def open_archive(source: Path, scratch: Path) -> Iterator[Path]:
    """What is inside `source`, below `scratch`: a folder for an archive, a file for .gz and .zst.

    Anything else is given as it is; a packed archive (.tar.zst) is unpacked as well.

    Raises:
        InputError: as `unpack` does.
    """
    name = source.name.lower()
    is_archive = name.endswith((*TAR_SUFFIXES, *ZIP_SUFFIXES))
    if source.is_dir() or not (is_archive or name.endswith(FILE_SUFFIXES)):
        yield source
        return
    scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".unpacked.", dir=scratch) as folder:
        if is_archive:
            unpack(source, Path(folder))
            yield Path(folder)
        else:
            with open_archive(_decompress(source, Path(folder)), Path(folder)) as content:
                yield content


def unpack(archive: Path, folder: Path) -> None:
    """Extract the files of a tar or zip archive (a wheel too) into `folder`.

    Raises:
        InputError: naming the member, when it is a link or a device or would land outside `folder`;
            when the archive is damaged; or when its content is out of all proportion to its size.
            Nothing is written outside `folder` in any case.
    """
    try:
        if archive.name.lower().endswith(ZIP_SUFFIXES):
            _unpack_zip(archive, folder)
        else:
            _unpack_tar(archive, folder)
    except _BROKEN as error:
        raise InputError(f"{archive.name} cannot be unpacked (is it damaged?): {error}") from None


def check_size(packed: Path, size: int) -> None:
    """Raise `InputError` when `size` bytes of content cannot honestly come from the file."""
    if size > max(SMALL, MOST_EXPANSION * packed.stat().st_size):
        raise InputError(
            f"{packed.name} is not safe to unpack: its content is more than {MOST_EXPANSION} times"
            f" its size; unpack it yourself if you trust it"
        )


def _unpack_tar(archive: Path, folder: Path) -> None:
    total = 0

    def checked(member: tarfile.TarInfo, destination: str) -> tarfile.TarInfo:
        nonlocal total
        total += member.size
        check_size(archive, total)
        _check_name(archive, member.name)
        if not (member.isfile() or member.isdir()):
            raise _refused(archive, member.name, "is a link or a device")
        return tarfile.data_filter(member, destination)

    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter=checked)  # noqa: S202 - `checked` is the protection


# zipfile writes a member with an unsafe name under another name; we refuse the archive instead.
def _unpack_zip(archive: Path, folder: Path) -> None:
    with zipfile.ZipFile(archive) as packed:
        check_size(archive, sum(member.file_size for member in packed.infolist()))
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


def _decompress(source: Path, folder: Path) -> Path:
    target = folder / source.name.removesuffix(source.suffix)
    total = 0
    try:
        with _decompressed(source) as content, target.open("wb") as file:
            while chunk := content.read(_CHUNK):
                total += len(chunk)
                check_size(source, total)
                file.write(chunk)
    except _BROKEN as error:
        raise InputError(f"{source.name} cannot be unpacked (is it damaged?): {error}") from None
    return target


def _decompressed(source: Path) -> IO[bytes] | gzip.GzipFile:
    if source.suffix.lower() == ".gz":
        return gzip.open(source)
    import pyarrow as pa

    return pa.input_stream(source, compression="zstd")
