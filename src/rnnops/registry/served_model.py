"""TEMPORARY until the runtime lands."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ServedModel:
    """Which model."""

    name: str
    version: str | None
    verdict: str | None
    folder: Path


def choose_served_model(uri: str | None) -> ServedModel:
    """The model at `uri`."""
    raise NotImplementedError
