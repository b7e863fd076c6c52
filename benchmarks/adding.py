"""How long `rnnops add` takes for 100,000 messages. Writes results/adding.json.

`make labelling` runs it as well. The messages are stretches of 30 words of the default e-mails,
drawn at random, and are added to these e-mails in a clone of HEAD, each time to a new one.
"""

import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from choices import ROOT, copy_of_head, dvc

from rnnops.core import files, layout

RESULTS = Path(__file__).parent / "results" / "adding.json"
ROWS, WORDS, RUNS = 100_000, 30, 3


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        table = Path(scratch) / "new.csv"
        draw_messages().to_csv(table, index=False)
        seconds = []
        for number in range(RUNS):
            clone = copy_of_head(Path(scratch) / f"clone{number}")
            dvc(clone, "checkout", "--quiet")
            started = time.perf_counter()
            added = subprocess.run(
                ["rnnops", "add", table], cwd=clone, capture_output=True, text=True, check=True
            )
            seconds.append(round(time.perf_counter() - started, 1))
            print(added.stdout.splitlines()[0])
    found = {"rows": ROWS, "words": WORDS, "cores": os.cpu_count(), "seconds": seconds}
    files.write_json(found | {"median": statistics.median(seconds)}, RESULTS)


def draw_messages() -> pd.DataFrame:
    """Columns text and label."""
    random = np.random.default_rng(0)
    known = files.read_parquet(ROOT / layout.MESSAGES, ["text", "label"])
    words = known["text"].str.split()
    long = np.flatnonzero(words.str.len() > WORDS)
    rows = []
    for message in random.choice(long, ROWS):
        start = random.integers(len(words[message]) - WORDS)
        text = " ".join(words[message][start : start + WORDS])
        rows.append((text, known["label"][message]))
    return pd.DataFrame(rows, columns=["text", "label"])


if __name__ == "__main__":
    main()
