"""Learn the features from the training split and write every split's features."""

from rnnops.core import config, files
from rnnops.core.console import run_stage
from rnnops.features.featurizer import Featurizer
from rnnops.split.splits import NAMES


def main() -> str:
    params = config.load().features
    splits = {name: files.read_parquet(f"data/splits/{name}.parquet") for name in NAMES}
    featurizer = Featurizer.fit(splits["train"]["text"], splits["train"]["label"], params)
    featurizer.save("models/featurizer")
    for name, messages in splits.items():
        features = featurizer.transform(messages["text"]).to_frame()
        described = messages[["id", "label", "source", "cluster"]].reset_index(drop=True)
        files.write_parquet(described.join(features), f"data/features/{name}.parquet")
    return (
        f"featurize: {params.method}, {len(featurizer.vocabulary):,} words from "
        f"{len(splits['train']):,} training messages"
    )


if __name__ == "__main__":
    run_stage(main)
