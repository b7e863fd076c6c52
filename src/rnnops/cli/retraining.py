"""The commands that CI retrains with: `fetch` and `propose`."""

from pathlib import Path
from typing import Annotated

import typer

from rnnops.core import layout


def fetch() -> None:
    """Fetch data, champion and former results from DVC's remote, as on an empty machine."""
    from rnnops.retraining.fetching import fetch_needed

    print(fetch_needed())


def propose(
    branch: Annotated[str, typer.Option(help="The branch that is replaced.")] = "retrain",
    base: Annotated[str, typer.Option(help="The branch that it is to be merged into.")] = "main",
    remote: Annotated[str, typer.Option(help="Git's remote.")] = "origin",
    body: Annotated[Path, typer.Option(help="Where to write the text of the pull request.")] = Path(
        layout.PROPOSAL
    ),
) -> None:
    """Push what `dvc repro` has changed as one commit, and open or update its pull request.

    If the gate let the new version through, merging the branch makes it the champion.
    """
    from rnnops.core.files import write_text
    from rnnops.core.params import load_params
    from rnnops.retraining import proposal
    from rnnops.retraining.proposal_page import render_proposal
    from rnnops.retraining.pull_request import open_pull_request
    from rnnops.tracking import store

    client = store.connect()
    found = proposal.propose(client, load_params(), remote, branch)
    if found is None:
        print("nothing has changed: nothing is proposed")
        return
    write_text(render_proposal(client, found), body)
    if not found.is_new:
        print(f"{branch} has this already; {body} has the text")
        return
    done = open_pull_request(branch, base, found.title, body)
    print(f"{found.title}: {done}; {body} has the text")
