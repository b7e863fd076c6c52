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
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write the text alone.")] = False,
) -> None:
    """Push what `dvc repro` has changed as one commit, and open or update its pull request.

    If the gate let the new version through, merging the branch makes it the champion.
    """
    from rnnops.core.errors import InputError
    from rnnops.retraining import changes

    if branch == base:
        raise InputError(f"--branch and --base are both {base}: the branch would be replaced")
    if not changes.results_differ():
        print("nothing has changed: nothing is proposed")
        return
    if not dry_run and (newer := changes.learnt_from_since(remote, base)):
        print(f"{base} has other data, parameters or code by now ({newer}): its own run proposes")
        return

    from rnnops.core.files import write_text
    from rnnops.core.params import load_params
    from rnnops.core.programs import output
    from rnnops.gate.params import Gate
    from rnnops.retraining import proposal, pull_request
    from rnnops.retraining.proposal_page import render_proposal
    from rnnops.tracking import store

    client, retrained = store.connect(), proposal.read_retrained()
    output("dvc", "plots", "diff", "--out", layout.PLOTS_DIFF, "HEAD")
    write_text(render_proposal(client, retrained, pull_request.run_page()), body)
    pull_request.summarise(body)
    if dry_run:
        print(f"{retrained.title}: {body} has the text, nothing is pushed")
        return
    commit, is_new = proposal.propose(client, retrained, load_params()[Gate], remote, branch)
    done = pull_request.open_pull_request(
        pull_request.PullRequest(branch, base, commit, retrained.title, body)
    )
    same = "" if is_new else f"{branch} has this already; "
    print(f"{retrained.title}: {same}{done}; {body} has the text")
