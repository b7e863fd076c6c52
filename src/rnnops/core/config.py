"""params.yaml as typed, range-checked objects; anything it does not know is an error."""

import difflib
import string
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, model_validator
from ruamel.yaml import YAML, YAMLError

from rnnops.core import layout
from rnnops.core.catalog import FORMATS, Dataset
from rnnops.core.errors import InputError, ParametersError
from rnnops.core.sections import Count, Fractions, Section, Seed, Share, TermParams


class Data(Section):
    dataset: str


class Split(Fractions):
    """With the near-duplicate threshold (Jaccard) and the hash's seed."""

    near_duplicate_similarity: float = Field(gt=0, le=1)
    seed: Seed


class Word2VecParams(Section):
    dimension: Count
    window: Count
    negative: Count
    epochs: Count
    seed: Seed


class Features(Section):
    method: Literal["bow", "tfidf", "word2vec", "hybrid"]
    vocabulary_size: int = Field(ge=10)
    min_count: Count
    terms: TermParams
    word2vec: Word2VecParams


class Baseline(Section):
    """`smoothing` is Naive Bayes' alpha, the others the C of what they are called after."""

    models: list[
        Literal[
            "multinomial_naive_bayes",
            "complement_naive_bayes",
            "logistic_regression",
            "linear_svm",
            "naive_bayes_svm",
            "mean_word2vec",
        ]
    ] = Field(min_length=1)
    smoothing: float = Field(gt=0)
    regularization: float = Field(gt=0)
    svm_regularization: float = Field(gt=0)


class Train(Section):
    sequence_length: Count
    tail_share: Annotated[float, Field(ge=0, lt=1)]
    embedding_dimension: Count
    fine_tune_embeddings: bool
    units: Count
    layers: Annotated[int, Field(ge=1, le=8)]
    bidirectional: bool
    readout: Literal["last", "max", "mean", "max_mean"]
    dropout: float = Field(ge=0, lt=1)
    learning_rate: float = Field(gt=0, le=1)
    gradient_clip_norm: float = Field(gt=0)
    batch_size: Count
    epochs: Count
    early_stopping_patience: Count
    seed: Seed
    device: Literal["auto", "cpu", "gpu"]
    backend: Literal["tensorflow", "jax", "torch"]
    precision: Literal["float32", "mixed_bfloat16"]


class Evaluate(Section):
    """Without a `max_false_positive_rate` a message gets its most probable label."""

    max_false_positive_rate: Share | None
    bootstrap_resamples: int = Field(ge=100)
    calibration_bins: int = Field(ge=2)
    perturbed_messages: Count
    seed: Seed


class Gate(Section):
    """When a challenger replaces the champion; a guard rail that is None is not asked for.

    Fewer than `min_messages`, `min_clusters` of near-duplicates or, of each label,
    `min_label_clusters` in the test split are not enough to judge.
    """

    rule: Literal["superiority", "non_inferiority"]
    metric: Literal[
        "roc_auc",
        "pr_auc",
        "recall_at_0_5_percent_fpr",
        "recall_at_0_1_percent_fpr",
        "accuracy",
        "f1",
        "mcc",
        "log_loss",
        "brier",
    ]
    margin: float = Field(gt=0, lt=1)
    confidence: float = Field(ge=0.5, lt=1)
    bootstrap_resamples: int = Field(ge=100)
    seed: Seed
    min_messages: Count
    min_clusters: Count
    min_label_clusters: Count
    max_false_positive_rate: Share | None
    min_recall: Share | None
    max_slice_loss: Share | None
    min_slice_messages: Count
    no_worse_than_baseline: bool


class Params(Section):
    """The whole of params.yaml."""

    data: Data
    datasets: dict[str, Dataset]
    split: Split
    features: Features
    baseline: Baseline
    train: Train
    evaluate: Evaluate
    gate: Gate

    @property
    def dataset(self) -> Dataset:
        """The catalog entry that `data.dataset` names."""
        return self.datasets[self.data.dataset]

    @model_validator(mode="after")
    def _dataset_is_in_the_catalog(self) -> Self:
        allowed = set(string.ascii_letters + string.digits + "-_")
        for name in self.datasets:
            if not set(name) <= allowed:
                raise ValueError(
                    f"datasets.{name}: use letters, digits, - and _ in a dataset's name"
                )
        if self.data.dataset not in self.datasets:
            known = ", ".join(sorted(self.datasets))
            raise ValueError(
                f"data.dataset: {self.data.dataset!r} is not in the catalog (datasets: {known})"
            )
        return self


def load(path: str | Path = layout.PARAMS, dataset: str | None = None) -> Params:
    """The checked parameters in `path`, read by the YAML rules DVC uses.

    Args:
        dataset: in place of the one that `data.dataset` names.

    Raises:
        InputError: naming the file, the key, what was wrong and what is allowed.
    """
    try:
        content = YAML(typ="safe").load(Path(path))
    except FileNotFoundError:
        raise InputError(f"{path} does not exist: run from the folder that holds it") from None
    except YAMLError as error:
        raise InputError(f"{path} is not valid YAML: {error}") from None
    if dataset is not None:
        content["data"]["dataset"] = dataset
    try:
        return _with_the_datasets_own(Params.model_validate(content))
    except ValidationError as invalid:
        problems = [_describe(error) for error in invalid.errors()]
        keys = [_location(error) or ("data", "dataset") for error in invalid.errors()]
        raise ParametersError(f"{path}: {'; '.join(problems)}", str(path), keys) from None


def _with_the_datasets_own(params: Params) -> Params:
    dataset, split, features = params.dataset, params.split, params.features
    if dataset.split:
        split = split.model_copy(update=dataset.split.model_dump())
    if dataset.terms:
        features = features.model_copy(update={"terms": dataset.terms})
    evaluate, gate = params.evaluate, params.gate
    if not dataset.caps_false_positives:
        evaluate, gate = (
            section.model_copy(update={"max_false_positive_rate": None})
            for section in (evaluate, gate)
        )
    return params.model_copy(
        update={"split": split, "features": features, "evaluate": evaluate, "gate": gate}
    )


def _describe(error: dict[str, Any]) -> str:
    location = _location(error)
    key = ".".join(map(str, location))
    if error["type"] == "extra_forbidden":
        close = difflib.get_close_matches(str(location[-1]), _known_keys(), n=1)
        return f"{key}: unknown key" + (f"; did you mean {close[0]!r}?" if close else "")
    if error["type"] == "missing":
        return f"{key}: missing"
    if error["type"] == "union_tag_not_found":
        return f"{key}: missing; it is one of {', '.join(FORMATS)}"
    if error["type"] == "union_tag_invalid":
        return f"{key}: {_unknown_format(error['ctx']['tag'])}"
    if error["type"] in ("model_type", "model_attributes_type", "dict_type"):
        return f"{key}: needs keys of its own, not {error['input']!r}"
    message = error["msg"].removeprefix("Value error, ")
    if error["type"] == "value_error":
        return f"{key}: {message}" if key else message
    value = error["input"]
    given = f", not {value!r}" if isinstance(value, str | int | float | bool | None) else ""
    return f"{key}: {message[0].lower()}{message[1:]}{given}"


def _unknown_format(given: str) -> str:
    close = difflib.get_close_matches(given.lower(), FORMATS, n=1)
    advice = f"; did you mean {close[0]!r}?" if close else ""
    if given.lower() == "xls":
        advice = "; save the file as .xlsx"
    return f"{given!r} is not one of {', '.join(FORMATS)}{advice}"


def _location(error: dict[str, Any]) -> tuple[str | int, ...]:
    """Where in the file the error is; () for one about the whole of it."""
    location = list(error["loc"])
    if error["type"].startswith("union_tag"):
        return (*location, "format")
    # pydantic puts the chosen branch of a tagged union into the location: datasets.x.read.csv.text
    if "read" in location[:-1] and location[location.index("read") + 1] in FORMATS:
        del location[location.index("read") + 1]
    return tuple(location)


def _known_keys() -> list[str]:
    return sorted({name for section in _sections(Section) for name in section.model_fields})


def _sections(base: type[Section]) -> list[type[Section]]:
    return [base, *(found for child in base.__subclasses__() for found in _sections(child))]
