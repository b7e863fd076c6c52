"""Loading a published model to classify with."""

import mlflow
from mlflow.exceptions import MlflowException

from rnnops import config
from rnnops.errors import InputError
from rnnops.tracking import registry, store


def load_model(uri: str | None) -> mlflow.pyfunc.PyFuncModel:
    """The model at `uri`, a folder or MLflow URI; by default the one registered for data.dataset.

    Raises:
        InputError: when there is none.
    """
    client = store.connect()
    if uri is None:
        name = registry.model_name(config.load().data.dataset)
        uri = registry.current_model_uri(client, name)
        if uri is None:
            raise InputError(f"no version of {name} is registered: run `dvc repro` to make one")
    try:
        return mlflow.pyfunc.load_model(uri)
    except (MlflowException, OSError) as error:
        raise InputError(f"cannot load the model {uri}: {error}") from None
