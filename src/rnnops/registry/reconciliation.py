"""Keeping the registry, models/champion.json and the champion's files in agreement.

The list of decisions is the truth; the alias `champion`, models/champion.json and the files below
models/champion follow from it. What was cut off, deleted or reverted is done again by the next
command that reads the decisions.
"""

from collections.abc import Sequence
from pathlib import Path

import mlflow

from rnnops.core import files
from rnnops.core.checkout import main_checkout
from rnnops.core.console import note
from rnnops.core.errors import InputError
from rnnops.core.programs import run
from rnnops.registry import decisions, git_history, published_model
from rnnops.registry import versions as registry
from rnnops.registry.decisions import CHAMPION_FILE, Decision
from rnnops.tracking import store
from rnnops.tracking.runs import IDENTITY_TAG, ROLE_TAG


def known_decisions(client: mlflow.MlflowClient, name: str) -> list[Decision]:
    """The decisions on `name`: the longest list that registry, file or git's history holds.

    Raises:
        InputError: when registry and file disagree.
    """
    known, _ = _known(client, name)
    return known


def _known(client: mlflow.MlflowClient, name: str) -> tuple[list[Decision], str | None]:
    """The decisions, and the commit they were recovered from if neither of the others had them."""
    in_registry = decisions.read_ledger(client, name)
    known = decisions.longer_history(in_registry, decisions.read_file(name), name)
    if in_registry and len(in_registry) == len(known):
        return known, None
    return git_history.longest(name, known)


@store.reaching_the_server()
def reconcile(client: mlflow.MlflowClient, name: str) -> list[Decision]:
    """The decisions on `name`, which registry and files hold afterwards.

    A registry that has fewer, as a new one has in CI, takes over the rest, and the champion itself
    from the files below models/champion, under its number in history. A file that has fewer, as
    after `dvc exp apply` of an older experiment, is restored with the champion's files, and a note
    is printed. Copies that DVC runs experiments in restore no file: the main checkout does. Nothing
    is written where registry and file agree.

    Raises:
        InputError: when registry and file disagree, or the champion's files are not here.
    """
    known, _ = _known(client, name)
    if _agree(client, name, known):
        return known
    with store.exclusive():
        known, commit = _known(client, name)  # another process may have done it meanwhile
        standing = decisions.champions(known)
        if standing and registry.find_version(client, name, standing[-1].identity) is None:
            _restore_version(client, name, standing[-1], commit)
        if len(decisions.read_ledger(client, name)) < len(known):
            registry.skip_to(client, name, max(int(each.version) for each in known) + 1)
            record(client, name, known)
        if standing:
            _name_champion(client, name, standing[-1])
        lost = len(known) - len(decisions.read_file(name))
        if lost and main_checkout() == Path.cwd():
            source = f"git's history (commit {commit[:7]})" if commit else "the registry"
            note(
                f"{CHAMPION_FILE} lacked {lost} of {len(known)} decisions on {name}: restored from "
                f"{source}, with the champion's files; `git add models` keeps them"
            )
            carry_out(client, name, known)
    return known


def _agree(client: mlflow.MlflowClient, name: str, known: Sequence[Decision]) -> bool:
    """Whether registry and file hold what is known, and the registry the champion itself."""
    if known != decisions.read_ledger(client, name) or known != decisions.read_file(name):
        return False
    if not (standing := decisions.champions(known)):
        return True
    here = registry.find_version(client, name, standing[-1].identity)
    return here is not None and here == registry.alias_of(client, name, registry.CHAMPION)


def record(client: mlflow.MlflowClient, name: str, made: Sequence[Decision]) -> None:
    """Have the registry's list hold `made`, which continues it."""
    for decision in made[len(decisions.read_ledger(client, name)) :]:
        decisions.append(client, name, decision)


def reserve_numbers(client: mlflow.MlflowClient, name: str) -> None:
    """Let the next version of `name`, which history does not know, take no number that it gives.

    The champion is registered first where the next number is its own. A registry that has lost
    decisions goes on behind all of them.
    """
    known, commit = _known(client, name)
    if len(decisions.read_ledger(client, name)) < len(known):
        reconcile(client, name)
        return
    given = {int(each.version) for each in known}
    standing = decisions.champions(known)
    listed = registry.versions(client, name)
    free = int(listed[0].version) + 1 if listed else 1
    while free in given:
        is_champion = bool(standing) and int(standing[-1].version) == free
        if is_champion and registry.find_version(client, name, standing[-1].identity) is None:
            _restore_version(client, name, standing[-1], commit)
        free += 1
    if known:
        registry.skip_to(client, name, free)


def carry_out(client: mlflow.MlflowClient, name: str, made: Sequence[Decision]) -> None:
    """Let alias, models/champion.json and the files below models/champion follow from `made`."""
    standing = decisions.champions(made)
    if not standing:
        return
    _name_champion(client, name, standing[-1])
    folder = published_model.KEPT / name
    if not _is_kept(folder, standing[-1]):
        version = registry.find_version(client, name, standing[-1].identity)
        published_model.fetch(name, version, folder)
    added = run("dvc", "add", str(folder))
    if added.returncode:
        raise InputError(
            f"`dvc add {folder}` failed: {added.stderr.strip()}; the decision stands, and "
            "`rnnops sync` brings the files in line"
        )
    if decisions.read_file(name) != list(made):
        decisions.write_file(name, made)


def _name_champion(client: mlflow.MlflowClient, name: str, standing: Decision) -> None:
    version = registry.find_version(client, name, standing.identity)
    registry.set_alias(client, name, registry.CHAMPION, version)


def _is_kept(folder: Path, standing: Decision) -> bool:
    """Whether `folder` holds the champion."""
    return (folder / "MLmodel").exists() and published_model.identity(folder) == standing.identity


def _restore_version(
    client: mlflow.MlflowClient, name: str, standing: Decision, commit: str | None
) -> None:
    """Register the champion that models/champion keeps, under its number in history if it is free.

    Args:
        commit: whose models/champion/<name>.dvc describes it; None for the workspace's.
    """
    checkout = main_checkout()
    described = published_model.KEPT / f"{name}.dvc"
    folder = checkout / published_model.KEPT / name
    if commit or not (checkout / described).exists():
        content = git_history.show(commit or "HEAD", described)
        if content:
            files.write_text(content, checkout / described)
    if not _is_kept(folder, standing):
        run("dvc", "checkout", "--force", str(described), cwd=checkout)
    if not _is_kept(folder, standing):
        raise InputError(
            f"version {standing.version} is the champion of {name}, but its files are not in "
            f"{published_model.KEPT / name}: run `dvc pull {described}`"
        )
    experiment = store.experiment_id(client, decisions.EXPERIMENT)
    begun = client.create_run(experiment, run_name=f"{name}, restored", tags={ROLE_TAG: "champion"})
    version = registry.publish(
        client,
        begun.info.run_id,
        name,
        published_model.decision(folder)["labels"],
        {key: str(path) for key, path in published_model.artifacts(folder).items()},
        {IDENTITY_TAG: standing.identity},
        folder / "code" / "rnnops",
        number=int(standing.version),
    )
    if version != standing.version:
        note(
            f"version {standing.version} of {name} is version {version} here: the registry has "
            "given the number away"
        )
