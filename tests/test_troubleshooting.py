"""docs/troubleshooting.md against the code: each line that it quotes is one that is printed."""

import ast
import contextlib
import io
import re
import runpy

import pandas as pd
import pytest
from project import MINE, ROOT
from ruamel.yaml import YAML

PAGE = (ROOT / "docs/troubleshooting.md").read_text()
QUOTED = re.findall(r"^```text\n(.*?)\n```$", PAGE, re.DOTALL | re.MULTILINE)
CSV = pd.DataFrame({"body": ["see you", "buy now"] * 30, "kind": ["ham", "spam"] * 30}).to_csv(
    index=False
)
FEW = "".join(CSV.splitlines(keepends=True)[:35])
WORKBOOK = b"PK\x03\x04" + bytes(26) + b"xl/workbook.xml"
ENTRY = "datasets.mine"
PROVOKED = {  # changes of params.yaml, what mine.csv holds, and what runs after ingest
    "unknown key": ({"train.unit": 8}, CSV),
    "out of range": ({"train.dropout": 2}, CSV),
    "dataset": ({"data.dataset": "mien"}, CSV),
    "no source": ({f"{ENTRY}.fetch": {}}, CSV),
    "no file": ({f"{ENTRY}.fetch.path": "data/incoming/mien.csv"}, CSV),
    "checksum": (
        {f"{ENTRY}.fetch": {"url": "file://data/incoming/mine.csv", "sha256": "0" * 64}},
        CSV,
    ),
    "column": ({f"{ENTRY}.read": {"format": "csv", "text": "message", "label": "kind"}}, CSV),
    "encoding": ({}, CSV.encode("utf-16")),
    "workbook": ({}, WORKBOOK),
    "one label": ({}, CSV.replace("spam", "ham")),
    "positive": ({f"{ENTRY}.positive": "Spam"}, CSV),
    "few rows": ({}, FEW, "validate"),
    "quarantine": ({}, CSV.replace("see you,ham", "see you,", 6), "validate"),
}
FEWEST_OF_ITS_OWN = 14  # characters of a message that are not a value's


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
    """By name in PROVOKED, the lines on standard error."""
    found = {}
    for name, (changes, content, *more) in PROVOKED.items():
        folder = tmp_path_factory.mktemp("project")
        prepare(folder, changes, content)
        error = io.StringIO()
        with contextlib.chdir(folder), contextlib.redirect_stderr(error):
            for stage in ("ingest", *more):
                with contextlib.suppress(SystemExit):
                    runpy.run_path(str(ROOT / f"pipeline/{stage}.py"), run_name="__main__")
        found[name] = error.getvalue().splitlines()
    return found


def prepare(folder, changes, content):
    params = YAML(typ="safe").load(ROOT / "params.yaml")
    params["data"]["dataset"] = "mine"
    spam_email = params["datasets"]["spam-email"]
    mine = {name: dict(MINE[name]) for name in ("fetch", "read")}
    params["datasets"] = {"mine": mine, "spam-email": spam_email}
    for key, value in changes.items():
        *parents, last = key.split(".")
        section = params
        for parent in parents:
            section = section[parent]
        section[last] = value
    YAML().dump(params, folder / "params.yaml")
    (folder / "data/incoming").mkdir(parents=True)
    file = folder / "data/incoming/mine.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())


def is_line(quoted, line):
    """Whether the page quotes this line; … stands there for anything."""
    return re.fullmatch(".*".join(map(re.escape, quoted.split("…"))), line)


def written_lines():
    """A pattern for each string in the code, any value in its place."""
    for file in [*(ROOT / "src").rglob("*.py"), *(ROOT / "pipeline").rglob("*.py")]:
        for node in ast.walk(ast.parse(file.read_text())):
            parts = dict(ast.iter_fields(node)).get("values", [node])
            texts = [part.value if isinstance(part, ast.Constant) else None for part in parts]
            own = "".join(text for text in texts if isinstance(text, str))
            if isinstance(node, ast.Constant | ast.JoinedStr) and len(own) >= FEWEST_OF_ITS_OWN:
                yield "".join(".*" if text is None else re.escape(text) for text in texts)
    yield re.escape(re.search(r'echo "error: (.*?)"', (ROOT / "Makefile").read_text())[1])


@pytest.mark.parametrize("name", PROVOKED)
def test_what_a_stage_prints_is_quoted(printed, name):
    assert any(is_line(quoted, line) for quoted in QUOTED for line in printed[name]), printed[name]


def test_what_is_quoted_is_printed(printed):
    patterns = list(written_lines())
    lines = [line for name in PROVOKED for line in printed[name]]
    assert len(QUOTED) > len(PROVOKED)
    unknown = [
        quoted
        for quoted in QUOTED
        if not any(is_line(quoted, line) for line in lines)
        and not any(re.fullmatch(f"(error: )?{pattern}", quoted) for pattern in patterns)
    ]
    assert not unknown
