import getpass
import os

import pytest
from decision_history import BACK, FIRST, NAME, SECOND, decision
from hypothesis import given
from hypothesis import strategies as st

from rnnops.core.errors import InputError
from rnnops.registry.decisions import (
    Decision,
    choose_opponent,
    longer_history,
    next_decision,
    present_champion,
    standing_promotions,
    version_in_history,
)


@st.composite
def histories(draw, least=0):
    """Decisions as they can be made: never more rollbacks than there are champions to return to."""
    made, standing = [], []
    for number in range(1, draw(st.integers(least, 12)) + 1):
        if len(standing) > 1 and draw(st.booleans()):
            standing.pop()
            made.append(decision(number, standing[-1], "rollback"))
        else:
            standing.append(str(draw(st.integers(1, 9))))
            made.append(decision(number, standing[-1], who=draw(st.sampled_from(["ann", "bob"]))))
    return made


@st.composite
def prefixes(draw):
    """A history and two beginnings of it, as a registry and a file may hold them."""
    whole = draw(histories())
    return whole, *(whole[: draw(st.integers(0, len(whole)))] for _ in range(2))


@pytest.mark.parametrize(
    ("made", "standing"),
    [
        ([], []),
        ([FIRST], ["1"]),
        ([FIRST, SECOND], ["1", "3"]),
        ([FIRST, SECOND, BACK], ["1"]),
        ([FIRST, SECOND, BACK, decision(4, "4")], ["1", "4"]),
    ],
)
def test_a_rollback_undoes_the_last_promotion_in_force(made, standing):
    assert [each.version for each in standing_promotions(made)] == standing
    champion = present_champion(made)
    assert (champion and champion.version) == (standing[-1] if standing else None)


@given(histories(least=1))
def test_the_champion_is_always_the_version_of_the_last_decision(made):
    assert present_champion(made).version == made[-1].version


@given(prefixes())
def test_reconciling_two_histories_loses_no_decision_and_depends_on_no_order(known):
    whole, registry, file = known
    merged = longer_history(registry, file, NAME)
    assert merged == longer_history(file, registry, NAME)
    assert merged == whole[: max(len(registry), len(file))]
    assert all(each in merged for each in [*registry, *file])
    assert present_champion(merged) == present_champion(longer_history(file, registry, NAME))


@given(prefixes())
def test_reconciling_again_changes_nothing(known):
    _, registry, file = known
    merged = longer_history(registry, file, NAME)
    for other in (registry, file, merged):
        assert longer_history(merged, other, NAME) == merged


@given(histories(), st.data())
def test_reconciling_more_than_two_histories_depends_on_no_grouping(whole, data):
    parts = [whole[: data.draw(st.integers(0, len(whole)))] for _ in range(3)]

    def merge(one, other):
        return longer_history(one, other, NAME)

    assert merge(merge(parts[0], parts[1]), parts[2]) == merge(parts[0], merge(parts[1], parts[2]))


@given(histories(least=1), st.data())
def test_histories_that_differ_in_any_decision_are_refused_from_either_side(made, data):
    number = data.draw(st.integers(1, len(made)))
    other = [*made[: number - 1], decision(number, "99"), *made[number:]]
    for pair in ((made, other), (other, made)):
        with pytest.raises(InputError, match=f"differ on {NAME} from decision {number} on"):
            longer_history(*pair, NAME)


def test_a_difference_is_described_with_both_decisions_and_what_to_do():
    with pytest.raises(InputError) as raised:
        longer_history([FIRST, SECOND], [FIRST, decision(2, "2"), BACK], NAME)
    message = str(raised.value)
    assert "the registry has promote version 3 (2026-01-01T00:00:00+00:00)" in message
    assert "the file promote version 2 (2026-01-01T00:00:00+00:00)" in message
    assert message.endswith("(mlruns/, if it is this checkout's own) away; then run `rnnops sync`")
    assert "\n" not in message


@given(histories())
def test_a_decision_is_read_as_it_was_written(made):
    assert [Decision.from_json(each.to_json()) for each in made] == made


def test_a_decision_is_written_in_its_own_letters():
    assert '"who": "Zoë"' in decision(1, "1", who="Zoë").to_json()


def test_without_a_name_in_git_the_user_is_who_is_logged_in(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, value in (
        ("CONFIG_GLOBAL", os.devnull),
        ("CONFIG_NOSYSTEM", "1"),
        ("CONFIG_COUNT", "0"),
    ):
        monkeypatch.setenv(f"GIT_{name}", value)
    fields = {"version": "1", "identity": "x", "reason": "", "forced": False, "numbers": {}}
    assert next_decision([], action="promote", **fields).who == getpass.getuser()


def test_the_next_decision_has_the_next_number_the_time_and_the_user(monkeypatch):
    monkeypatch.setenv("GIT_AUTHOR_NAME", "eve")
    monkeypatch.setenv("GIT_AUTHOR_EMAIL", "eve@example.invalid")
    made = next_decision(
        [FIRST, SECOND], action="promote", version="4", identity="x", reason="better",
        forced=False, numbers={},
    )  # fmt: skip
    assert (made.number, made.who, made.version) == (3, "eve", "4")
    assert made.when.endswith("+00:00")


def test_a_model_keeps_the_version_number_that_history_gave_it():
    made = [FIRST, SECOND, BACK]
    assert version_in_history(made, SECOND.identity) == 3
    assert version_in_history(made, "never champion") is None


def promotion(number, low, high, name="accuracy", forced=False):
    numbers = {"name": name, "low": low, "high": high}
    return decision(number, str(number), numbers=numbers, forced=forced)


@pytest.mark.parametrize(
    ("later", "opponent"),
    [
        ([], 1),
        ([promotion(2, 0.01, 0.02)], 2),
        ([promotion(2, -0.01, 0.02)], 1),
        ([promotion(2, 0.01, 0.02), promotion(3, -0.01, 0.0), promotion(4, -0.01, 0.01)], 2),
        ([promotion(2, -0.02, -0.01, "log_loss"), promotion(3, -0.01, 0.01, "log_loss")], 2),
        ([promotion(2, -0.01, 0.0, forced=True)], 2),
        ([promotion(2, 0.0, 0.02)], 1),
        ([promotion(2, -0.02, 0.0, "log_loss")], 1),
        ([promotion(2, None, None)], 1),
        ([promotion(2, None, 0.02)], 1),
    ],
)
def test_the_opponent_is_the_last_champion_that_was_shown_to_be_better(later, opponent):
    made = [promotion(1, -0.1, 0.1), *later]
    assert choose_opponent(made, "a challenger").number == opponent
    if later and opponent == len(made):
        assert choose_opponent(made, made[-1].identity).number < opponent


def test_the_first_model_has_no_opponent_also_when_it_is_the_champion():
    assert choose_opponent([], "x") is None
    assert choose_opponent([FIRST], FIRST.identity) is None


def test_a_chain_of_slightly_worse_models_never_falls_below_the_margin_in_all():
    """Each is worse than the champion by .002; the margin is .01, an interval .002 to each side."""
    made, accuracy = [promotion(1, -0.1, 0.1)], {"identity 1": 0.95}
    for number in range(2, 40):
        challenger = accuracy[made[-1].identity] - 0.002
        difference = challenger - accuracy[choose_opponent(made, "a challenger").identity]
        if difference - 0.002 > -0.01:
            made.append(promotion(number, difference - 0.002, difference + 0.002))
            accuracy[made[-1].identity] = challenger
    assert min(accuracy.values()) < 0.95
    assert min(accuracy.values()) >= 0.95 - 0.01
