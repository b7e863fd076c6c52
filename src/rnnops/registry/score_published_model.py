"""Score rows with a published model and the code it was published with, in a separate process.

`python score_published_model.py MODEL ROWS SCORES`: the model's folder, a Parquet file of what it
predicts from, such as a column `text`, and the Parquet file to write. It imports nothing of the
project, because the model brings its own code.
"""

import sys

import mlflow
import pandas as pd


def main(model: str, rows: str, scores: str) -> None:
    """Write the frame that the model returns for the rows."""
    loaded = mlflow.pyfunc.load_model(model)
    loaded.predict(pd.read_parquet(rows)).to_parquet(scores, index=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
