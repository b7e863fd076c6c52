"""What a published model consists of, and how MLflow runs it, by the kind of model."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from mlflow.models import Model, ModelSignature
from mlflow.types import ColSpec, Schema, TensorSpec
from mlflow.types.schema import AnyType

from rnnops.metrics.decision import probability_column
from rnnops.registry import (
    pyfunc_forecaster,
    pyfunc_language_model,
    pyfunc_model,
    pyfunc_table_classifier,
)
from rnnops.runtime.table_forecaster import COLUMNS as FORECAST_COLUMNS
from rnnops.sequences.sequences import Sequences
from rnnops.sequences.table_classifier import TableClassifier

CLASSIFIER = "classifier"  # the artifact that `TextClassifier.load` takes
LANGUAGE_MODEL = "language_model"  # the artifact that `TextLanguageModel.load` takes
FORECASTER = "forecaster"  # the artifact that `TableForecaster.load` takes
TABLE_CLASSIFIER = "table_classifier"  # the artifact that `TableClassifier.load` takes
MODELS = (CLASSIFIER, LANGUAGE_MODEL, FORECASTER, TABLE_CLASSIFIER)
TRAINED_ON = "trained_on"  # a Parquet file of what `read_training_ids` returns
EXAMPLE = "Meeting moved to 3 pm, see you there."


class Publication(NamedTuple):
    """`artifacts`: paths by name. `code`: the file of the class that MLflow loads."""

    kind: str
    code: str
    signature: ModelSignature
    example: Any
    artifacts: Mapping[str, str | Path]


def publish_classifier(labels: Sequence[str], artifacts: Mapping[str, str | Path]) -> Publication:
    """A classifier of texts with these labels: its artifacts are `classifier` and `trained_on`."""
    outputs = _outputs_of_labels(labels)
    return _publication("text-classifier", pyfunc_model.__file__, outputs, artifacts)


def publish_language_model(artifacts: Mapping[str, str | Path]) -> Publication:
    """A language model: its artifacts are `language_model` and `trained_on`."""
    outputs = [
        ColSpec("long", "words"),
        ColSpec("long", "unknown_words"),
        ColSpec("double", "bits"),
        ColSpec("string", "next_word"),
        ColSpec("double", "probability"),
    ]
    return _publication("language-model", pyfunc_language_model.__file__, outputs, artifacts)


def publish_forecaster(artifacts: Mapping[str, str | Path]) -> Publication:
    """A forecaster of series: its artifacts are `forecaster` and `trained_on`."""
    inputs = [
        ColSpec("string", "series"),
        ColSpec("string", "time"),
        ColSpec("double", "value"),
        ColSpec("string", "frequency", required=False),
    ]
    outputs = [ColSpec("string", "series"), ColSpec("string", "time")]
    outputs += [ColSpec("double", name) for name in FORECAST_COLUMNS[2:]]
    signature = ModelSignature(
        Schema(list[ColSpec | TensorSpec](inputs)), Schema(list[ColSpec | TensorSpec](outputs))
    )
    times = [f"{year}-{month:02d}" for year in (2023, 2024) for month in range(1, 13)]
    values = [100.0 + place for place in range(len(times))]
    example = pd.DataFrame({"series": "sales", "time": times, "value": values})
    return Publication("forecaster", pyfunc_forecaster.__file__, signature, example, artifacts)


def publish_table_classifier(
    classifier: TableClassifier, artifacts: Mapping[str, str | Path]
) -> Publication:
    """A classifier of sequences: its artifacts are `table_classifier` and `trained_on`."""
    columns = classifier.columns
    any_type = AnyType()  # type: ignore[no-untyped-call]
    time = [ColSpec(any_type, columns.time)] if columns.time else []
    inputs = [
        ColSpec("string", columns.sequence),
        *time,
        *(ColSpec("double", name) for name in classifier.channels),
    ]
    signature = ModelSignature(
        Schema(list[ColSpec | TensorSpec](inputs)),
        Schema(
            list[ColSpec | TensorSpec](
                [ColSpec("string", "sequence"), *_outputs_of_labels(classifier.labels)]
            )
        ),
    )
    values = np.zeros((2, len(classifier.channels)))
    one = Sequences(["one"], [""], [""], classifier.channels, [values])
    example = one.to_long_table(columns)
    code = pyfunc_table_classifier.__file__
    return Publication("sequence-classifier", code, signature, example, artifacts)


def _outputs_of_labels(labels: Sequence[str]) -> list[ColSpec]:
    return [
        ColSpec("string", "label"),
        ColSpec("double", "probability"),
        *(ColSpec("double", probability_column(label)) for label in labels),
    ]


def _publication(
    kind: str, code: str, outputs: list[ColSpec], artifacts: Mapping[str, str | Path]
) -> Publication:
    text: list[ColSpec | TensorSpec] = [ColSpec("string")]
    signature = ModelSignature(Schema(text), Schema(list[ColSpec | TensorSpec](outputs)))
    return Publication(kind, code, signature, [EXAMPLE], artifacts)


def artifact_paths(folder: Path) -> dict[str, Path]:
    """Paths of the artifacts of the published model in `folder`, by name."""
    python = Model.load(folder).flavors.get("python_function", {})
    artifacts = python.get("artifacts", {})
    return {name: folder / artifact["path"] for name, artifact in artifacts.items()}


def republish(folder: Path) -> Publication:
    """How the published model in `folder` is published again."""
    model, artifacts = Model.load(folder), artifact_paths(folder)
    if LANGUAGE_MODEL in artifacts:
        known = publish_language_model(artifacts)
    elif FORECASTER in artifacts:
        known = publish_forecaster(artifacts)
    elif TABLE_CLASSIFIER in artifacts:
        known = publish_table_classifier(
            TableClassifier.load(artifacts[TABLE_CLASSIFIER]), artifacts
        )
    else:
        known = publish_classifier([], artifacts)
    return known._replace(signature=model.signature or known.signature)
