"""How series are forecast: the statistical methods, the networks, how both are measured."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, model_validator

from rnnops.catalog.params import Data
from rnnops.core.sections import Count, Parameters, Section, Seed
from rnnops.core.tasks import FORECAST
from rnnops.forecasting.datasets import SeriesDatasets
from rnnops.forecasting.frequencies import FrequencyName

Method = Literal[
    "naive",
    "seasonal_naive",
    "drift",
    "auto_ets",
    "auto_arima",
    "theta",
    "dynamic_optimized_theta",
]


class ForecastNetwork(Section):
    """The network of one frequency and its training.

    `steps` is how many of a window's last values it reads; `least_history` how many values a
    window needs to be trained on; `max_origins` how many windows each series gives, the latest;
    `base` what the network starts from: the last value, the theta model's forecasts, or their mean
    with those of a damped trend.
    """

    steps: Count
    base: Literal["last", "theta", "theta_damped"]
    units: Count
    layers: Annotated[int, Field(ge=1, le=4)] = 1
    dropout: float = Field(default=0.0, ge=0, lt=1)
    learning_rate: float = Field(gt=0, le=1)
    gradient_clip_norm: float = Field(default=1.0, gt=0)
    batch_size: Count = 256
    epochs: Count
    least_history: Annotated[int, Field(ge=2)] = 6
    max_origins: Count = 1000


class StatisticalMethods(Section):
    """Which are fitted; `auto_arima` takes more time than all others together."""

    methods: list[Method] = Field(min_length=1)
    processes: Count = 2


class ForecastTraining(Section):
    """The networks by frequency; `default` is that of frequencies without one of their own.

    Each frequency has a network for each of `seeds`; its forecast is the median of theirs.
    """

    networks: dict[FrequencyName | Literal["default"], ForecastNetwork]
    seeds: list[Seed] = Field(min_length=1)
    device: Literal["auto", "cpu", "gpu"]
    backend: Literal["tensorflow", "jax", "torch"]

    @model_validator(mode="after")
    def _there_is_a_default(self) -> Self:
        if "default" not in self.networks:
            raise ValueError("networks needs the entry default")
        return self

    def network(self, frequency: str) -> ForecastNetwork:
        """The parameters of a frequency's network."""
        own = {str(name): network for name, network in self.networks.items()}
        return own.get(frequency, own["default"])


class EvaluateForecasts(Section):
    """`combined`: which methods, of those that are fitted, are averaged, also with the network.

    `examples`: how many series the report shows with their forecasts.
    """

    combined: list[Method] = Field(min_length=1)
    bootstrap_resamples: int = Field(ge=100)
    examples: Count
    seed: Seed

    def check(self, parameters: Parameters) -> None:
        methods = parameters[StatisticalMethods].methods
        if not set(self.combined) & set(methods):
            raise ValueError(
                f"evaluate.combined: none of {', '.join(self.combined)} is in baseline.methods"
            )


SECTIONS: dict[str, dict[str, type[BaseModel]]] = {
    FORECAST: {
        "data": Data,
        "datasets": SeriesDatasets,
        "baseline": StatisticalMethods,
        "train": ForecastTraining,
        "evaluate": EvaluateForecasts,
    }
}
