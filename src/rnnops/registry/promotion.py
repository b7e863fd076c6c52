"""Making a version the champion, and going back to the one before."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import mlflow

from rnnops.core.errors import InputError
from rnnops.gate.params import Gate
from rnnops.registry import decisions, published_model
from rnnops.registry import versions as registry
from rnnops.registry.challenger import PASSED, standing_verdict, verdict_label
from rnnops.registry.decisions import Decision
from rnnops.registry.reconciliation import carry_out, reconcile
from rnnops.tracking import store
from rnnops.tracking.runs import IDENTITY_TAG

LISTED = 10  # versions that are listed with their verdicts; the older ones are counted


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
    """Make `version`, by default the newest that passed, the champion of `name`.

    Raises:
        InputError: without a passing verdict against the present champion, unless forced with a
            reason; when it is the champion already; when another process was faster.
    """
    if force and not reason:
        raise InputError("--force needs --reason: it is written down for those who come after")
    earlier = reconcile(client, name)
    chosen = version or _newest_passed(client, name, earlier, params)
    found = registry.version_of(client, name, chosen)
    identity = found.tags.get(IDENTITY_TAG)
    standing = decisions.champions(earlier)
    if standing and standing[-1].identity == identity:
        raise InputError(f"version {chosen} of {name} is the champion already")
    verdict = standing_verdict(client, found, standing[-1] if standing else None, params)
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


def _newest_passed(
    client: mlflow.MlflowClient, name: str, made: Sequence[Decision], params: Gate
) -> str:
    listed = verdicts(client, name, made, params)
    passed = [version for version, verdict in listed.items() if verdict == PASSED]
    if not listed:
        raise InputError(f"{name} has no version: run `dvc repro` to make one")
    if not passed:
        raise InputError(
            f"no version of {name} has passed the gate and may become champion: "
            f'{describe(listed)}; `rnnops promote VERSION --force --reason "…"` promotes one all '
            "the same"
        )
    return passed[0]


@store.reaching_the_server()
def verdicts(
    client: mlflow.MlflowClient, name: str, made: Sequence[Decision], params: Gate
) -> dict[str, str]:
    """The verdict on each version of `name`, newest first; "passed" where it may be promoted.

    Args:
        made: the decisions on `name`.
    """
    standing = decisions.champions(made)
    champion_before = {each.identity: "champion before" for each in made}
    reigning = standing[-1] if standing else None
    if reigning:
        champion_before[reigning.identity] = registry.CHAMPION
    return {
        str(found.version): champion_before.get(found.tags.get(IDENTITY_TAG))
        or verdict_label(found, reigning, params)
        for found in registry.versions(client, name)
    }


def describe(listed: dict[str, str]) -> str:
    """The newest versions with their verdicts, in words: `version 2 (refused), version 1 (…)`."""
    shown = [f"version {version} ({verdict})" for version, verdict in listed.items()]
    older = len(shown) - LISTED
    return ", ".join(shown[:LISTED]) + (f" and {older} older ones" if older > 0 else "")


def _check_files(name: str, version: str, identity: str | None) -> None:
    """Raise `InputError` unless the version can be kept, and judged against, as a champion."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "model"
        published_model.fetch(name, version, folder)
        published_model.seen(folder)
        if identity is None or published_model.identity(folder) != identity:
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
    earlier = reconcile(client, name)
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
