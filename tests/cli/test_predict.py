"""`rnnops predict` and `rnnops explain` on the model of a pipeline that has run."""

import json

import pytest

from rnnops.cli.inputs import BLOCK_CHARACTERS

# Where TensorFlow computes is selected before anything runs on it, for other files' tests too.
pytestmark = pytest.mark.usefixtures("cpu")

LINE = "lunch after the meeting\n"
MAIL = b"From: a@example.invalid\nSubject: cash prize\n\nclick, winner: an offer\n"


def test_predict_reads_mail_mbox_text_and_standard_input(project, tmp_path):
    (tmp_path / "one.eml").write_bytes(MAIL)
    stamp = b"From a@example.invalid Thu Aug 22 12:36:23 2002\n"
    (tmp_path / "two.mbox").write_bytes(stamp + MAIL + b"\n" + stamp + MAIL)
    (tmp_path / "three.txt").write_text("lunch after the meeting")
    files = [str(tmp_path / name) for name in ("one.eml", "two.mbox", "three.txt")]
    done = project.rnnops("predict", "--json", *files)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["message"] for row in rows] == [
        files[0], f"{files[1]}#1", f"{files[1]}#2", files[2],
    ]  # fmt: skip
    assert rows[0]["p_spam"] == pytest.approx(rows[1]["p_spam"], abs=1e-6)
    typed = project.rnnops("predict", "--json", input="lunch after the meeting")
    assert json.loads(typed.stdout)["p_spam"] == pytest.approx(rows[3]["p_spam"], abs=1e-6)
    assert "one.eml" in project.rnnops("predict", files[0]).stdout


def test_predict_reads_a_column_of_a_table_and_lines(project, tmp_path):
    table = tmp_path / "new.csv"
    table.write_text("n;body\n1;cash prize, click\n2;\n3;lunch after the meeting\n")
    done = project.rnnops("predict", "--json", "--text", "body", str(table))
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["message"] for row in rows] == [f"{table} row 2", f"{table} row 4"]
    assert f"note: left out: {table} row 3: no text\n" in done.stderr
    typed = "cash prize, click\n\nlunch after the meeting\n"
    done = project.rnnops("predict", "--json", "--lines", input=typed)
    by_line = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["message"] for row in by_line] == ["standard input line 1", "standard input line 3"]
    assert [row["p_spam"] for row in by_line] == pytest.approx([row["p_spam"] for row in rows])


def test_messages_of_many_lengths_make_no_noise(project):
    typed = "".join(f"{'lunch ' * words}\n" for words in range(1, 301, 6))
    done = project.run("rnnops", "predict", "--json", "--lines", input=typed)
    assert done.stdout.count("\n") == 50
    assert done.stderr.startswith("model: mine-classifier version ")
    assert done.stderr.count("\n") == 1


def test_verdicts_are_printed_block_by_block(project, tmp_path):
    number = 2 * BLOCK_CHARACTERS // len(LINE)
    (tmp_path / "chat.log").write_text(LINE * number)
    (tmp_path / "photo.txt").write_bytes(b"\x89PNG\r\n\x1a\n")
    files = [str(tmp_path / name) for name in ("chat.log", "photo.txt")]
    done = project.rnnops("predict", "--lines", "--json", *files, status=1)
    names = [json.loads(line)["message"] for line in done.stdout.splitlines()]
    assert number // 2 <= len(names) <= number
    assert names == [f"{files[0]} line {line}" for line in range(1, len(names) + 1)]
    assert done.stderr.splitlines()[1:] == [f"error: {files[1]} is not text: PNG image"]
    done = project.rnnops("predict", "--lines", files[0], f"{files[0]}.1", status=1)
    assert done.stdout == ""
    assert f"error: {files[0]}.1 does not exist" in done.stderr


def test_of_many_messages_the_first_are_explained(project, tmp_path):
    page = tmp_path / "page.html"
    done = project.rnnops("explain", "--lines", "--output", str(page), input=LINE * 21)
    assert "note: only the first 20 messages are explained\n" in done.stderr
    assert page.read_text().count("<svg") == 20


def test_explain_writes_a_page_about_each_message(project, tmp_path):
    (tmp_path / "one.eml").write_bytes(MAIL)
    (tmp_path / "two.txt").write_text("lunch after the meeting <script>alert(1)</script>")
    files = [str(tmp_path / name) for name in ("one.eml", "two.txt")]
    page = tmp_path / "page.html"
    done = project.rnnops("explain", *files, "--output", str(page))
    assert str(page) in done.stdout
    html = page.read_text()
    assert all(file in html for file in files)
    assert "<script" not in html
    assert html.count("<svg") == 2


def test_predict_says_what_it_cannot_read(project, tmp_path):
    for arguments, message in (
        (["nowhere.eml"], "nowhere.eml does not exist"),
        (["reports/plots/roc.png"], "reports/plots/roc.png is not text: PNG image"),
        (["--model", str(tmp_path), "README.md"], "cannot load the model"),
    ):
        done = project.rnnops("predict", *arguments, status=1)
        assert message in done.stderr
        assert done.stderr.count("\n") == 1
