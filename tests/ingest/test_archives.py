import gzip
import io
import stat
import tarfile
import zipfile
from functools import partial

import pyarrow as pa
import pytest

from rnnops.core.errors import InputError
from rnnops.ingest import archives
from rnnops.ingest.archives import open_archive, unpack


def make_tar(path, members, mode="w:gz"):
    with tarfile.open(path, mode) as tar:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            if isinstance(content, tuple):
                member.type, member.linkname = content
                tar.addfile(member)
            else:
                member.size = len(content)
                tar.addfile(member, io.BytesIO(content))
    return path


def make_zip(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return path


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        ("a.tgz", "w:gz"),
        ("a.tar", "w"),
        ("a.tar.gz", "w:gz"),
        ("a.tar.xz", "w:xz"),
        ("A.TBZ2", "w:bz2"),
    ],
)
def test_tar_archives_are_unpacked(tmp_path, name, mode):
    archive = make_tar(tmp_path / name, {"package/data/a.txt": b"hello"}, mode)
    unpack(archive, tmp_path / "out")
    assert (tmp_path / "out/package/data/a.txt").read_bytes() == b"hello"


@pytest.mark.parametrize("name", ["a.zip", "a-1.0-py3-none-any.whl"])
def test_zip_archives_and_wheels_are_unpacked(tmp_path, name):
    unpack(make_zip(tmp_path / name, {"data/a.txt": "hello"}), tmp_path / "out")
    assert (tmp_path / "out/data/a.txt").read_text() == "hello"


@pytest.mark.parametrize(
    "member", ["../evil.txt", "a/../../evil.txt", "{abs}/evil.txt", "..\\evil.txt"]
)
@pytest.mark.parametrize("make", [make_tar, make_zip])
def test_a_member_outside_the_folder_is_refused_and_not_written(tmp_path, member, make):
    member = member.format(abs=tmp_path / "elsewhere")
    archive = make(tmp_path / ("a.tgz" if make is make_tar else "a.zip"), {member: b"x"})
    with pytest.raises(InputError, match="evil") as error:
        unpack(archive, tmp_path / "out")
    assert repr(member) in str(error.value)
    assert not list(tmp_path.rglob("*evil*"))


@pytest.mark.parametrize(
    "content",
    [
        (tarfile.SYMTYPE, "../outside"),
        (tarfile.SYMTYPE, "/etc"),
        (tarfile.LNKTYPE, "../outside"),
        (tarfile.CHRTYPE, ""),
        (tarfile.FIFOTYPE, ""),
    ],
)
def test_links_and_devices_in_a_tar_are_refused(tmp_path, content):
    archive = make_tar(tmp_path / "a.tgz", {"odd": content, "odd/written": b"x"})
    with pytest.raises(InputError, match=r"'odd' is a link or a device"):
        unpack(archive, tmp_path / "out")
    assert not (tmp_path / "out" / "odd").exists()


def test_links_in_a_zip_are_refused(tmp_path):
    link = zipfile.ZipInfo("odd")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr(link, "/etc/passwd")
    with pytest.raises(InputError, match=r"'odd' is a link or a device"):
        unpack(tmp_path / "a.zip", tmp_path / "out")


@pytest.mark.parametrize("make", [make_tar, make_zip])
@pytest.mark.parametrize("damage", ["truncated", "garbage", "empty"])
def test_a_damaged_archive_is_one_clear_error(tmp_path, make, damage):
    name = "a.tgz" if make is make_tar else "a.zip"
    content = make(tmp_path / name, {"a.txt": bytes(range(256)) * 400}).read_bytes()
    broken = {"truncated": content[: len(content) // 2], "garbage": b"nonsense" * 99, "empty": b""}
    (tmp_path / name).write_bytes(broken[damage])
    with pytest.raises(InputError, match=rf"{name} cannot be unpacked \(is it damaged\?\)"):
        unpack(tmp_path / name, tmp_path / "out")


def test_opened_unpacks_for_as_long_as_it_is_read(tmp_path):
    archive = make_tar(tmp_path / "a.tgz", {"a.txt": b"hello"})
    with open_archive(archive, tmp_path / "scratch") as root:
        assert (root / "a.txt").read_bytes() == b"hello"
    assert not list((tmp_path / "scratch").iterdir())


def test_opened_leaves_other_files_and_folders_as_they_are(tmp_path):
    table = tmp_path / "a.csv"
    table.write_text("text,label\n")
    for source in (table, tmp_path):
        with open_archive(source, tmp_path / "scratch") as root:
            assert root == source


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("a.csv.gz", gzip.compress),
        ("A.CSV.ZST", lambda content: pa.compress(content, codec="zstd", asbytes=True)),
    ],
)
def test_opened_decompresses_a_single_file(tmp_path, name, pack):
    (tmp_path / name).write_bytes(pack(b"text,label\n"))
    with open_archive(tmp_path / name, tmp_path / "scratch") as root:
        assert root.name == name[:5]
        assert root.read_bytes() == b"text,label\n"
    (tmp_path / name).write_bytes(pack(b"text,label\n")[:-6])
    with (
        pytest.raises(InputError, match=rf"{name} cannot be unpacked"),
        open_archive(tmp_path / name, tmp_path / "scratch"),
    ):
        pass


def test_opened_unpacks_an_archive_that_is_packed_once_more(tmp_path):
    tar = make_tar(tmp_path / "a.tar", {"ham/1.txt": b"hello"}, "w").read_bytes()
    (tmp_path / "a.tar.zst").write_bytes(pa.compress(tar, codec="zstd", asbytes=True))
    with open_archive(tmp_path / "a.tar.zst", tmp_path / "scratch") as root:
        assert (root / "ham/1.txt").read_bytes() == b"hello"
    assert not list((tmp_path / "scratch").iterdir())


@pytest.mark.parametrize("name", ["a.zip", "a.tgz", "a.csv.gz", "a.csv.zst"])
def test_content_out_of_proportion_is_refused_before_it_fills_the_disk(tmp_path, monkeypatch, name):
    monkeypatch.setattr(archives, "SMALL", 2**20)
    zeros = bytes(2**23)
    if name == "a.zip":
        make_zip(tmp_path / name, {"a.csv": zeros})
    elif name == "a.tgz":
        make_tar(tmp_path / name, {f"{part}.csv": zeros[: 2**19] for part in range(16)})
    else:
        pack = gzip.compress if name.endswith(".gz") else partial(pa.compress, codec="zstd")
        (tmp_path / name).write_bytes(pack(zeros))
    with (
        pytest.raises(InputError, match=f"{name} is not safe to unpack: its content is more than"),
        open_archive(tmp_path / name, tmp_path / "scratch"),
    ):
        pass
