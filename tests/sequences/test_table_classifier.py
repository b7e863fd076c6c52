"""The published classifier of sequences: a table in, labels out; and its folder."""

import json

import numpy as np
import pandas as pd
import pytest
from drawn_sequences import CHANNELS, LABELS, draw_sequences

from rnnops.core.errors import InputError
from rnnops.recurrent.inference import LayerWeights
from rnnops.sequences.datasets import SequenceColumns, TableRead, TsRead, columns_of
from rnnops.sequences.description import DESCRIPTION, FORMAT, is_table_classifier
from rnnops.sequences.inference import NumberNetwork
from rnnops.sequences.scaling import Scaling
from rnnops.sequences.table_classifier import TableClassifier


def classifier(labels=LABELS, **changed):
    """With drawn weights."""
    random = np.random.default_rng(0)

    def draw(*shape):
        return random.normal(0, 0.7, shape).astype(np.float32)

    layers = [LayerWeights(draw(2, 4), draw(2, 4, 4), draw(2, 2, 4))]
    network = NumberNetwork(layers, draw(8, len(labels)), draw(len(labels)), "last", 50, 0.5)
    given = {
        "labels": labels,
        "columns": SequenceColumns(channels=CHANNELS),
        "scaling": Scaling(np.array([0.5, -0.5]), np.array([2.0, 0.5])),
        "network": network,
        "positive": None,
        "threshold": None,
    }
    return TableClassifier(**given | changed)


@pytest.fixture
def drawn():
    return draw_sequences(12)


@pytest.fixture
def table(drawn):
    return drawn.to_long_table(SequenceColumns())


def test_each_sequence_of_a_table_gets_a_label_and_probabilities(drawn, table):
    model = classifier()
    found = model.predict(table)
    assert list(found) == ["sequence", "label", "probability", "p_fall", "p_peak", "p_rise"]
    assert found["sequence"].tolist() == drawn.ids
    probabilities = model.network.probabilities(model.scaling.scale(drawn.values))
    np.testing.assert_array_equal(found[["p_fall", "p_peak", "p_rise"]], probabilities)
    assert found["label"].tolist() == [LABELS[place] for place in probabilities.argmax(axis=1)]
    np.testing.assert_array_equal(found["probability"], probabilities.max(axis=1))


def test_a_table_of_lists_and_one_of_texts_give_the_same(drawn, table):
    lists = pd.DataFrame(
        {
            "sequence": drawn.ids,
            **{
                name: [each[:, place] for each in drawn.values]  # noqa: PD011
                for place, name in enumerate(CHANNELS)
            },
        }
    )
    found = classifier().predict(table)
    pd.testing.assert_frame_equal(classifier().predict(lists), found)
    pd.testing.assert_frame_equal(classifier().predict(table.astype(str)), found)
    # columns in another order, more of them than needed
    pd.testing.assert_frame_equal(
        classifier().predict(table.assign(label="?", more=1)[["more", *table.columns[::-1]]]),
        found,
    )


def test_times_put_the_steps_in_order(drawn):
    columns = SequenceColumns(sequence="window", time="t", channels=CHANNELS)
    model = classifier(columns=columns)
    table = drawn.to_long_table(columns)
    assert list(table) == ["window", "t", *CHANNELS]
    mixed = table.sample(frac=1, random_state=1)
    found = model.predict(mixed).set_index("sequence").loc[drawn.ids]
    pd.testing.assert_frame_equal(found, model.predict(table).set_index("sequence"))


@pytest.mark.parametrize("threshold", [0.2, 0.5, 0.8])
def test_with_a_positive_label_its_threshold_decides(table, threshold):
    found = classifier(["no", "yes"], positive="yes", threshold=threshold).predict(table)
    expected = np.where(found["p_yes"] > threshold, "yes", "no")
    assert found["label"].tolist() == expected.tolist()
    assert set(expected) == {"no", "yes"}
    given = np.where(expected == "yes", found["p_yes"], found["p_no"])
    np.testing.assert_array_equal(found["probability"], given)
    exactly = float(found["p_yes"].iloc[3])
    tied = classifier(["no", "yes"], positive="yes", threshold=exactly).predict(table)
    assert tied["label"].iloc[3] == "no"


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"columns": SequenceColumns(sequence="w", time="t", channels=CHANNELS)},
        {"labels": ["no", "yes"], "positive": "yes", "threshold": 0.25},
    ],
)
def test_a_saved_classifier_answers_the_same(drawn, tmp_path, changed):
    model = classifier(**changed)
    for _ in range(2):  # the second replaces the first
        model.save(tmp_path / "model")
    loaded = TableClassifier.load(tmp_path / "model")
    for name in ("labels", "columns", "positive", "threshold"):
        assert getattr(loaded, name) == getattr(model, name)
    table = drawn.to_long_table(model.columns)
    pd.testing.assert_frame_equal(loaded.predict(table), model.predict(table))


def test_what_cannot_be_classified_is_one_clear_error(table):
    model = classifier()
    with pytest.raises(InputError, match="no column 'level' but .*; did you mean 'levels'"):
        model.predict(table.rename(columns={"level": "levels"}))
    broken = table.assign(level=table["level"].where(table["sequence"] != "w004"))
    with pytest.raises(InputError, match="'w004' cannot be classified: one of its channels has no"):
        model.predict(broken)
    found = model.read(broken)
    assert found.rejected["sequence"].tolist() == ["w004"]
    assert len(model.label(found.sequences)) == 11
    with pytest.raises(InputError, match="the table is empty"):
        model.predict(table.iloc[:0])


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("network/kernel.npy", b""),
        ("network/kernel.npy", b"no array"),
        ("network/bias_0.npy", None),
        ("network/network.json", b"{}"),
        ("network/network.json", b"{"),
        ("network/network.json", None),
    ],
)
def test_a_damaged_folder_is_one_clear_error(tmp_path, file, content):
    classifier().save(tmp_path / "model")
    path = tmp_path / "model" / file
    if content is None:
        path.unlink()
    else:
        path.write_bytes(content)
    with pytest.raises(InputError, match="model is damaged|network.json does not exist"):
        TableClassifier.load(tmp_path / "model")


@pytest.mark.parametrize("key", ["labels", "columns", "mean", "threshold"])
def test_a_description_that_lacks_something_is_one_clear_error(tmp_path, key):
    classifier().save(tmp_path / "model")
    path = tmp_path / "model" / DESCRIPTION
    described = json.loads(path.read_text())
    del described[key]
    path.write_text(json.dumps(described))
    with pytest.raises(InputError, match="model is damaged"):
        TableClassifier.load(tmp_path / "model")


@pytest.mark.parametrize(
    "content", [None, "", "[]", f'{{"format": {FORMAT + 1}}}', '{"labels": 1}']
)
def test_a_folder_of_another_format_is_one_clear_error(tmp_path, content):
    if content is not None:
        (tmp_path / DESCRIPTION).write_text(content)
    assert not is_table_classifier(tmp_path)
    with pytest.raises(InputError, match="no classifier of sequences that this rnnops reads"):
        TableClassifier.load(tmp_path)


def test_tables_to_classify_are_read_as_the_dataset_is_without_groups_and_labels():
    read = TableRead(
        format="sequences",
        sequence="window",
        time="t",
        group="person",
        labels={"a": "A", "b": "B"},
        max_missing_share=0.3,
    )
    found = columns_of(read, ["x", "y"])
    assert found == SequenceColumns(
        sequence="window", time="t", channels=["x", "y"], max_missing_share=0.3
    )
    ts = columns_of(TsRead(format="ts", files=["a.ts"], max_missing_share=0.2), ["x"])
    assert ts == SequenceColumns(channels=["x"], max_missing_share=0.2)
