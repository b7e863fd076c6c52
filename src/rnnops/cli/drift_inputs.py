"""The messages that `rnnops drift` compares: files, or the prediction log."""

from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import pandas as pd

from rnnops.catalog.params import Data, chosen_dataset
from rnnops.cli.inputs import read_texts
from rnnops.core.errors import InputError
from rnnops.core.sections import Parameters
from rnnops.feedback.known_messages import read_known
from rnnops.feedback.labelled_files import read_labelled
from rnnops.feedback.sorting import declared_labels
from rnnops.ingest.additions import find_additions, read_additions
from rnnops.ingest.messages import to_messages
from rnnops.monitoring.new_messages import NewMessages, describe_logged, describe_new
from rnnops.monitoring.prediction_log import read_log, text_hash
from rnnops.registry.versions import model_name
from rnnops.runtime.text_classifier import TextClassifier
from rnnops.split.params import Split
from rnnops.validate.expectations import validate_texts
from rnnops.validate.validation_report import describe

NOT_CHECKED: dict[str, Any] = {"success": True, "results": []}


@dataclass(frozen=True)
class FoundMessages:
    """The messages, and what Great Expectations found."""

    messages: NewMessages
    schema: dict[str, Any]


def read_files(
    files: list[Path],
    text: str | None,
    lines: bool,
    labelled: bool,
    params: Parameters,
    classifier: TextClassifier,
) -> FoundMessages:
    """The messages in `files`, as `rnnops predict` reads them or, if labelled, `rnnops add`.

    Raises:
        InputError: when there are none.
    """
    if not labelled:
        texts = [content for _, content in read_texts(files, column=text, lines=lines)]
        return _describe(texts, None, params, classifier)
    dataset, known = chosen_dataset(params), pd.DataFrame({"label": classifier.labels})
    rows = chain.from_iterable(read_labelled(path, dataset, None) for path in files)
    kept = to_messages(rows, declared_labels(dataset, known)).kept
    return _describe(kept["text"].tolist(), kept["label"].tolist(), params, classifier)


def describe_added(
    added: pd.DataFrame, params: Parameters, classifier: TextClassifier
) -> FoundMessages:
    """What `rnnops add` has added since the last training, columns text and label."""
    return _describe(added["text"].tolist(), added["label"].tolist(), params, classifier)


def read_logged(
    log: Path, days: int | None, params: Parameters, classifier: TextClassifier
) -> FoundMessages:
    """What the prediction log has of the last `days` days.

    Raises:
        InputError: when there is nothing.
    """
    name = params[Data].dataset
    logged = read_log(log, model_name(name), days)
    if logged.empty:
        raise InputError(f"{log} has no prediction of {model_name(name)}: name files")
    if "text" in logged and logged["text"].notna().all():
        return _describe(logged["text"].tolist(), None, params, classifier)
    known = read_known(name, read_additions(find_additions(name)))
    answers = dict(zip(known["text"].map(text_hash), known["label"], strict=True))
    found = describe_logged(logged, logged["text_hash"].map(answers), classifier.labels)
    return FoundMessages(found, NOT_CHECKED)


def _describe(
    texts: list[str], labels: list[str] | None, params: Parameters, classifier: TextClassifier
) -> FoundMessages:
    if not texts:
        raise InputError("there is no message to compare")
    frame = pd.DataFrame({"id": [str(row) for row in range(len(texts))], "text": texts})
    results = validate_texts(frame, chosen_dataset(params).expect)
    similarity = params[Split].near_duplicate_similarity
    return FoundMessages(
        describe_new(texts, labels, classifier, similarity),
        describe([results], frame, params[Data].dataset),
    )
