"""The published forecaster: a long table in, labelled forecasts out."""

import numpy as np
import pandas as pd
import pytest
from drawn_series import draw_series

from rnnops.core.errors import InputError
from rnnops.forecasting.calibration import Calibration
from rnnops.forecasting.datasets import SeriesTable
from rnnops.forecasting.forecaster import Forecaster
from rnnops.forecasting.forecasts import MEDIAN
from rnnops.forecasting.windows import WindowShape
from rnnops.runtime.table_forecaster import COLUMNS, TableForecaster, following

QUARTERS = [f"{2015 + number // 4}-Q{number % 4 + 1}" for number in range(24)]


class Silent:
    """A network that corrects nothing."""

    def answers(self, sequences, _):
        from rnnops.forecasting.forecasts import LEVELS

        return np.tile(LEVELS - 0.5, (len(sequences), 4, 1)).astype(np.float32)


@pytest.fixture
def model():
    shape = WindowShape(4, 4, 8, "last")
    forecaster = Forecaster(shape, [Silent()], Calibration(1.0, np.ones((4, MEDIAN))))
    return TableForecaster({"quarterly": forecaster})


def table(times=QUARTERS):
    (series,) = draw_series(1, 24)
    return pd.DataFrame({"series": "a", "time": times, "value": series.values})  # noqa: PD011


def test_the_columns_and_the_periods_that_follow(model):
    found = model.predict(table())
    assert list(found.columns) == COLUMNS
    assert found["time"].tolist() == ["2021-Q1", "2021-Q2", "2021-Q3", "2021-Q4"]
    assert (found["low_95"] < found["low_80"]).all()


def test_a_frequency_may_be_named_by_a_column(model):
    counted = table([str(number) for number in range(1, 25)]).assign(frequency="quarterly")
    found = model.predict(counted)
    assert found["time"].tolist() == ["25", "26", "27", "28"]
    np.testing.assert_allclose(found["forecast"], model.predict(table())["forecast"])


def test_an_unknown_frequency_is_refused(model):
    months = [str(each) for each in pd.period_range("2020-01", periods=24, freq="M")]
    with pytest.raises(InputError, match="are monthly, but the model forecasts"):
        model.forecast(table(months).astype(str), SeriesTable())


def test_counts_that_look_like_years_go_on_as_counts():
    (series,) = draw_series(1, 1500)
    assert following(series) == ("1501", "1502", "1503", "1504")


def test_a_folder_of_another_kind_is_refused(tmp_path):
    with pytest.raises(InputError, match="`make forecast` makes one"):
        TableForecaster.load(tmp_path)
