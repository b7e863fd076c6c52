from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from rnnops.core import files
from rnnops.monitoring import prediction_log
from rnnops.monitoring.prediction_log import PredictionLog, read_log, text_hash

ANSWERS = pd.DataFrame(
    {"label": ["spam", "ham"], "probability": [0.9, 0.8], "p_ham": [0.1, 0.8], "p_spam": [0.9, 0.2]}
)


def log(folder, version="3", **options):
    return PredictionLog(folder, "mine-classifier", version, **options)


def append_often(folder, times):
    for _ in range(times):
        log(folder).append(["buy now", "see you"], ANSWERS)


def test_a_prediction_is_kept_without_its_text(tmp_path):
    ids = log(tmp_path).append(["buy  now", "see you"], ANSWERS)
    rows = read_log(tmp_path, "mine-classifier")
    assert rows["id"].tolist() == ids
    assert rows[["version", "label", "probability", "p_spam"]].to_numpy().tolist() == [
        ["3", "spam", 0.9, 0.9],
        ["3", "ham", 0.8, 0.2],
    ]
    assert rows["text_hash"].tolist() == [text_hash("buy now"), text_hash("see you")]
    assert datetime.now(UTC) - rows["time"].max() < timedelta(minutes=1)
    assert "text" not in rows
    assert b"see you" not in b"".join(path.read_bytes() for path in tmp_path.rglob("*.parquet"))


def test_the_text_is_kept_if_asked(tmp_path):
    log(tmp_path, keeps_texts=True).append(["buy now", "see you"], ANSWERS)
    assert read_log(tmp_path, "mine-classifier")["text"].tolist() == ["buy now", "see you"]


def test_many_calls_of_several_processes_make_few_files_and_lose_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(prediction_log, "MOST_FILES", 10)
    with ProcessPoolExecutor(3) as processes:
        list(processes.map(append_often, [tmp_path] * 3, [20] * 3))
    log(tmp_path).append(["buy now", "see you"], ANSWERS)
    rows = read_log(tmp_path, "mine-classifier")
    assert len(rows) == rows["id"].nunique() == 2 * (3 * 20 + 1)
    assert rows["time"].is_monotonic_increasing


def test_what_a_killed_process_joined_and_left_counts_once(tmp_path):
    append_often(tmp_path, 3)
    (day,) = (tmp_path / "mine-classifier").iterdir()
    joined = pd.concat(map(files.read_parquet, day.glob("*.parquet")))
    files.write_parquet(joined, day / "x-joined.parquet")
    assert len(read_log(tmp_path, "mine-classifier")) == 6


def test_the_last_days_alone_can_be_read(tmp_path):
    log(tmp_path).append(["buy now", "see you"], ANSWERS)
    old = read_log(tmp_path, "mine-classifier")
    old = old.assign(time=old["time"] - timedelta(days=9), id=["a", "b"])
    day = f"{old['time'][0].date()}"
    files.write_parquet(old, tmp_path / "mine-classifier" / day / "old.parquet")
    assert len(read_log(tmp_path, "mine-classifier")) == 4
    assert not {"a", "b"} & set(read_log(tmp_path, "mine-classifier", days=7)["id"])
    assert len(read_log(tmp_path, "mine-classifier", days=7)) == 2


def test_a_model_without_predictions_has_an_empty_log(tmp_path):
    assert read_log(tmp_path, "other-classifier").empty


@pytest.mark.parametrize(("texts", "kept"), [(None, False), ("", False), ("0", False), ("1", True)])
def test_the_environment_asks_for_a_log(tmp_path, monkeypatch, texts, kept):
    monkeypatch.delenv(prediction_log.FOLDER_VARIABLE, raising=False)
    assert PredictionLog.from_environment("mine-classifier", "3") is None
    monkeypatch.setenv(prediction_log.FOLDER_VARIABLE, str(tmp_path))
    if texts is not None:
        monkeypatch.setenv(prediction_log.TEXTS_VARIABLE, texts)
    found = PredictionLog.from_environment("mine-classifier", "3")
    assert found == PredictionLog(tmp_path, "mine-classifier", "3", kept)


def test_a_day_that_is_being_begun_has_no_predictions_yet(tmp_path):
    (tmp_path / "mine-classifier" / "2026-01-01").mkdir(parents=True)
    assert read_log(tmp_path, "mine-classifier").empty


def test_answers_of_before_keep_their_ids_and_times(tmp_path):
    times = [datetime(2026, 1, 1, 12, tzinfo=UTC), datetime(2026, 1, 1, 13, tzinfo=UTC)]
    assert log(tmp_path).append(["a", "b"], ANSWERS, ["1" * 16, "2" * 16], times) == [
        "1" * 16,
        "2" * 16,
    ]
    rows = read_log(tmp_path, "mine-classifier")
    assert rows["id"].tolist() == ["1" * 16, "2" * 16]
    assert rows["time"].tolist() == times
