"""What `rnnops predict` and `rnnops explain` print, apart from the verdicts."""

import subprocess
import sys
from pathlib import Path

import pytest

from rnnops.cli.tables import StreamedTable


def test_rows_keep_their_columns_from_block_to_block(capsys):
    rows = StreamedTable("message", "label", "probability")
    rows.print([("a.txt", "spam", 0.5), ("会议.txt", "ham", 0.25)])
    rows.print([("b.txt", "ham", 1.0)])
    rows.print([("a longer name.txt", "ham", 1.0)])
    assert capsys.readouterr().out == (
        "message   label  probability\n"
        "a.txt     spam   0.5000\n"
        "会议.txt  ham    0.2500\n"
        "b.txt     ham    1.0000\n"
        "a longer name.txt  ham    1.0000\n"
    )


@pytest.mark.parametrize("command", ["predict", "explain"])
def test_the_help_says_what_is_read_and_how_it_is_recognised(command):
    program = Path(sys.executable).with_name("rnnops")
    done = subprocess.run([program, command, "--help"], capture_output=True, text=True, check=True)
    words = " ".join(done.stdout.replace("│", " ").split())
    for said in (
        "ends in .eml or the content starts like mail",
        "folders: their mail, .txt files and files without a suffix",
        "- or none is standard input",
        "parquet, xlsx, ods; also as .gz, .zst or .zip",
    ):
        assert said in words
