"""What each document cost each model: reports/predictions.parquet."""

from collections.abc import Mapping

import pandas as pd

from rnnops.language_model.documents import Documents

BITS = "bits_"


def losses_table(
    splits: Mapping[str, Documents], measured: Mapping[str, Mapping[str, pd.DataFrame]]
) -> pd.DataFrame:
    """Columns split, id, label, source, cluster, words, unknown_words and bits_<model>.

    Args:
        measured: by split and model, from `measure_models`.
    """
    return pd.concat(
        [
            documents.rows.assign(
                split=split,
                **next(iter(measured[split].values()))[["words", "unknown_words"]],
                **{f"{BITS}{model}": frame["bits"] for model, frame in measured[split].items()},
            )
            for split, documents in splits.items()
        ],
        ignore_index=True,
    )
