"""The options that several commands have."""

from typing import Annotated

import typer

Reason = Annotated[str | None, typer.Option(help="Kept with the decision.")]
Dataset = Annotated[str | None, typer.Option(help="Dataset of the catalog; default: data.dataset.")]
