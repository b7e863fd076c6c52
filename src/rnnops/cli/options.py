"""The options that several commands have."""

from typing import Annotated

import typer

from rnnops.core import layout

Reason = Annotated[str | None, typer.Option(help="Kept with the decision.")]
Dataset = Annotated[str | None, typer.Option(help="Dataset of the catalog; default: data.dataset.")]
Log = Annotated[
    bool, typer.Option("--log", help=f"Keep the predictions in {layout.PREDICTION_LOG}.")
]
LogTexts = Annotated[bool, typer.Option("--log-texts", help="Keep them with the messages' texts.")]
