"""reports/results.json: the fields of a dataclass, which each task has of its own."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from rnnops.core import files, layout
from rnnops.core.errors import InputError


@dataclass(frozen=True)
class ResultsFile:
    """Base of what the models of a task are measured to be."""

    @classmethod
    def read(cls, path: str | Path = layout.RESULTS) -> Self:
        """The results that `write` wrote to `path`.

        Raises:
            InputError: if an earlier release wrote the file.
        """
        content = files.read_json(path)
        try:
            return cls(**content)
        except TypeError:
            raise InputError(f"{path} is of another release: run `dvc repro`") from None

    def write(self, path: str | Path = layout.RESULTS) -> None:
        """Write the results as JSON."""
        files.write_json(asdict(self), path)
