"""The commands that decide on models: `promote`, `rollback`, `history` and `sync`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from rnnops.cli.options import Dataset, Reason
from rnnops.cli.tables import print_table


def promote(
    version: Annotated[
        str | None, typer.Argument(help="Its number; default: the newest that passed the gate.")
    ] = None,
    force: Annotated[
        bool, typer.Option(help="Promote without a passing verdict; needs --reason.")
    ] = False,
    reason: Reason = None,
    dataset: Dataset = None,
) -> None:
    """Make a version that passed the gate the champion."""
    from rnnops.catalog.params import replace_dataset
    from rnnops.core.params import load_params
    from rnnops.gate.params import gate_of
    from rnnops.registry import promotion, reconciliation, versions
    from rnnops.tracking import store

    params = load_params(replacing=replace_dataset(dataset))
    name, gate = versions.model_of(params), gate_of(params)
    client = store.connect()
    decision = promotion.promote(client, name, version, gate, force=force, reason=reason)
    print(f"version {decision.version} is the champion of {name}: {decision.reason}")
    decisions = reconciliation.read_decisions(client, name)
    others = promotion.list_verdicts(client, name, decisions, gate)
    del others[decision.version]
    if others:
        print(f"other versions: {promotion.describe_verdicts(others)}")
    print(_how_to_keep())


def rollback(reason: Reason = None, dataset: Dataset = None) -> None:
    """Make the previous champion the champion again."""
    from rnnops.registry import promotion, versions
    from rnnops.tracking import store

    name, client = _model_name(dataset), store.connect()
    decision = promotion.rollback(client, name, reason)
    number = versions.describe_number(client, name, decision.version, decision.identity)
    print(f"version {number} is the champion of {name} again: {decision.reason}")
    print(_how_to_keep())


def history(dataset: Dataset = None) -> None:
    """List who made which version the champion, when, why and by which numbers."""
    from rnnops.registry import reconciliation, versions
    from rnnops.tracking import store

    name = _model_name(dataset)
    client = store.connect()
    decisions = reconciliation.reconcile(client, name)
    if not decisions:
        print(f"{name} has had no champion yet: `rnnops promote` makes one")
        return
    print_table(
        [
            {
                "": str(each.number),
                "when": each.when,
                "who": each.who,
                "what": f"{each.action} {'(forced) ' if each.forced else ''}"
                f"{versions.describe_number(client, name, each.version, each.identity)}",
                "why": each.reason,
                "numbers": _format_difference(each.numbers),
            }
            for each in decisions
        ]
    )


def sync() -> None:
    """Register the runs, versions, verdicts and champion that git and DVC have and MLflow lacks."""
    from rnnops.registry.sync import sync

    for line in sync():
        print(line)


def _how_to_keep() -> str:
    """The champion's files are the project's, whatever the task."""
    from rnnops.core.checkout import project_folder

    place = "" if project_folder() == Path.cwd().resolve() else f" in {project_folder()}"
    return f"keep it{place}: git add models && git commit && dvc push"


def _model_name(dataset: str | None) -> str:
    from rnnops.catalog.params import replace_dataset
    from rnnops.core.params import load_params
    from rnnops.registry.versions import model_of

    return model_of(load_params(replacing=replace_dataset(dataset)))


def _format_difference(check: dict[str, Any]) -> str:
    from rnnops.gate.verdict import Check

    if not check or check["low"] is None:
        return ""
    row = Check(**check)
    return f"{row.name} {row.change}"
