"""Tokens, names of the server, origins: who may ask."""

import pytest

from rnnops.core.errors import InputError
from rnnops.serving.edge import host_name, is_authorized, is_same_origin
from rnnops.serving.settings import Settings, read_token


def test_the_token_is_the_file_s_or_the_environment_s(tmp_path, monkeypatch):
    monkeypatch.delenv("RNNOPS_TOKEN", raising=False)
    assert read_token(None) is None
    monkeypatch.setenv("RNNOPS_TOKEN", "from-environment")
    assert read_token(None) == "from-environment"
    (tmp_path / "token").write_text("from-file\n")
    assert read_token(tmp_path / "token") == "from-file"


@pytest.mark.parametrize("content", ["", "\n", "two words", "smörgås", "a\nb"])
def test_what_is_no_token_is_refused(tmp_path, content):
    (tmp_path / "token").write_text(content)
    with pytest.raises(InputError, match="holds no token"):
        read_token(tmp_path / "token")
    with pytest.raises(InputError, match="cannot be read"):
        read_token(tmp_path / "none")


def test_the_token_is_not_shown():
    assert "hidden" not in repr(Settings(token="hidden"))  # noqa: S106


@pytest.mark.parametrize(
    ("header", "is_right"),
    [
        (b"Bearer secret", True),
        (b"bearer  secret", True),
        (b"Bearer secre", False),
        (b"Bearer secrett", False),
        (b"Basic secret", False),
        (b"secret", False),
        (b"Bearer \xff", False),
        (b"", False),
        (None, False),
    ],
)
def test_only_the_whole_token_is_right(header, is_right):
    assert is_authorized(header, "secret") is is_right
    assert is_authorized(header, None)


def test_on_loopback_only_its_names_are_accepted():
    assert Settings().accepted_names == {"127.0.0.1", "localhost", "::1"}
    assert "spam.example" in Settings(names=frozenset({"spam.example"})).accepted_names
    named = Settings(host="MyHost", names=frozenset({"spam.example"}))
    assert "myhost" in named.accepted_names
    assert Settings(host="LocalHost").is_on_loopback
    assert Settings(host="0.0.0.0").accepted_names is None  # noqa: S104


@pytest.mark.parametrize(
    ("authority", "name"),
    [
        ("127.0.0.1:8000", "127.0.0.1"),
        ("LOCALHOST", "localhost"),
        ("[::1]:8000", "::1"),
        ("[::1", ""),
        ("", ""),
        ("a@127.0.0.1", "127.0.0.1"),
    ],
)
def test_the_name_in_a_host_header(authority, name):
    assert host_name(authority) == name


def test_only_pages_of_the_server_are_of_its_origin():
    names = frozenset({"127.0.0.1", "localhost", "::1", "spam.example"})
    assert is_same_origin("http://127.0.0.1:8000", "127.0.0.1:8000", names)
    assert is_same_origin("https://spam.example", "127.0.0.1:8000", names)
    for other in ("http://127.0.0.1:3000", "http://evil.example", "null", "", "http://["):
        assert not is_same_origin(other, "127.0.0.1:8000", names)
