"""Count the n-grams of the training split, and choose the best order on the validation split."""

import numpy as np

from rnnops.core import files, layout
from rnnops.core.console import progress, run_stage
from rnnops.core.params import load_params
from rnnops.language_model.documents import Documents
from rnnops.language_model.kneser_ney import KneserNey
from rnnops.language_model.ngram_models import BEST, model_name
from rnnops.language_model.params import NgramOrders
from rnnops.language_model.vocabulary import Vocabulary


def main() -> str:
    orders = load_params()[NgramOrders].orders
    size = len(Vocabulary.load(layout.FEATURIZER))
    train = Documents.read(layout.features_file(layout.TRAIN))
    validation = Documents.read(layout.features_file(layout.VALIDATION))
    losses = {}
    with files.atomic_folder(layout.BASELINE) as folder:
        for order in progress(orders, "n-gram models", len(orders)):
            model = KneserNey.fit(train.ids, size, order)
            model.save(folder / model_name(order))
            probabilities = np.concatenate([model.probabilities(ids) for ids in validation.ids])
            losses[model_name(order)] = float(-np.log(probabilities).mean())
        best = min(losses, key=lambda name: losses[name])
        files.write_json({"best": best}, folder / BEST)
    return f"baseline: {best} of {len(losses)}, validation perplexity {np.exp(losses[best]):.1f}"


if __name__ == "__main__":
    run_stage(main)
