"""The n-gram models that the stage `baseline` writes, and which of them is the best."""

from pathlib import Path

from rnnops.core import files
from rnnops.language_model.kneser_ney import KneserNey

BEST = "best.json"


def model_name(order: int) -> str:
    """What a model of n-grams of up to `order` words is called."""
    return "unigram" if order == 1 else f"kneser_ney_{order}"


def shown_name(model: str) -> str:
    """How people write the name of an n-gram model, or of another: kneser_ney_5 is Kneser–Ney 5."""
    return model.replace("kneser_ney", "Kneser–Ney").replace("_", " ")


def best_model(folder: str | Path) -> str:
    """The name of the model that finds the validation split least surprising."""
    return str(files.read_json(Path(folder) / BEST)["best"])


def load_models(folder: str | Path) -> dict[str, KneserNey]:
    """The models by name."""
    return {
        path.name: KneserNey.load(path) for path in sorted(Path(folder).iterdir()) if path.is_dir()
    }
