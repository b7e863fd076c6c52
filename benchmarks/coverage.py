"""How often the intervals hold the truth, by simulation. Writes results/coverage.md.

`make coverage`. Clusters have the sizes of the e-mail corpus's test split; each is drawn anew in
every repetition: wrong as a whole, or with messages that are wrong one by one.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from rnnops.core import layout
from rnnops.core.files import write_text
from rnnops.metrics.bootstrap import ClusterWeights, cluster_weights, measure
from rnnops.metrics.intervals import METHOD
from rnnops.metrics.measured import CONFIDENCE, Measured
from rnnops.metrics.scores import Scores
from rnnops.templating.environment import markdown_table

RESULTS = Path(__file__).parent / "results" / "coverage.md"
REPETITIONS, RESAMPLES = 1000, 400
LABELS = ("ham", "spam")
# Clusters of the e-mail test split by size, for a checkout without data.
HAM = {1: 512, 2: 40, 3: 8, 4: 2, 39: 1}
SPAM = {1: 133, 2: 23, 3: 7, 4: 7, 5: 2, 6: 1, 7: 2, 9: 1, 12: 1, 14: 1}


class Messages(NamedTuple):
    """Labels (1 is spam) and clusters of n messages."""

    is_spam: np.ndarray
    cluster: np.ndarray


Draw = Callable[[np.random.Generator, Messages], list[np.ndarray]]


class Setting(NamedTuple):
    """A metric, or its difference between two models, and a sampler of probabilities of spam.

    `draw`: the models' probabilities, each of shape (n,). `truth`: the metric's mean over many.
    """

    title: str
    metric: str
    messages: Messages
    draw: Draw
    truth: float


def email_messages() -> Messages:
    """Those of the test split, or as many in clusters of the same sizes."""
    path = layout.split_file(layout.TEST)
    if Path(path).exists():
        split = pd.read_parquet(path)
        if set(split["label"]) == set(LABELS):
            return Messages(
                (split["label"] == "spam").to_numpy(), pd.factorize(split["cluster"])[0]
            )
    sizes = [np.repeat(list(table), list(table.values())) for table in (HAM, SPAM)]
    is_spam = np.repeat([False, True], [each.sum() for each in sizes])
    together = np.concatenate(sizes)
    return Messages(is_spam, np.repeat(np.arange(len(together)), together))


def clusters_of_one(number: int) -> Messages:
    return Messages(np.arange(number) % 2 == 1, np.arange(number))


def decided(*error_rates: tuple[float, float], whole: bool = True) -> Draw:
    """Models that err on ham and spam at the rates, on messages of their own."""

    def draw(random: np.random.Generator, messages: Messages) -> list[np.ndarray]:
        units = messages.cluster if whole else np.arange(len(messages.cluster))
        position = random.random(units.max() + 1)[units]
        drawn, start = [], 0.0
        for of_ham, of_spam in error_rates:
            rate = np.where(messages.is_spam, of_spam, of_ham)
            is_wrong = (position >= start) & (position < start + rate)
            drawn.append(np.where(messages.is_spam ^ is_wrong, 0.9, 0.1))
            start += max(of_ham, of_spam)
        return drawn

    return draw


def scored(*distances: float, shared: float, spread: float, heavy: bool = False) -> Draw:
    """Models whose logits of the two labels are so far apart, in standard deviations.

    `shared`: the share of their variance that is the cluster's. `spread`: their standard deviation.
    `heavy`: Student's t with 4 degrees of freedom in place of the normal distribution.
    """

    def noise(random: np.random.Generator, number: int) -> np.ndarray:
        if heavy:
            return random.standard_t(4, number) / np.sqrt(2)
        return random.standard_normal(number)

    def draw(random: np.random.Generator, messages: Messages) -> list[np.ndarray]:
        drawn = []
        for distance in distances:
            of_cluster = noise(random, messages.cluster.max() + 1)[messages.cluster]
            own = noise(random, len(messages.cluster))
            error = np.sqrt(shared) * of_cluster + np.sqrt(1 - shared) * own
            logit = spread * (distance * (messages.is_spam - 0.5) + error)
            drawn.append(1 / (1 + np.exp(-logit)))
        return drawn

    return draw


def settings() -> Iterator[Setting]:
    email, few = email_messages(), clusters_of_one(20)
    for whole in (True, False):
        who = "whole clusters" if whole else "single messages"
        for metric, ham, spam in (
            ("accuracy", 0.005, 0.005),
            ("accuracy", 0.02, 0.02),
            ("accuracy", 0.1, 0.1),
            ("false_positive_rate", 0.005, 0.02),
            ("recall", 0.005, 0.02),
            ("recall", 0.005, 0.1),
            ("f1", 0.005, 0.02),
        ):
            title = f"{who} wrong: {ham:.1%} of ham, {spam:.1%} of spam"
            yield _setting(title, metric, email, decided((ham, spam), whole=whole))
    yield _setting("20 clusters of one message, 5% wrong", "accuracy", few, decided((0.05, 0.05)))
    for shared in (1.0, 0.5):
        for distance, spread in ((3.5, 3.0), (4.7, 3.0), (2.0, 1.0)):
            title = f"logits {distance} apart, {shared:.0%} of their variance the cluster's"
            draw = scored(distance, shared=shared, spread=spread)
            for metric in ("roc_auc", "log_loss"):
                yield _setting(title, metric, email, draw)
    for distance in (3.5, 4.7):
        title = f"heavy-tailed logits {distance} apart, all of it the cluster's"
        draw = scored(distance, shared=1.0, spread=3.0, heavy=True)
        for metric in ("roc_auc", "log_loss"):
            yield _setting(title, metric, email, draw)
    almost_right = scored(6.7, shared=1.0, spread=3.0)
    yield _setting("logits 6.7 apart, all of it the cluster's", "log_loss", email, almost_right)
    for gained, lost in ((0.01, 0.0), (0.01, 0.002), (0.02, 0.02)):
        title = f"two models, whole clusters: {lost:.1%} and {gained:.1%} wrong alone"
        yield _setting(title, "accuracy", email, decided((lost, lost), (gained, gained)))
    alike = scored(3.5, 3.5, shared=1.0, spread=3.0)
    for metric in ("roc_auc", "log_loss"):
        yield _setting(
            "two models alike, logits 3.5 apart, all of it the cluster's", metric, email, alike
        )


def _setting(title: str, metric: str, messages: Messages, draw: Draw) -> Setting:
    """With the truth, of a million messages of their own with the labels' shares."""
    number = 1_000_000
    spam = np.arange(number) < round(number * messages.is_spam.mean())
    drawn = draw(np.random.default_rng(0), Messages(spam, np.arange(number)))
    many = Messages(spam, np.arange(number))
    return Setting(title, metric, messages, draw, _values(many, drawn, metric))


def _values(messages: Messages, drawn: list[np.ndarray], metric: str) -> float:
    number = len(messages.is_spam)
    once = ClusterWeights(np.ones((1, number), np.int16), np.arange(number))
    return _measure(messages, drawn, metric, once).point


def _measure(
    messages: Messages, drawn: list[np.ndarray], metric: str, weights: ClusterWeights
) -> Measured:
    found = [measure(_scores(messages, p), weights, names=[metric])[metric] for p in drawn]
    return found[0] - found[1] if len(found) == 2 else found[0]


def _scores(messages: Messages, p_spam: np.ndarray) -> Scores:
    probabilities = np.column_stack([1 - p_spam, p_spam])
    return Scores(LABELS, messages.is_spam.astype(int), probabilities, "spam", 0.5)


class Coverage(NamedTuple):
    """Shares of the intervals below, above and around the truth, and their median width."""

    low: float
    high: float
    width: float

    @classmethod
    def of(cls, ends: np.ndarray, truth: float) -> "Coverage":
        """Of intervals, shape (repetitions, 2)."""
        tiny = 1e-12
        low, high = np.mean(ends[:, 1] < truth - tiny), np.mean(ends[:, 0] > truth + tiny)
        return cls(float(low), float(high), float(np.median(ends[:, 1] - ends[:, 0])))

    def cells(self) -> list[str]:
        """Coverage, misses and width as people read them."""
        covered = f"{1 - self.low - self.high:.1%}"
        return [covered, f"{self.low:.1%} + {self.high:.1%}", f"{self.width:.4f}"]


def simulate(setting: Setting) -> tuple[Coverage, Coverage]:
    """The percentile intervals' coverage and that of the intervals in use."""
    random = np.random.default_rng(2)
    weights = cluster_weights(setting.messages.cluster, RESAMPLES, seed=2)
    percentile, ours = [], []
    tail = (1 - CONFIDENCE) / 2
    for _ in range(REPETITIONS):
        drawn = setting.draw(random, setting.messages)
        found = _measure(setting.messages, drawn, setting.metric, weights)
        percentile.append(np.nanquantile(found.resamples, [tail, 1 - tail]))
        ours.append(found.interval())
    return tuple(Coverage.of(np.array(ends), setting.truth) for ends in (percentile, ours))


def main() -> None:
    rows = []
    for setting in settings():
        before, now = simulate(setting)
        rows.append(
            [setting.title, setting.metric, f"{setting.truth:.4f}", *before.cells(), *now.cells()]
        )
        print(" | ".join(rows[-1]), flush=True)
    heads = ["setting", "metric", "truth"]
    heads += [
        f"{kind}{what}"
        for kind in ("percentile: ", "now: ")
        for what in ("coverage", "below + above", "width")
    ]
    introduction = (
        f"How often a {CONFIDENCE:.0%} interval holds the truth, in {REPETITIONS:,} repetitions "
        f"with {RESAMPLES} resamples each; the simulation's own error is about 0.7%. Below and "
        f"above: the share of intervals that lie on that side of the truth. {METHOD}"
    )
    write_text(f"{introduction}\n\n{markdown_table(heads, rows)}\n", RESULTS)


if __name__ == "__main__":
    main()
