"""Learn the features from the training split and write every split's features."""

from rnnops.core import files, layout
from rnnops.core.console import run_stage
from rnnops.core.params import load_params
from rnnops.features.featurizer import Featurizer
from rnnops.features.params import Features


def main() -> str:
    params = load_params()[Features]
    splits = {name: files.read_parquet(layout.split_file(name)) for name in layout.SPLIT_NAMES}
    featurizer = Featurizer.fit(splits[layout.TRAIN]["text"], splits[layout.TRAIN]["label"], params)
    featurizer.save(layout.FEATURIZER)
    for name, messages in splits.items():
        features = featurizer.transform(messages["text"]).to_frame()
        described = messages[["id", "label", "source", "cluster"]].reset_index(drop=True)
        files.write_parquet(described.join(features), layout.features_file(name))
    return (
        f"featurize: {params.method}, {len(featurizer.vocabulary):,} words from "
        f"{len(splits['train']):,} training messages"
    )


if __name__ == "__main__":
    run_stage(main)
