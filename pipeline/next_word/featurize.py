"""Learn the vocabulary from the training split and write every split's documents as numbers."""

from rnnops.catalog.dataset import TextsRead
from rnnops.catalog.params import chosen_dataset
from rnnops.core import files, layout
from rnnops.core.console import run_stage
from rnnops.core.params import load_params
from rnnops.language_model.documents import Documents
from rnnops.language_model.params import LanguageFeatures
from rnnops.language_model.vocabulary import Vocabulary


def main() -> str:
    params = load_params()
    read, size = chosen_dataset(params).read, params[LanguageFeatures].vocabulary_size
    texts = {name: files.read_parquet(layout.split_file(name)) for name in layout.SPLIT_NAMES}
    vocabulary = Vocabulary.fit(
        texts[layout.TRAIN]["text"],
        size,
        is_tokenized=isinstance(read, TextsRead) and read.tag_separator is not None,
    )
    with files.atomic_folder(layout.FEATURIZER) as folder:
        vocabulary.save(folder)
    counts = {}
    for name, rows in texts.items():
        documents = Documents.of(rows, vocabulary)
        documents.write(layout.features_file(name))
        counts[name] = documents.words
    listed = ", ".join(f"{name} {count:,}" for name, count in counts.items())
    return f"featurize: {len(vocabulary):,} words known, {listed} words read"


if __name__ == "__main__":
    run_stage(main)
