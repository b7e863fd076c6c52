"""Which version is the champion, and how it came to be: a list of decisions that only grows.

The registry holds it as the params of one run, a param a decision. MLflow never changes a param, so
of two that claim the same number at once the store takes one and refuses the other. Where no MLflow
server lasts from one machine to the next, `models/champion.json` in git holds the same list.
"""

import getpass
import json
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import mlflow
from mlflow.exceptions import MlflowException

from rnnops.core import files, layout
from rnnops.core.checkout import main_checkout
from rnnops.core.errors import InputError
from rnnops.registry import mlflow_pages
from rnnops.tracking import store
from rnnops.tracking.runs import ROLE_TAG

CHAMPION_FILE = Path(layout.CHAMPION_FILE)
MOST_CHARACTERS = 6000  # of a param: MLflow cuts what is longer
LEDGER_TAG = "rnnops.decisions"  # of a registered model: the run that holds its decisions
EXPERIMENT = mlflow_pages.DECISIONS


@dataclass(frozen=True)
class Decision:
    """The `number`-th decision made `version` the champion.

    `identity`: of the version, the same wherever it is registered, see `TrainedModel`. `when`: UTC.
    `numbers`: the primary metric's row of the verdict; empty for a rollback.
    """

    number: int
    action: Literal["promote", "rollback"]
    version: str
    identity: str
    when: str
    who: str
    reason: str
    forced: bool
    numbers: dict[str, Any]


def next_decision(earlier: Sequence[Decision], **said: Any) -> Decision:
    """The decision after `earlier`, made now by whoever runs this; `said` is the rest of it."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Decision(number=len(earlier) + 1, when=now, who=_who(), **said)


def champions(decisions: Sequence[Decision]) -> list[Decision]:
    """The promotions in force, oldest first; the last made the champion. A rollback undoes one."""
    standing: list[Decision] = []
    for decision in decisions:
        if decision.action == "promote":
            standing.append(decision)
        else:
            standing.pop()
    return standing


def number_of(decisions: Sequence[Decision], identity: str) -> int | None:
    """The version number that history gives a model, None if it was never champion."""
    numbers = [int(each.version) for each in decisions if each.identity == identity]
    return numbers[0] if numbers else None


def read_ledger(client: mlflow.MlflowClient, name: str) -> list[Decision]:
    """The decisions on the registered model `name`, in order."""
    run_id = _ledger(client, name)
    params = client.get_run(run_id).data.params if run_id else {}
    return [Decision(**json.loads(value)) for _, value in sorted(params.items())]


def append(client: mlflow.MlflowClient, name: str, decision: Decision) -> None:
    """Add `decision` to the registry's list.

    Raises:
        InputError: when another process made a decision of that number first; when its reason is
            too long to be kept.
    """
    written = json.dumps(asdict(decision), ensure_ascii=False)
    if len(written) > MOST_CHARACTERS:
        raise InputError(f"the reason is too long: {len(decision.reason):,} characters")
    run_id = open_ledger(client, name)
    try:
        client.log_param(run_id, f"{decision.number:04d}", written)
    except MlflowException as error:
        made = read_ledger(client, name)
        if error.error_code != "INVALID_PARAMETER_VALUE" or len(made) < decision.number:
            raise
        other = made[decision.number - 1]
        raise InputError(
            f"{other.who} has just made version {other.version} the champion of {name}: version "
            f"{decision.version} was not promoted; see `rnnops history`"
        ) from None


def open_ledger(client: mlflow.MlflowClient, name: str) -> str:
    """The run that holds the decisions on `name`, made with its registered model if it is new.

    It is finished at once, as nothing runs: MLflow adds params to a finished run all the same.
    """
    with store.exclusive():  # of two at once the second finds what the first has made
        if known := _ledger(client, name):
            mlflow_pages.describe_decisions(client, known, name)
            return known
        experiment = store.experiment_id(client, EXPERIMENT)
        mlflow_pages.describe_experiment(client, experiment)
        run = client.create_run(
            experiment, run_name=f"decisions on {name}", tags={ROLE_TAG: "decisions"}
        )
        run_id = run.info.run_id
        try:
            client.create_registered_model(name, {LEDGER_TAG: run_id})
        except MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise
            if other := _ledger(client, name):
                client.delete_run(run_id)
                return other
            client.set_registered_model_tag(name, LEDGER_TAG, run_id)
        mlflow_pages.describe_decisions(client, run_id, name)
        return run_id


def _ledger(client: mlflow.MlflowClient, name: str) -> str | None:
    found = client.search_registered_models(f"name = '{name}'")
    return found[0].tags.get(LEDGER_TAG) if found else None


def read_file(name: str) -> list[Decision]:
    """The decisions on `name` that the main checkout's models/champion.json holds.

    Raises:
        InputError: when the file is not what `write_file` writes.
    """
    path = main_checkout() / CHAMPION_FILE
    try:
        return parse(path.read_text("utf-8"), name) if path.exists() else []
    except (ValueError, TypeError, AttributeError) as error:
        raise InputError(
            f"{CHAMPION_FILE} cannot be read ({error}): if git left a conflict in it, keep the "
            "side of the champion in production"
        ) from None


def parse(text: str, name: str) -> list[Decision]:
    """The decisions on `name` in the text of models/champion.json.

    Raises:
        ValueError, TypeError or AttributeError: when the text is not what `write_file` writes.
    """
    return [Decision(**decision) for decision in json.loads(text).get(name, [])]


def write_file(name: str, decisions: Sequence[Decision]) -> None:
    """Make models/champion.json hold `decisions` on `name`."""
    by_name = files.read_json(CHAMPION_FILE) if CHAMPION_FILE.exists() else {}
    by_name[name] = [asdict(decision) for decision in decisions]
    files.write_json(dict(sorted(by_name.items())), CHAMPION_FILE)


def longer_history(
    registry: Sequence[Decision], file: Sequence[Decision], name: str
) -> list[Decision]:
    """The one of two lists that continues the other.

    Raises:
        InputError: when neither does: registry and file hold different decisions.
    """
    for number, (one, other) in enumerate(zip(registry, file, strict=False), start=1):
        if one != other:
            raise InputError(
                f"the registry and {CHAMPION_FILE} disagree on {name} from decision {number} on: "
                f"{one.action} version {one.version} ({one.when}) there, {other.action} version "
                f"{other.version} ({other.when}) here; to go by the registry, take {name} out of "
                "the file, to go by the file, move the store (mlruns/, if it is this checkout's "
                "own) away; then run `rnnops sync`"
            )
    return list(max(registry, file, key=len))


def _who() -> str:
    done = subprocess.run(["git", "config", "user.name"], capture_output=True, text=True)
    return done.stdout.strip() or getpass.getuser()
