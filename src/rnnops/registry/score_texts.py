"""Score texts with a published model and the code it was published with, in a process of its own.

`python score_texts.py MODEL TEXTS SCORES`: a model's folder, a Parquet file with a column `text`,
the Parquet file to write. This file imports nothing of the project: the model brings its own.
"""

import sys

import mlflow
import pandas as pd


def main(model: str, texts: str, scores: str) -> None:
    """Write the frame that the model returns for the texts, a row each, in order."""
    loaded = mlflow.pyfunc.load_model(model)
    loaded.predict(pd.read_parquet(texts)[["text"]]).to_parquet(scores, index=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
