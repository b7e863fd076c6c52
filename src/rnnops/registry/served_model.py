"""The model to classify with, found without MLflow where nothing has changed since it was found.

Importing MLflow and asking its store takes some seconds; classifying a message takes milliseconds.
So what was found is remembered in .dvc/tmp, with the state of all that it follows from.
"""

import hashlib
import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Protocol

from rnnops.core import layout
from rnnops.core.checkout import main_checkout
from rnnops.core.console import note
from rnnops.core.errors import InputError
from rnnops.core.files import write_text
from rnnops.core.git import git
from rnnops.core.programs import ProgramError
from rnnops.runtime.description import is_readable
from rnnops.runtime.forecaster_description import is_forecaster
from rnnops.runtime.language_description import is_language_model
from rnnops.runtime.predictions import Predictions
from rnnops.sequences.description import is_table_classifier

# Of models in a folder.
FORMATS = (is_readable, is_language_model, is_forecaster, is_table_classifier)
ATTEMPTS = 2  # asking for a model may bring the store in line, which changes it


@dataclass(frozen=True)
class ServedModel:
    """A published model; `name` is its URI, and the next two None, where it is no model's version.

    `verdict` is the gate's in a word, or champion. `folder`: what `TextClassifier.load` takes.
    `published`: what MLflow published, with the model's own code.
    """

    name: str
    version: str | None
    verdict: str | None
    folder: Path
    published: Path

    def __str__(self) -> str:
        return f"{self.name} version {self.version} ({self.verdict})" if self.version else self.name


class Classifier(Protocol):
    """What classifies texts."""

    def score(self, texts: Sequence[str]) -> Predictions:
        """The answers, one a text, in order."""


@dataclass(frozen=True)
class PublishedCode:
    """The published model in `folder`, run by the code in it, in a process of its own."""

    folder: Path

    def score(self, texts: Sequence[str]) -> Predictions:
        """As `Classifier`."""
        from rnnops.registry import published_model

        return Predictions.from_frame(published_model.score(self.folder, texts))


def load_classifier(served: ServedModel) -> Classifier:
    """The model, to be run by this code where it reads the model's format, else by the model's."""
    from rnnops.runtime.text_classifier import TextClassifier

    if is_readable(served.folder):
        return TextClassifier.load(served.folder)
    note(f"{served} was published by another rnnops: its own code classifies, slower")
    return PublishedCode(served.published)


def choose_served_model(uri: str | None, params_file: str | Path = layout.PARAMS) -> ServedModel:
    """The model at `uri`, a folder or MLflow URI; by default the best registered one.

    That is the champion of data.dataset for the task of the file of parameters, else the newest
    version that passed the gate.

    Raises:
        InputError: when there is none, or it cannot be fetched.
    """
    if uri is not None and any(known(Path(uri)) for known in FORMATS):
        return ServedModel(uri, None, None, Path(uri), Path(uri))
    for _ in range(ATTEMPTS):
        state = _state(params_file) if uri is None else None
        if state and (known := _recall(state, params_file)):
            return known
        from rnnops.registry.model_loading import find_model

        found = find_model(uri, params_file)
        if state and state == _state(params_file):
            _remember(state, found, params_file)
            break
    return found


def _state(params_file: str | Path) -> str | None:
    """A digest of what the choice follows from; None where another store than ours decides."""
    checkout = main_checkout()
    database = checkout / layout.MLRUNS / layout.DATABASE
    own = f"sqlite:///{database}"  # MLflow sets the variable itself once it has been asked
    if os.environ.get("MLFLOW_TRACKING_URI", own).partition("?")[0] != own:
        return None
    read = [Path(params_file), checkout / layout.CHAMPION_FILE]
    written = [database, database.with_name(f"{database.name}-wal")]
    try:
        commit = git("rev-parse", "HEAD", folder=checkout)
    except ProgramError:
        commit = None
    parts = [
        commit,
        *(path.read_text("utf-8") if path.exists() else None for path in read),
        *(_changed(path) if path.exists() else None for path in written),
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _changed(path: Path) -> tuple[int, int, int]:
    status = path.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns


def _recall(state: str, params_file: str | Path) -> ServedModel | None:
    try:
        known = json.loads(_memory(params_file).read_text("utf-8"))
        paths = {key: Path(known["model"][key]) for key in ("folder", "published")}
        found = ServedModel(**(known["model"] | paths))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    is_there = found.folder.exists() and found.published.exists()
    return found if known["state"] == state and is_there else None


def _remember(state: str, found: ServedModel, params_file: str | Path) -> None:
    known = {"state": state, "model": asdict(found)}
    with suppress(InputError, OSError):  # it is found again without
        write_text(json.dumps(known, default=str, indent=2), _memory(params_file))


def _memory(params_file: str | Path) -> Path:
    """The file that remembers the model of one task, whose folder has these parameters."""
    folder = Path(params_file).resolve().parent.name
    return main_checkout() / layout.SERVED_MODELS / f"{folder}.json"
