"""Which version is the champion, and how it became so: a list of decisions that only grows.

Three places hold the list: an MLflow run (`ledger`), models/champion.json (`champion_file`) and its
earlier contents in git. `reconciliation` brings them in line.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal, Self

from rnnops.core import layout
from rnnops.core.errors import InputError
from rnnops.core.git import user_name
from rnnops.metrics.metrics import metric_of


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

    def to_json(self) -> str:
        """The decision as a line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read what `to_json` gave."""
        return cls(**json.loads(text))


def next_decision(earlier: Sequence[Decision], **fields: Any) -> Decision:
    """The decision after `earlier`, made now by whoever runs this; `fields` are the others."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Decision(number=len(earlier) + 1, when=now, who=user_name(), **fields)


def standing_promotions(decisions: Sequence[Decision]) -> list[Decision]:
    """The promotions in force, oldest first; the last made the champion. A rollback undoes one."""
    standing: list[Decision] = []
    for decision in decisions:
        if decision.action == "promote":
            standing.append(decision)
        else:
            standing.pop()
    return standing


def present_champion(decisions: Sequence[Decision]) -> Decision | None:
    """The promotion that made the present champion, None if there is no champion."""
    standing = standing_promotions(decisions)
    return standing[-1] if standing else None


def choose_opponent(decisions: Sequence[Decision], identity: str | None) -> Decision | None:
    """The champion that a model is judged against, None without one.

    It is the last one that was shown to be better than the one before, or was promoted by force, or
    the first: were a model that is only not much worse judged against the last of such models, each
    could be worse again by the margin. The champion itself is judged as if it were none.
    """
    standing = standing_promotions(decisions)
    if standing and standing[-1].identity == identity:
        standing.pop()
    while len(standing) > 1 and not _is_better(standing[-1]):
        standing.pop()
    return standing[-1] if standing else None


def _is_better(promotion: Decision) -> bool:
    """Whether the verdict showed an improvement, or a person vouched for it."""
    numbers = promotion.numbers
    if promotion.forced:
        return True
    if numbers.get("low") is None or numbers.get("high") is None:
        return False
    lower_is_better = metric_of(numbers["name"]).lower_is_better
    return bool(numbers["high"] < 0 if lower_is_better else numbers["low"] > 0)


def version_in_history(decisions: Sequence[Decision], identity: str) -> int | None:
    """The version number that the decisions give a model, None if it was never champion."""
    numbers = [int(each.version) for each in decisions if each.identity == identity]
    return numbers[0] if numbers else None


def longer_history(
    registry: Sequence[Decision], file: Sequence[Decision], name: str
) -> list[Decision]:
    """The one of two lists of decisions on `name` that continues the other.

    Raises:
        InputError: when neither does: registry and file hold different decisions.
    """
    for number, (one, other) in enumerate(zip(registry, file, strict=False), start=1):
        if one != other:
            raise InputError(
                f"the registry and {layout.CHAMPION_FILE} differ on {name} from decision {number} "
                f"on: the registry has {one.action} version {one.version} ({one.when}), the file "
                f"{other.action} version {other.version} ({other.when}); to keep the registry's, "
                f"delete {name} from the file; to keep the file's, move the store (mlruns/, if it "
                "is this checkout's own) away; then run `rnnops sync`"
            )
    return list(registry if len(registry) >= len(file) else file)
