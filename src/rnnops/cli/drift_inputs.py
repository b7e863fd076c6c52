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
from rnnops.features.featurizer import Featurizer
from rnnops.feedback.known_messages import read_known
from rnnops.feedback.labelled_files import read_labelled
from rnnops.feedback.sorting import declared_labels
from rnnops.ingest.additions import find_additions, read_additions
from rnnops.ingest.messages import to_messages
from rnnops.metrics.evaluation import NETWORK
from rnnops.monitoring.new_messages import NewMessages, describe_logged, describe_new
from rnnops.monitoring.prediction_log import read_log, text_hash
from rnnops.registry.versions import model_name
from rnnops.report.results import Results
from rnnops.split.params import Split
from rnnops.validate.expectations import validate_texts
from rnnops.validate.validation_report import describe

NOT_CHECKED: dict[str, Any] = {"success": True, "results": []}


@dataclass(frozen=True)
class FoundMessages:
    """The messages, the positive label with its threshold, and what Great Expectations found."""

    messages: NewMessages
    decision: tuple[str | None, float | None]
    schema: dict[str, Any]


def read_new_messages(
    files: list[Path] | None,
    text: str | None,
    lines: bool,
    labelled: bool,
    log: Path,
    days: int | None,
    params: Parameters,
    featurizer: Featurizer,
) -> FoundMessages:
    """The messages in `files`, else those in the log, described by the pipeline's own model.

    Raises:
        InputError: when there are none.
    """
    dataset, name = chosen_dataset(params), params[Data].dataset
    results = Results.read()
    decision = results.positive, results.thresholds[NETWORK]
    labels: list[str] | None = None
    if not files:
        logged = read_log(log, model_name(name), days)
        if logged.empty:
            raise InputError(f"{log} has no prediction of {model_name(name)}: name files")
        if "text" not in logged or logged["text"].isna().any():
            known = read_known(name, read_additions(find_additions(name)))
            answers = dict(zip(known["text"].map(text_hash), known["label"], strict=True))
            actual = logged["text_hash"].map(answers)
            found = describe_logged(logged, actual, featurizer.labels)
            return FoundMessages(found, decision, NOT_CHECKED)
        texts = logged["text"].tolist()
    elif labelled:
        known = pd.DataFrame({"label": featurizer.labels})
        rows = chain.from_iterable(read_labelled(path, dataset, None) for path in files)
        kept = to_messages(rows, declared_labels(dataset, known)).kept
        texts, labels = kept["text"].tolist(), kept["label"].tolist()
    else:
        texts = [content for _, content in read_texts(files, column=text, lines=lines)]
    if not texts:
        raise InputError("there is no message to compare")
    frame = pd.DataFrame({"id": [str(row) for row in range(len(texts))], "text": texts})
    schema = describe([validate_texts(frame, dataset.expect)], frame, name)
    similarity = params[Split].near_duplicate_similarity
    return FoundMessages(
        describe_new(texts, labels, featurizer, decision, similarity), decision, schema
    )
