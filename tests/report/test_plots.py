import hashlib
import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from rnnops.metrics.scores import Scores
from rnnops.report.curves import all_curves
from rnnops.report.plots import draw_all, write_plots

HISTORY = pd.DataFrame(
    {
        "epoch": [1, 2, 3],
        "loss": [0.6, 0.3, 0.2],
        "accuracy": [0.7, 0.8, 0.9],
        "val_loss": [0.5, 0.3, 0.4],
        "val_accuracy": [0.7, 0.9, 0.8],
    }
)
FLOW = pd.DataFrame(
    {
        "epoch": [1, 1, 1, 1, 2, 2, 2, 2],
        "direction": ["forward", "forward", "backward", "backward"] * 2,
        "time": [0, 8] * 4,
        "gradient_norm": [1e-6, 0.1, 0.2, 1e-4, 1e-3, 0.2, 0.1, 0.0],
    }
)
PLOTS = ["roc", "precision_recall", "calibration", "confusion", "learning_curves", "gradient_flow"]
IN_ANOTHER_PROCESS = """
import hashlib, sys
import pandas as pd
sys.path.insert(0, sys.argv[1])
from test_plots import FLOW, HISTORY, certain
from rnnops.report.plots import draw_all
drawn = draw_all({"network": certain()}, HISTORY, FLOW, 10)
print(hashlib.sha256(b"".join(drawn.values())).hexdigest())
"""


def certain():
    probabilities = np.array([[1.0, 0.0], [0.0, 1.0], [0.7, 0.3]])
    return Scores(("ham", "spam"), np.array([0, 1, 1]), probabilities, "spam", 0.5)


@pytest.mark.parametrize("labels", [("ham", "spam"), ("a", "b", "c"), tuple("abcdefgh")])
def test_every_plot_is_drawn_for_any_number_of_labels(make_scores, labels):
    models = {name: make_scores(labels=labels, seed=i) for i, name in enumerate(("rnn", "nb"))}
    pictures = draw_all(models, HISTORY, FLOW, 10)
    assert list(pictures) == PLOTS
    assert all(picture.startswith(b"\x89PNG") for picture in pictures.values())


def test_the_same_bytes_in_another_process_and_whatever_the_users_style(request):
    here = b"".join(draw_all({"network": certain()}, HISTORY, FLOW, 10).values())
    with mpl.rc_context({"font.size": 20, "axes.facecolor": "red", "savefig.dpi": 30}):
        assert b"".join(draw_all({"network": certain()}, HISTORY, FLOW, 10).values()) == here
    command = [sys.executable, "-c", IN_ANOTHER_PROCESS, str(request.path.parent)]
    there = subprocess.run(command, capture_output=True, text=True, check=True)
    assert there.stdout.strip() == hashlib.sha256(here).hexdigest()
    assert b"Software" not in here


@pytest.mark.filterwarnings("error")
def test_a_model_that_calls_nothing_positive_and_one_epoch_are_drawn():
    scores = Scores(("ham", "spam"), np.array([0, 1]), np.full((2, 2), 0.5), "spam", 1.0)
    assert list(draw_all({"network": scores}, HISTORY[:1], FLOW, 10)) == PLOTS


@pytest.mark.filterwarnings("error")  # matplotlib warns of each glyph that it draws a box for
@pytest.mark.parametrize(
    "labels",
    [("垃圾邮件", "正常邮件"), ("ปัญหา", "ຄຳຖາມ", "សំណួរ"), ("رسالة", "\U000f0000"), ("質問", "返品")],
)
def test_labels_of_any_script_are_drawn_without_boxes(make_scores, caplog, labels):
    pictures = draw_all({"network": make_scores(labels=labels)}, HISTORY, FLOW, 10)
    assert list(pictures) == PLOTS
    assert caplog.records == []


def test_writes_a_table_for_dvc_and_a_picture_for_people(tmp_path, make_scores):
    models = {"network": make_scores(), "baseline": make_scores(seed=1)}
    frames = {name: all_curves(scores, 10) for name, scores in models.items()}
    folder = tmp_path / "plots"
    folder.mkdir()
    (folder / "stale.png").touch()
    write_plots(folder, frames, {"roc": b"picture"})
    written = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    tables = [f"{plot}/{model}.csv" for plot in frames["network"] for model in models]
    assert written == sorted([*tables, "roc.png"])
    assert (folder / "roc.png").read_bytes() == b"picture"
    table = pd.read_csv(folder / "roc" / "baseline.csv")
    pd.testing.assert_frame_equal(table, frames["baseline"]["roc"])
    assert b"\r" not in (folder / "confusion" / "network.csv").read_bytes()
