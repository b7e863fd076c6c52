"""Mix the models on the validation split, then measure all of them on the test split.

What is measured is what is published: the network exported from Keras.
"""

from rnnops.catalog.params import Data
from rnnops.core import files, layout
from rnnops.core.console import progress, run_stage
from rnnops.core.params import load_params
from rnnops.language_model.documents import Documents
from rnnops.language_model.measures import draw_documents, measure_models
from rnnops.language_model.mixture import mix
from rnnops.language_model.model import LanguageModel
from rnnops.language_model.ngram_models import best_model, load_models
from rnnops.language_model.params import EvaluateNextWord
from rnnops.language_model.recurrent_model import RecurrentModel
from rnnops.language_model.vocabulary import UNKNOWN, Vocabulary
from rnnops.next_word.evaluation import INTERPOLATED, NETWORK, Evaluation
from rnnops.next_word.losses_table import losses_table
from rnnops.next_word.report import write_report
from rnnops.next_word.results import Results
from rnnops.runtime.text_language_model import TextLanguageModel


def main() -> str:
    params = load_params()
    evaluate = params[EvaluateNextWord]
    vocabulary = Vocabulary.load(layout.FEATURIZER)
    splits = {
        name: Documents.read(layout.features_file(name))
        for name in (layout.VALIDATION, layout.TEST)
    }
    ngrams, best = load_models(layout.BASELINE), best_model(layout.BASELINE)
    network = RecurrentModel.load(layout.NETWORK_MODEL)
    mixture = mix([network, ngrams[best]], splits[layout.VALIDATION].ids)
    weights = dict(zip((NETWORK, best), map(float, mixture.weights), strict=True))
    models: dict[str, LanguageModel] = {NETWORK: network, **ngrams}
    test = splits[layout.TEST]
    ranked = {
        layout.VALIDATION: [],
        layout.TEST: draw_documents(test.ids, evaluate.accuracy_words, evaluate.seed),
    }
    measured = {
        split: measure_models(
            models,
            {INTERPOLATED: weights},
            progress(documents.ids, f"{split} split", len(documents.ids)),
            unknown=UNKNOWN,
            ranked=ranked[split],
        )
        for split, documents in splits.items()
    }
    evaluations = {
        split: Evaluation(
            measured[split],
            documents.rows["cluster"].to_numpy(),
            evaluate.bootstrap_resamples,
            evaluate.seed,
        )
        for split, documents in splits.items()
    }
    results = Results.of(
        evaluations, test.rows["label"], params[Data].dataset, len(vocabulary), weights
    )
    model = TextLanguageModel(vocabulary, network, ngrams[best], tuple(mixture.weights))
    model.save(layout.LANGUAGE_MODEL)
    results.write()
    files.write_json(results.metrics[layout.TEST], layout.METRICS)
    files.write_parquet(losses_table(splits, measured), layout.PREDICTIONS)
    write_report(results, model, test, evaluate)
    return f"evaluate: {results.describe(layout.VALIDATION)}; test split: {layout.REPORT}"


if __name__ == "__main__":
    run_stage(main)
