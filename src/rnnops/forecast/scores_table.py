"""How good each model's forecasts of each series are: reports/predictions.parquet."""

from collections.abc import Mapping, Sequence

import pandas as pd

from rnnops.forecast.evaluation import METRICS, Evaluation
from rnnops.forecasting.series import Series


def score_column(metric: str, model: str) -> str:
    """The name of the column with a model's metric, such as mase_network."""
    return f"{metric}_{model}"


def scores_table(series: Sequence[Series], evaluations: Mapping[str, Evaluation]) -> pd.DataFrame:
    """Columns split, id, cluster, frequency and <metric>_<model>, the mean over a series' steps.

    Args:
        evaluations: by split, of those series.
    """
    described = pd.DataFrame(
        {
            "id": [each.name for each in series],
            "cluster": [each.name for each in series],
            "frequency": [each.frequency for each in series],
        }
    )
    tables = []
    for split, evaluation in evaluations.items():
        scores = {
            score_column(metric, model): getattr(found, metric)
            for metric in METRICS
            for model, found in evaluation.by_series.items()
        }
        tables.append(pd.concat([described, pd.DataFrame(scores)], axis=1).assign(split=split))
    table = pd.concat(tables, ignore_index=True)
    return table[["split", *table.columns.drop("split")]]
