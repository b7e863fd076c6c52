"""Bringing the registry, models/champion.json and the champion's files in line.

The list of decisions is the source: the alias `champion`, models/champion.json and the files below
models/champion follow from it. What was cut off, deleted or reverted is done again by the next
command that reads the decisions.
"""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import mlflow

from rnnops.core import files, layout, programs
from rnnops.core.checkout import in_project, is_copy, main_checkout, project_folder
from rnnops.core.console import note
from rnnops.core.errors import InputError
from rnnops.core.git import committed_text
from rnnops.core.programs import ProgramError
from rnnops.registry import published_model, versions
from rnnops.registry.champion_file import CHAMPION_FILE, read_file, recover_from_git, write_file
from rnnops.registry.decisions import Decision, longer_history, present_champion
from rnnops.registry.ledger import EXPERIMENT, append_decision, read_ledger
from rnnops.registry.publication import republish
from rnnops.tracking import store
from rnnops.tracking.tags import ROLE_TAG

KEPT = Path(layout.CHAMPIONS)  # DVC keeps the champions' files, for where no registry lasts


def read_decisions(client: mlflow.MlflowClient, name: str) -> list[Decision]:
    """The decisions on `name`: the longest list that registry, file or git's history holds.

    Raises:
        InputError: when registry and file differ.
    """
    decisions, _ = _read(client, name)
    return decisions


def _read(client: mlflow.MlflowClient, name: str) -> tuple[list[Decision], str | None]:
    """The decisions, and the commit they were recovered from if neither of the others had them."""
    in_registry = read_ledger(client, name)
    known = longer_history(in_registry, read_file(name), name)
    if in_registry and len(in_registry) == len(known):
        return known, None
    return recover_from_git(name, known)


@store.reaching_the_server()
def reconcile(client: mlflow.MlflowClient, name: str) -> list[Decision]:
    """The decisions on `name`, which registry and files hold afterwards.

    A registry that has fewer, as a new one has in CI, takes over the rest, and the champion itself
    from the files below models/champion, under its number in the decisions. A file that has fewer,
    as after `dvc exp apply` of an older experiment, is restored with the champion's files, and a
    note is printed. Copies that DVC runs experiments in restore no file: the main checkout does.
    Nothing is written where registry and file are the same.

    Raises:
        InputError: when registry and file differ, or the champion's files are not here.
    """
    decisions, _ = _read(client, name)
    if _is_in_line(client, name, decisions):
        return decisions
    with store.exclusive():
        decisions, commit = _read(client, name)  # another process may have done it meanwhile
        champion = present_champion(decisions)
        if champion and versions.find_version(client, name, champion.identity) is None:
            _restore_version(client, name, champion, commit)
        if len(read_ledger(client, name)) < len(decisions):
            newest = max(int(each.version) for each in decisions)
            versions.skip_to_number(client, name, newest + 1)
            record_decisions(client, name, decisions)
        if champion:
            _set_champion_alias(client, name, champion)
        missing = len(decisions) - len(read_file(name))
        if missing and not is_copy():
            source = f"git's history (commit {commit[:7]})" if commit else "the registry"
            note(
                f"{CHAMPION_FILE} lacked {missing} of {len(decisions)} decisions on {name}: "
                f"restored from {source}, with the champion's files; `git add models` keeps them"
            )
            apply_decisions(client, name, decisions)
    return decisions


def _is_in_line(client: mlflow.MlflowClient, name: str, decisions: Sequence[Decision]) -> bool:
    """Whether registry and file hold the decisions, and the registry the champion itself."""
    if decisions != read_ledger(client, name) or decisions != read_file(name):
        return False
    if not (champion := present_champion(decisions)):
        return True
    here = versions.find_version(client, name, champion.identity)
    return here is not None and here == versions.find_alias(client, name, versions.CHAMPION)


def record_decisions(client: mlflow.MlflowClient, name: str, decisions: Sequence[Decision]) -> None:
    """Add to the registry those of `decisions` that it lacks."""
    for decision in decisions[len(read_ledger(client, name)) :]:
        append_decision(client, name, decision)


def reserve_numbers(client: mlflow.MlflowClient, name: str) -> None:
    """Let the next version of `name`, which was never champion, take no number of a champion.

    The champion is registered first where the next number is its own. A registry that lacks
    decisions continues behind the numbers of all of them.
    """
    decisions, commit = _read(client, name)
    if len(read_ledger(client, name)) < len(decisions):
        reconcile(client, name)
        return
    taken = {int(each.version) for each in decisions}
    champion = present_champion(decisions)
    listed = versions.list_versions(client, name)
    free = int(listed[0].version) + 1 if listed else 1
    while free in taken:
        if (
            champion is not None
            and int(champion.version) == free
            and versions.find_version(client, name, champion.identity) is None
        ):
            _restore_version(client, name, champion, commit)
        free += 1
    if decisions:
        versions.skip_to_number(client, name, free)


def apply_decisions(client: mlflow.MlflowClient, name: str, decisions: Sequence[Decision]) -> None:
    """Make alias, models/champion.json and the files below models/champion follow `decisions`.

    Raises:
        InputError: when the champion's files cannot be fetched or put under DVC.
    """
    champion = present_champion(decisions)
    if champion is None:
        return
    _set_champion_alias(client, name, champion)
    try:
        keep_champion_files(name, _champion_version(client, name, champion), champion)
    except ProgramError as error:
        raise InputError(
            f"{error}; the decision stands, and `rnnops sync` brings the files in line"
        ) from None
    if read_file(name) != list(decisions):
        write_file(name, decisions)


def keep_champion_files(name: str, version: str, champion: Decision) -> None:
    """Put the files of `version`, which `champion` promotes, below models/champion under DVC.

    Raises:
        InputError: when they cannot be fetched; a `ProgramError` when DVC refuses them.
    """
    folder = in_project(layout.CHAMPIONS) / name
    if not _holds(folder, champion):
        published_model.fetch(name, version, folder)
    programs.output("dvc", "add", str(KEPT / name), folder=project_folder())


def _set_champion_alias(client: mlflow.MlflowClient, name: str, champion: Decision) -> None:
    version = _champion_version(client, name, champion)
    versions.set_alias(client, name, versions.CHAMPION, version)


def _champion_version(client: mlflow.MlflowClient, name: str, champion: Decision) -> str:
    version = versions.find_version(client, name, champion.identity)
    if version is None:
        raise InputError(f"{name} has no version of its champion: run `rnnops sync`")
    return version


def _holds(folder: Path, champion: Decision) -> bool:
    """Whether `folder` has the files of the champion."""
    is_model = (folder / "MLmodel").exists()
    return is_model and published_model.read_identity(folder) == champion.identity


def _restore_version(
    client: mlflow.MlflowClient, name: str, champion: Decision, commit: str | None
) -> None:
    """Register the champion from its kept files, under its number in the decisions if it is free.

    Args:
        commit: whose models/champion/<name>.dvc describes it; None for the workspace's.
    """
    checkout = main_checkout()
    described = KEPT / f"{name}.dvc"
    folder = checkout / KEPT / name
    if commit or not (checkout / described).exists():
        content = committed_text(commit or "HEAD", described, checkout)
        if content:
            files.write_text(content, checkout / described)
    if not _holds(folder, champion):
        with suppress(ProgramError):  # what is missing is reported below
            programs.output("dvc", "checkout", "--force", str(described), folder=checkout)
    if not _holds(folder, champion):
        raise InputError(
            f"version {champion.version} is the champion of {name}, but its files are not in "
            f"{KEPT / name}: run `dvc pull {described}`"
        )
    experiment = store.experiment_id(client, EXPERIMENT)
    run = client.create_run(experiment, run_name=f"{name}, restored", tags={ROLE_TAG: "champion"})
    version = published_model.publish(
        client,
        run.info.run_id,
        name,
        republish(folder),
        champion.identity,
        folder / "code" / "rnnops",
        number=int(champion.version),
        requirements=(folder / "requirements.txt").read_text("utf-8").splitlines(),
    )
    if version != champion.version:
        note(
            f"version {champion.version} of {name} is version {version} here: the registry has "
            f"another version {champion.version}"
        )
