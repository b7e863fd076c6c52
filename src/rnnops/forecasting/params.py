"""Which series are forecast, and how: the network, its training, the statistical methods."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from rnnops.core.sections import Count, Section, Seed, Share

FrequencyName = Literal["yearly", "quarterly", "monthly", "weekly", "daily", "hourly", "other"]
Method = Literal[
    "naive",
    "seasonal_naive",
    "drift",
    "auto_ets",
    "auto_arima",
    "theta",
    "dynamic_optimized_theta",
]


class SeriesTable(Section):
    """A long table of the user's; what is null is inferred from the times."""

    series: str = "series"
    time: str = "time"
    value: str = "value"
    frequency: FrequencyName | None = None
    season: Count | None = None
    horizon: Count | None = None
    max_missing_share: Share = 0.1


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


class Forecasting(Section):
    """`networks` by frequency; `default` is that of frequencies without one of their own."""

    networks: dict[FrequencyName | Literal["default"], ForecastNetwork]
    seeds: list[Seed] = Field(min_length=1)
    methods: list[Method]
    combined: list[Method]
    processes: Count = 2
    resamples: Annotated[int, Field(ge=100)] = 1000

    @model_validator(mode="after")
    def _names_fit(self) -> Self:
        if "default" not in self.networks:
            raise ValueError("networks needs the entry default")
        if absent := [name for name in self.combined if name not in self.methods]:
            raise ValueError(f"combined names {', '.join(absent)}, which methods does not have")
        return self

    def network(self, frequency: str) -> ForecastNetwork:
        """The parameters of a frequency's network."""
        own = {str(name): network for name, network in self.networks.items()}
        return own.get(frequency, own["default"])


SECTIONS: dict[str, dict[str, type[Section]]] = {}
