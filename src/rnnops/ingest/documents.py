"""Reading text files that are whole documents: books, articles, a corpus with tagged words."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from rnnops.catalog.dataset import TextsRead
from rnnops.core.errors import InputError
from rnnops.ingest.mail_folders import message_files
from rnnops.ingest.rows import Row, clean, text_encoding

UNLABELLED = "text"  # stands for the label of what has none


def with_any_label(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows, for a task that needs no labels: those without one have `UNLABELLED`."""
    for row in rows:
        yield row if row.label else replace(row, label=UNLABELLED)


def read_documents(root: Path, spec: TextsRead) -> Iterator[Row]:
    """A row for each file below `spec.root`, by path; its label is that of `spec.labels_file`, or
    its folder.

    Raises:
        InputError: before the first row, when there is no file, when the file of labels is missing
            or has a line that is not a name and a label, or when the encoding is not known.
    """
    base = root if root.is_file() else root / spec.root
    encoding = text_encoding(spec.encoding)
    if base.is_file():
        files, base = [base], base.parent
    else:
        files = message_files(base, spec.pattern)
    labels = _read_labels(base / spec.labels_file) if spec.labels_file else None
    if not files:
        raise InputError(
            f"read.root: {spec.root} holds no file {spec.pattern!r} (read.pattern chooses files)"
        )
    for file in files:
        yield _read(file, base, labels, encoding, spec.tag_separator)


def _read(
    file: Path,
    base: Path,
    labels: Mapping[str, str] | None,
    encoding: str,
    tag_separator: str | None,
) -> Row:
    name = file.relative_to(base).as_posix()
    folder = file.parent.relative_to(base).as_posix()
    label = UNLABELLED if folder == "." else folder
    content = file.read_bytes()
    try:
        text, problem = clean(content.decode(encoding)), None
    except UnicodeDecodeError:
        text, problem = None, f"undecodable as {encoding.removesuffix('-sig')}"
    if text is not None and tag_separator is not None:
        text = _without_tags(text, tag_separator)
    return Row(
        file=name,
        row=None,
        source=label,
        text=text,
        label=label if labels is None else labels.get(name),
        content=content,
        problem=problem,
    )


def _without_tags(text: str, separator: str) -> str:
    """Each line that is not blank, its words without what follows the last separator in them."""
    lines = (
        [word.rpartition(separator)[0] or word for word in line.split()]
        for line in text.splitlines()
    )
    return "\n".join(" ".join(words) for words in lines if words)


def _read_labels(file: Path) -> dict[str, str]:
    if not file.is_file():
        raise InputError(f"read.labels_file: there is no file {file.name}")
    labels = {}
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        name, _, label = line.strip().partition(" ")
        if not label.strip():
            raise InputError(f"{file.name} row {number}: {line!r} is not a file's name and a label")
        labels[name] = label.strip()
    return labels
