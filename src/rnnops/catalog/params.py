"""Which dataset is used, and the catalog it is in."""

import string
from typing import Annotated, cast

from pydantic import AfterValidator, RootModel

from rnnops.catalog.dataset import Dataset, LabelledDataset
from rnnops.core.sections import Parameters, Section
from rnnops.core.tasks import CLASSIFICATION, NEXT_WORD

NAME_CHARACTERS = set(string.ascii_letters + string.digits + "-_")


def _is_name(name: str) -> str:
    if not set(name) <= NAME_CHARACTERS:
        raise ValueError("use letters, digits, - and _ in a dataset's name")
    return name


DatasetName = Annotated[str, AfterValidator(_is_name)]


class Datasets(RootModel[dict[DatasetName, Dataset]]):
    """The entries of the catalog by name."""


class Data(Section):
    dataset: str

    def check(self, parameters: Parameters) -> None:
        datasets = cast("RootModel[dict[str, object]]", parameters.named("datasets")).root
        if self.dataset not in datasets:
            known = ", ".join(sorted(datasets))
            raise ValueError(
                f"data.dataset: {self.dataset!r} is not in the catalog (datasets: {known})"
            )


SECTIONS = {task: {"data": Data, "datasets": Datasets} for task in (CLASSIFICATION, NEXT_WORD)}


def chosen_dataset(parameters: Parameters) -> Dataset:
    """The entry of the catalog that `data.dataset` names."""
    return parameters[Datasets].root[parameters[Data].dataset]


def labelled_dataset(parameters: Parameters) -> LabelledDataset:
    """The same of any task whose data have labels, for what such entries have in common."""
    datasets = cast("RootModel[dict[str, LabelledDataset]]", parameters.named("datasets")).root
    return datasets[parameters[Data].dataset]


def replace_dataset(dataset: str | None) -> dict[str, str]:
    """What `load_params` replaces to use this dataset; nothing for None."""
    return {"data.dataset": dataset} if dataset else {}
