"""What bodies are read as, and the problem with those that cannot be read."""

import json

import pytest

from rnnops.serving import bodies
from rnnops.serving.bodies import read_messages
from rnnops.serving.charsets import CODECS, codec_of
from rnnops.serving.invocations import read_invocation
from rnnops.serving.problems import Problem

JSON = "application/json"
FORM = "multipart/form-data; boundary=B"
MAIL = b"From: ann@example.org\nSubject: Lunch\n\nAt noon?\n"


def form(*parts):
    """A form's body of (headers, content) pairs."""
    written = [
        b"--B\r\n" + head.encode() + b"\r\n\r\n" + content + b"\r\n" for head, content in parts
    ]
    return b"".join(written) + b"--B--\r\n"


def field(name, content, more=""):
    return f'Content-Disposition: form-data; name="{name}"{more}', content


@pytest.mark.parametrize(
    ("content_type", "body", "messages"),
    [
        (JSON, b'{"text": "hello"}', ["hello"]),
        (JSON, b'\xef\xbb\xbf{"text": "hello"}', ["hello"]),
        ("Application/JSON; charset=UTF-8", b'{"text": "hello"}', ["hello"]),
        (JSON, b'{"texts": ["one", "", "two"]}', ["one", "", "two"]),
        (JSON, b'{"text": "\\ud800\\u0000"}', ["\ud800\0"]),
        ("message/rfc822", MAIL, [MAIL]),
        ("text/plain", "grüß".encode(), ["grüß"]),
        ("text/plain", "ein Gruß".encode("cp1252"), ["ein Gruß"]),
        ("text/plain; charset=koi8-r", "привет".encode("koi8-r"), ["привет"]),
        ("text/plain; charset=utf-16", "hello".encode("utf-16"), ["hello"]),
        (FORM, form(field("text", "hé".encode())), ["hé"]),
        (FORM, form(field("text", b" "), field("f", MAIL, '; filename="a.eml"')), [MAIL]),
        (FORM, form(field("f", MAIL, '; filename="a"')), [MAIL]),
        (FORM, form(field("f", b"no mail", '; filename="a.txt"')), ["no mail"]),
        (FORM, form(field("text", b"a"), field("text", b"b")), ["a", "b"]),
    ],
)  # fmt: skip
def test_messages_of_a_body(content_type, body, messages):
    assert read_messages(content_type, body, 3) == messages


def test_every_charset_that_may_be_named_is_one_of_python():
    for name in ("Latin-1", "ISO-8859-15", "windows-1251", "UTF-16LE", "utf8", "GB2312", "big5"):
        assert "text".encode(codec_of(name)).decode(name) == "text"
    assert all("text".encode(codec) for codec in CODECS)


def test_a_content_type_that_cannot_be_parsed_is_a_problem(monkeypatch):
    monkeypatch.setattr(bodies, "MOST_CHARACTERS_OF_A_TYPE", 10_000)
    with pytest.raises(Problem) as problem:
        bodies.parse_content_type(f"multipart/form-data; a*{'1' * 5000}=x")
    assert problem.value.status == 400


def test_large_json_with_many_values_is_not_parsed(monkeypatch):
    monkeypatch.setattr(bodies, "SMALL_JSON_BYTES", 0)
    monkeypatch.setattr(bodies, "TOKENS_A_MESSAGE", 10)
    for body in (
        b'{"texts": [' + b"{}," * 31 + b"{}]}",
        b'{"a": ' + b"[" * 31 + b"]" * 31 + b"}",
        b'{"texts": [' + b'"\\\\", ' * 15 + b'""]}',
    ):
        with pytest.raises(Problem, match="more than 30 strings, commas and brackets") as problem:
            read_messages(JSON, body, 3)
        assert problem.value.status == 413
    text = r"a, [b] {c} \"" * 100
    assert read_messages(JSON, json.dumps({"texts": [text] * 3}).encode(), 3) == [text] * 3
    with pytest.raises(Problem, match="not JSON"):
        read_messages(JSON, b'{"text": "' + b"\\[," * 100, 3)


DEEP = b'{"text": ' + b"[" * 20_000 + b"]" * 20_000 + b"}"


@pytest.mark.parametrize(
    ("content_type", "body", "status", "said"),
    [
        ("", b"x", 415, "Content-Type is missing"),
        ("text/html", b"x", 415, "Content-Type is text/html"),
        ("application/jsonx", b"{}", 415, "application/jsonx"),
        ("application/json; charset=latin-1", b"{}", 415, "charset of JSON is UTF-8"),
        ("text/plain; charset=klingon", b"x", 415, "'klingon' is not supported"),
        ("text/plain; charset=hex", b"x", 415, "'hex' is not supported"),
        ("text/plain; charset=\0", b"x", 415, "is not supported"),
        ("text/plain; charset=punycode", b"a-b", 415, "'punycode' is not supported"),
        ("text/plain; charset=unicode_escape", b"x", 415, "'unicode_escape' is not supported"),
        ("text/plain; charset=", b"x", 415, "'' is not supported"),
        ("text/plain" + ";" * 60_000, b"x", 400, "more than 1,000 characters"),
        ("text/plain; charset=utf-8", b"\xff", 422, "not text in the charset 'utf-8'"),
        ("text/plain", b" \n", 422, "the body is empty"),
        ("text/plain", b"\x89PNG\r\n\x1a\n", 422, "PNG image"),
        ("message/rfc822", b"", 422, "the body is empty"),
        (JSON, b"", 400, "not JSON"),
        (JSON, b"{", 400, "not JSON"),
        (JSON, b'{"text": "\xff"}', 400, "byte 10 is none of it"),
        (JSON, DEEP, 400, "nested too deeply"),
        (JSON, b'{"text": ' + b"1" * 5000 + b"}", 400, "number that is too long"),
        (JSON, b"[]", 422, "neither"),
        (JSON, b'{"text": "a", "texts": ["b"]}', 422, "neither"),
        (JSON, b'{"message": "a"}', 422, "neither"),
        (JSON, b'{"text": null}', 422, "text is null"),
        (JSON, b'{"text": 1}', 422, "text is a number"),
        (JSON, b'{"text": true}', 422, "text is a boolean"),
        (JSON, b'{"texts": "a"}', 422, "texts is a string"),
        (JSON, b'{"texts": []}', 422, "texts is empty"),
        (JSON, b'{"texts": ["a", {}]}', 422, "texts[1] is an object"),
        (JSON, b'{"texts": ["a", "b", "c", "d"]}', 413, "4 messages"),
        (FORM, b"", 400, "cut off"),
        (FORM, b"nothing of a form", 400, "the form cannot be read"),
        (FORM, form(field("text", b"a"))[:-8], 400, "cut off"),
        ("multipart/form-data", form(field("text", b"a")), 400, "form"),
        (FORM, form(field("text", b"")), 422, "no message"),
        (FORM, form(field("message", b"a")), 422, "field 'message'"),
        (FORM, form(field("text", b"\xff")), 422, "field `text` is not text"),
        (FORM, form(field("f", b"%PDF-1.7 x", '; filename="a.eml"')), 422, "PDF document"),
        (FORM, form(*[field("text", b"a")] * 100_000), 413, "more than 3 parts"),
        (FORM, form(*[(f"X-{n}: a\r\n" * 20, b"a") for n in range(1)]), 400, "cannot be read"),
    ],
)  # fmt: skip
def test_a_body_that_is_no_request_is_a_problem_in_a_sentence(content_type, body, status, said):
    with pytest.raises(Problem) as problem:
        read_messages(content_type, body, 3)
    assert problem.value.status == status
    assert said in problem.value.detail
    assert len(problem.value.detail) < 200
    assert "\n" not in problem.value.detail


@pytest.mark.parametrize(
    ("value", "messages"),
    [
        ({"dataframe_split": {"columns": ["text"], "data": [["a"], ["b"]]}}, ["a", "b"]),
        ({"dataframe_split": {"index": [0], "columns": ["x", "y"], "data": [["a", 1]]}}, ["a"]),
        ({"dataframe_records": [{"text": "a"}, {"text": "b"}]}, ["a", "b"]),
        ({"instances": ["a", "b"]}, ["a", "b"]),
        ({"instances": [["a"], ["b"]]}, ["a", "b"]),
        ({"instances": [{"text": "a"}]}, ["a"]),
        ({"inputs": ["a"]}, ["a"]),
        ({"inputs": {"text": ["a", "b"]}}, ["a", "b"]),
        ({"inputs": "a", "params": {}}, ["a"]),
        ({"inputs": []}, []),
    ],
)
def test_texts_of_a_call_of_mlflow(value, messages):
    assert read_invocation(JSON, json.dumps(value).encode(), 3) == messages


def test_texts_of_a_table():
    table = b'text\n"a, b"\n"two\nlines"\n'
    assert read_invocation("text/csv", table, 3) == ["a, b", "two\nlines"]
    long = b"text\n" + b"x" * 500_000 + b"\n"
    assert read_invocation("text/csv; charset=utf-8", long, 3) == ["x" * 500_000]


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        (JSON, b"[]", 400),
        (JSON, b'{"text": "a"}', 400),
        (JSON, b'{"instances": ["a"], "inputs": ["b"]}', 400),
        (JSON, b'{"dataframe_split": {"data": ["a"]}}', 400),
        (JSON, b'{"dataframe_split": null}', 400),
        (JSON, b'{"instances": null}', 400),
        (JSON, b'{"instances": [null]}', 422),
        (JSON, b'{"dataframe_records": [{}]}', 422),
        (JSON, b'{"instances": ["a", "b", "c", "d"]}', 413),
        ("text/csv", b"", 400),
        ("text/csv", b'text\n"a', 400),
        ("text/csv", b"text\n\xff\n", 400),
        ("text/csv; charset=klingon", b"text\na\n", 415),
        ("text/csv; charset=punycode", b"text\na\n", 415),
        ("text/csv", b"text\na\nb\nc\nd\n", 413),
        ("text/plain", b"a", 415),
        ("", b"a", 415),
    ],
)
def test_a_call_that_is_none_of_mlflow_is_a_problem(content_type, body, status):
    with pytest.raises(Problem) as problem:
        read_invocation(content_type, body, 3)
    assert problem.value.status == status
