"""Making a version the champion, going back, and keeping registry and files of one mind.

The list of decisions is the truth; the alias `champion`, models/champion.json and the files below
models/champion follow from it, and what was cut off is done again by the next command.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import mlflow

from rnnops.config import Gate
from rnnops.errors import InputError
from rnnops.tracking import champion, decisions, registry, store
from rnnops.tracking.decisions import Decision
from rnnops.tracking.judging import standing_verdict
from rnnops.tracking.programs import run
from rnnops.tracking.runs import IDENTITY_TAG, ROLE_TAG


@store.reaching_the_server()
def promote(
    client: mlflow.MlflowClient,
    name: str,
    version: str | None,
    params: Gate,
    *,
    force: bool,
    reason: str | None,
) -> Decision:
    """Make `version`, by default the newest challenger, the champion of `name`.

    Raises:
        InputError: without a passing verdict against the present champion, unless forced with a
            reason; when it is the champion already; when another process was faster.
    """
    earlier = agreed(client, name)
    chosen = version or registry.alias_of(client, name, registry.CHALLENGER)
    if chosen is None:
        raise InputError(f"{name} has no challenger: run `dvc repro` to make one")
    found = registry.version_of(client, name, chosen)
    identity = found.tags.get(IDENTITY_TAG)
    standing = decisions.champions(earlier)
    if standing and standing[-1].identity == identity:
        raise InputError(f"version {chosen} of {name} is the champion already")
    if version is None and any(identity == each.identity for each in earlier):
        raise InputError(
            f"version {chosen} of {name} has been champion before: name it to promote it again"
        )
    verdict = standing_verdict(client, found, standing[-1] if standing else None, params)
    if force and not reason:
        raise InputError("--force needs --reason: it is written down for those who come after")
    if not force and verdict.problem:
        raise InputError(
            f"version {chosen} of {name} is not promoted: {verdict.problem}; "
            '`--force --reason "…"` promotes it all the same'
        )
    _check_files(name, chosen, identity)
    decision = decisions.next_decision(
        earlier,
        action="promote",
        version=chosen,
        identity=identity,
        reason=reason or verdict.reason,
        forced=force,
        numbers=verdict.numbers,
    )
    _decide(client, name, earlier, decision)
    return decision


def _check_files(name: str, version: str, identity: str | None) -> None:
    """Raise `InputError` unless the version can be kept, and judged against, as a champion."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "model"
        champion.fetch(name, version, folder)
        champion.seen(folder)
        if identity is None or champion.identity(folder) != identity:
            raise InputError(
                f"version {version} of {name} was not registered by `dvc repro`: it does not say "
                "what it is"
            )


@store.reaching_the_server()
def rollback(client: mlflow.MlflowClient, name: str, reason: str | None) -> Decision:
    """Make the champion before the present one the champion again.

    Raises:
        InputError: when there was none; when its files are not in this registry.
    """
    earlier = agreed(client, name)
    standing = decisions.champions(earlier)
    if len(standing) < 2:
        raise InputError(f"{name} has no earlier champion to go back to; see `rnnops history`")
    undone, restored = standing[-1], standing[-2]
    version = registry.find_version(client, name, restored.identity)
    if version is None:
        raise InputError(
            f"the earlier champion of {name}, version {restored.version}, is not in this registry: "
            "`rnnops sync` registers what git and DVC still have of it"
        )
    _check_files(name, version, restored.identity)
    decision = decisions.next_decision(
        earlier,
        action="rollback",
        version=restored.version,
        identity=restored.identity,
        reason=reason or f"version {undone.version} is withdrawn",
        forced=False,
        numbers={},
    )
    _decide(client, name, earlier, decision)
    return decision


def _decide(
    client: mlflow.MlflowClient, name: str, earlier: Sequence[Decision], decision: Decision
) -> None:
    decisions.append(client, name, decision)
    carry_out(client, name, [*earlier, decision])


def carry_out(client: mlflow.MlflowClient, name: str, made: Sequence[Decision]) -> None:
    """Let alias, models/champion.json and the files below models/champion follow from `made`."""
    standing = decisions.champions(made)
    if not standing:
        return
    _name_champion(client, name, standing[-1])
    folder = champion.KEPT / name
    if not is_kept(folder, standing[-1]):
        version = registry.find_version(client, name, standing[-1].identity)
        champion.fetch(name, version, folder)
    _dvc("add", str(folder))
    if decisions.read_file(name) != list(made):
        decisions.write_file(name, made)


def is_kept(folder: Path, standing: Decision) -> bool:
    """Whether `folder` holds the champion."""
    return folder.exists() and champion.identity(folder) == standing.identity


@store.reaching_the_server()
def agreed(client: mlflow.MlflowClient, name: str) -> list[Decision]:
    """The decisions on `name` that registry and models/champion.json both know, or one of them.

    A registry that has fewer, as a new one has in CI, takes over the rest, and the champion itself
    from the files below models/champion when it lacks that version.

    Raises:
        InputError: when the two disagree, or the champion's files are not here.
    """
    in_registry, in_file = decisions.read_ledger(client, name), decisions.read_file(name)
    known = decisions.longer(in_registry, in_file, name)
    standing = decisions.champions(known)
    if standing and registry.find_version(client, name, standing[-1].identity) is None:
        _restore(client, name, standing[-1])
    for decision in known[len(in_registry) :]:
        decisions.append(client, name, decision)
    if standing:
        _name_champion(client, name, standing[-1])
    return known


def _name_champion(client: mlflow.MlflowClient, name: str, standing: Decision) -> None:
    version = registry.find_version(client, name, standing.identity)
    registry.set_alias(client, name, registry.CHAMPION, version)


def _restore(client: mlflow.MlflowClient, name: str, standing: Decision) -> None:
    """Register the champion that models/champion keeps."""
    folder = champion.KEPT / name
    if not is_kept(folder, standing):
        raise InputError(
            f"{decisions.CHAMPION_FILE} names version {standing.version} of {name} as champion, "
            f"but its files are not in {folder}: run `dvc pull {folder}.dvc`"
        )
    experiment = store.experiment_id(client, decisions.EXPERIMENT)
    begun = client.create_run(experiment, run_name=f"{name}, restored", tags={ROLE_TAG: "champion"})
    registry.publish(
        client,
        begun.info.run_id,
        name,
        champion.decision(folder)["labels"],
        {key: str(path) for key, path in champion.artifacts(folder).items()},
        {IDENTITY_TAG: standing.identity},
        folder / "code" / "rnnops",
    )


def _dvc(*arguments: str) -> None:
    done = run("dvc", *arguments)
    if done.returncode:
        raise InputError(
            f"`dvc {' '.join(arguments)}` failed: {done.stderr.strip()}; the decision stands, and "
            "`rnnops sync` brings the files in line"
        )
