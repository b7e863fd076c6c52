"""A model that a test writes in a line: spam is what has the word `win`."""

import json
import os
import signal
import sys
from pathlib import Path

import numpy as np

from rnnops.core.errors import InputError
from rnnops.runtime.predictions import Predictions
from rnnops.runtime.scoring_worker import load_scorer


def write_model(folder: Path, spam: float = 0.9, threshold: float = 0.5) -> Path:
    """A model in `folder` that gives messages with `win` the probability `spam`."""
    folder.mkdir(parents=True)
    (folder / "model.json").write_text(json.dumps({"spam": spam, "threshold": threshold}))
    return folder


class TinyScorer:
    labels = ["ham", "spam"]  # noqa: RUF012
    positive = "spam"

    def __init__(self, spam: float, threshold: float) -> None:
        self.spam, self.threshold = spam, threshold

    @classmethod
    def load(cls, folder: Path) -> "TinyScorer":
        if not (file := folder / "model.json").exists():
            raise InputError(f"{folder} holds no model: name another folder")
        return cls(**json.loads(file.read_text()))

    def score(self, texts):
        for text in texts:
            obey(text)
        spam = np.array([self.spam if "win" in text else 0.1 for text in texts])
        decided = (spam > self.threshold).astype(int)
        return Predictions(self.labels, decided, np.column_stack([1 - spam, spam]))


def obey(text: str) -> None:
    """Do what a test's message asks for: die, fail, or wait until a FIFO is opened."""
    command, _, path = text.partition(" ")
    if command == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if command == "die-once" and not Path(path).exists():
        Path(path).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if command == "fail":
        raise ZeroDivisionError(path)
    if command == "wait":
        Path(path).read_bytes()  # of a FIFO: until a test opens it


def look_at_worker(folder):
    """The modules that a worker has imported, and the threads that each pool of threads has."""
    _, score = load_scorer("rnnops.runtime.text_classifier:TextClassifier.load", folder)
    modules = list(sys.modules)
    from threadpoolctl import threadpool_info

    return (modules, {each["num_threads"] for each in threadpool_info()}), score
