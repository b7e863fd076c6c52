"""Making a version the champion, and going back to the one before."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import mlflow

from rnnops.core.errors import InputError
from rnnops.gate.params import AnyGate
from rnnops.registry import published_model, versions
from rnnops.registry.champion_file import write_file
from rnnops.registry.decisions import (
    Decision,
    choose_opponent,
    next_decision,
    present_champion,
    standing_promotions,
)
from rnnops.registry.ledger import append_decision
from rnnops.registry.looks import write_looks
from rnnops.registry.reconciliation import apply_decisions, keep_champion_files, reconcile
from rnnops.registry.verdicts import PASSED, check_eligibility, verdict_label
from rnnops.tracking import store
from rnnops.tracking.tags import IDENTITY_TAG

LISTED = 10  # versions that an error lists with their verdicts; the older ones are counted


@store.reaching_the_server()
def promote(
    client: mlflow.MlflowClient,
    name: str,
    version: str | None,
    params: AnyGate,
    *,
    force: bool,
    reason: str | None,
) -> Decision:
    """Make `version`, by default the newest that passed, the champion of `name`.

    Raises:
        InputError: without a passing verdict against the present opponent, unless forced with a
            reason; when it is the champion already; when another process was faster.
    """
    if force and not reason:
        raise InputError("--force needs --reason: the reason is kept with the decision")
    earlier, decision = _decide(client, name, version, params, force=force, reason=reason)
    _record(client, name, earlier, decision)
    return decision


@store.reaching_the_server()
def propose_promotion(
    client: mlflow.MlflowClient, name: str, version: str, params: AnyGate
) -> Decision:
    """Write the decision to make `version` the champion into models/ alone.

    It becomes one when that is merged: whoever reads the decisions there next records it.

    Raises:
        InputError: as `promote` does.
    """
    earlier, decision = _decide(client, name, version, params, force=False, reason=None)
    keep_champion_files(name, version, decision)
    write_file(name, [*earlier, decision])
    return decision


def _decide(
    client: mlflow.MlflowClient,
    name: str,
    version: str | None,
    params: AnyGate,
    *,
    force: bool,
    reason: str | None,
) -> tuple[list[Decision], Decision]:
    """The decisions so far, and the one that promotes `version`."""
    earlier = reconcile(client, name)
    chosen = version or _newest_passed(client, name, earlier, params)
    found = versions.get_version(client, name, chosen)
    identity = found.tags.get(IDENTITY_TAG)
    champion = present_champion(earlier)
    if champion and champion.identity == identity:
        raise InputError(f"version {chosen} of {name} is the champion already")
    opponent = choose_opponent(earlier, identity)
    eligibility = check_eligibility(client, found, opponent, params)
    if not force and eligibility.problem:
        raise InputError(
            f"version {chosen} of {name} is not promoted: {eligibility.problem}; "
            '`--force --reason "…"` promotes it anyway'
        )
    _check_files(name, chosen, identity)
    decision = next_decision(
        earlier,
        action="promote",
        version=chosen,
        identity=identity,
        reason=reason or eligibility.reason,
        forced=force,
        numbers=eligibility.numbers,
    )
    return earlier, decision


def _newest_passed(
    client: mlflow.MlflowClient, name: str, decisions: Sequence[Decision], params: AnyGate
) -> str:
    listed = list_verdicts(client, name, decisions, params)
    passed = [version for version, verdict in listed.items() if verdict == PASSED]
    if not listed:
        raise InputError(f"{name} has no version: run `dvc repro` to make one")
    if not passed:
        raise InputError(
            f"no version of {name} has passed the gate and may become champion: "
            f"{describe_verdicts(listed)}; "
            '`rnnops promote VERSION --force --reason "…"` promotes one anyway'
        )
    return passed[0]


@store.reaching_the_server()
def list_verdicts(
    client: mlflow.MlflowClient, name: str, decisions: Sequence[Decision], params: AnyGate
) -> dict[str, str]:
    """The verdict on each version of `name`, newest first; "passed" where it may be promoted.

    Args:
        decisions: on `name`.
    """
    champion, opponent = present_champion(decisions), choose_opponent(decisions, None)
    labels = {each.identity: "champion before" for each in decisions}
    if champion:
        labels[champion.identity] = versions.CHAMPION
    return {
        str(found.version): labels.get(found.tags.get(IDENTITY_TAG, ""))
        or verdict_label(found, opponent, params)
        for found in versions.list_versions(client, name)
    }


def describe_verdicts(listed: dict[str, str]) -> str:
    """The newest versions with their verdicts, in words: `version 2 (refused), version 1 (…)`."""
    shown = [f"version {version} ({verdict})" for version, verdict in listed.items()]
    older = len(shown) - LISTED
    return ", ".join(shown[:LISTED]) + (f" and {older} older ones" if older > 0 else "")


def _check_files(name: str, version: str, identity: str | None) -> None:
    """Raise `InputError` unless the version can be kept, and judged against, as a champion."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "model"
        published_model.fetch(name, version, folder)
        published_model.read_training_ids(folder)
        if identity is None or published_model.read_identity(folder) != identity:
            raise InputError(
                f"version {version} of {name} was not registered by `dvc repro`: it has no identity"
            )


@store.reaching_the_server()
def rollback(client: mlflow.MlflowClient, name: str, reason: str | None) -> Decision:
    """Make the champion before the present one the champion again.

    Raises:
        InputError: when there was none; when its files are not in this registry.
    """
    earlier = reconcile(client, name)
    standing = standing_promotions(earlier)
    if len(standing) < 2:
        raise InputError(f"{name} has no earlier champion to go back to; see `rnnops history`")
    undone, restored = standing[-1], standing[-2]
    version = versions.find_version(client, name, restored.identity)
    if version is None:
        raise InputError(
            f"the earlier champion of {name}, version {restored.version}, is not in this registry: "
            "`rnnops sync` registers what git and DVC still have of it"
        )
    _check_files(name, version, restored.identity)
    decision = next_decision(
        earlier,
        action="rollback",
        version=restored.version,
        identity=restored.identity,
        reason=reason or f"version {undone.version} is withdrawn",
        forced=False,
        numbers={},
    )
    _record(client, name, earlier, decision)
    return decision


def _record(
    client: mlflow.MlflowClient, name: str, earlier: Sequence[Decision], decision: Decision
) -> None:
    append_decision(client, name, decision)
    apply_decisions(client, name, [*earlier, decision])
    write_looks(client, name)
