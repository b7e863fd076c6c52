"""reports/results.json of forecasts: every model's metrics, by split, frequency and step.

`Results` alone writes and reads it. reports/metrics.json, for `dvc metrics`, has
the metrics of the test split.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from rnnops.core import layout
from rnnops.core.results_file import ResultsFile
from rnnops.forecast.evaluation import COMBINATION, NETWORK, START, STATISTICAL, Evaluation, Metrics
from rnnops.forecasting.series import Series, by_frequency

FIRST = (NETWORK, COMBINATION, STATISTICAL)


@dataclass(frozen=True)
class Results(ResultsFile):
    """What the models are measured to be.

    Models are `network`, the statistical methods by name, `statistical_combination`, and
    `combination`: the network and that.

    Attributes:
        series: how many there are of each frequency.
        best_baseline: the method with the lowest MASE on the validation split.
        combined: the methods of the statistical combination.
        fallbacks: how many series a method left to the seasonal naive forecast, on the test split.
        gains: by split, of a model over another: what its metrics are less.
        by_frequency: by split and frequency, the metrics of each model.
        by_step: by frequency and model, each metric at each step of the test split.
        start: of the test split, what the network starts from, and what it gains over that, of all
            series and by frequency.
        rolling: by frequency, the network's metrics from each origin of the validation split.
    """

    dataset: str
    series: dict[str, int]
    best_baseline: str
    combined: list[str]
    fallbacks: dict[str, int]
    metrics: dict[str, dict[str, Metrics]]
    gains: dict[str, dict[str, dict[str, Metrics]]]
    by_frequency: dict[str, dict[str, dict[str, Metrics]]]
    by_step: dict[str, dict[str, dict[str, list[float | None]]]]
    start: dict[str, dict[str, Metrics]]
    rolling: dict[str, list[dict[str, Any]]]

    @classmethod
    def of(
        cls,
        evaluations: Mapping[str, Evaluation],
        series: Sequence[Series],
        dataset: str,
        best: str,
        combined: Sequence[str],
        fallbacks: Mapping[str, int],
        rolling: dict[str, list[dict[str, Any]]],
    ) -> Self:
        """The results of evaluations, by split."""
        test = evaluations[layout.TEST]
        models = [name for name in test.errors if name != START]
        pairs = [(NETWORK, best), (STATISTICAL, best), (COMBINATION, NETWORK)]
        pairs += [(COMBINATION, best), (COMBINATION, STATISTICAL)]
        names = np.array([each.frequency for each in series])
        rows = {name: names == name for name in by_frequency(series)}
        gained: dict[str, dict[str, dict[str, Metrics]]] = {}
        for split, each in evaluations.items():
            for model, other in pairs:
                found = each.gain(model, other)
                gained.setdefault(split, {}).setdefault(model, {})[other] = found
        return cls(
            dataset=dataset,
            series={name: int(mask.sum()) for name, mask in rows.items()},
            best_baseline=best,
            combined=list(combined),
            fallbacks=dict(fallbacks),
            metrics={
                split: {model: each.metrics(model) for model in models}
                for split, each in evaluations.items()
            },
            gains=gained,
            by_frequency={
                split: {
                    name: {model: each.metrics(model, mask) for model in models}
                    for name, mask in rows.items()
                }
                for split, each in evaluations.items()
            },
            by_step={
                name: {model: test.by_step(model, mask) for model in models}
                for name, mask in rows.items()
            },
            start={
                name: {START: test.metrics(START, mask), NETWORK: test.gain(NETWORK, START, mask)}
                for name, mask in {"all": None, **rows}.items()
            },
            rolling=rolling,
        )

    @property
    def methods(self) -> list[str]:
        """The statistical methods, the best on the validation split first."""
        found = self.metrics[layout.VALIDATION]

        def mase(name: str) -> float:
            return float(found[name]["mase"]["value"])

        return sorted(found.keys() - set(FIRST), key=lambda name: (mase(name), name))

    @property
    def models(self) -> list[str]:
        """Their names: the network, the combinations, then the statistical methods."""
        return [*FIRST, *self.methods]

    def describe(self, split: str) -> str:
        """The metrics of the network, the combination and the best method, in words."""
        found = self.metrics[split]
        listed = ", ".join(
            f"{shown_name(model)} {found[model]['smape']['value']:.2f} and "
            f"{found[model]['mase']['value']:.3f}"
            for model in (NETWORK, COMBINATION, self.best_baseline)
        )
        return f"sMAPE and MASE on the {split} split: {listed}"


def shown_name(model: str) -> str:
    """How people write the name of a model."""
    return model.replace("auto_ets", "AutoETS").replace("auto_arima", "AutoARIMA").replace("_", " ")
