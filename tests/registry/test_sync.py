import pytest

from rnnops.registry.sync import whole_outputs

WHOLE = """
schema: '2.0'
stages:
  train:
    cmd: x
    deps:
    - {path: models/featurizer, md5: aa}
    - {path: src/a.py, md5: bb}
    outs:
    - {path: models/rnn, md5: cc}
  featurize:
    cmd: x
    outs:
    - {path: models/featurizer, md5: aa}
  evaluate:
    cmd: x
    deps:
    - {path: models/rnn, md5: cc}
    outs:
    - {path: reports/metrics.json, md5: dd}
  register:
    cmd: x
    deps:
    - {path: models/rnn, md5: old}
"""


def test_a_pipeline_that_ran_to_its_end_has_outputs_to_register():
    assert whole_outputs(WHOLE) == {
        "models/featurizer": "aa", "models/rnn": "cc", "reports/metrics.json": "dd",
    }  # fmt: skip


@pytest.mark.parametrize(
    "lock",
    [
        "",
        WHOLE.replace("md5: cc}\n  featurize", "md5: new}\n  featurize"),
        WHOLE.replace("reports/metrics.json", "reports/other.json"),
    ],
    ids=["no lock", "trained but not evaluated", "no metrics"],
)  # fmt: skip
def test_one_that_did_not_has_none(lock):
    assert whole_outputs(lock) == {}
