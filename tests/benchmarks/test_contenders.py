"""The contenders compute what they are compared for, and the best of them counts."""

import importlib.util
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from rnnops.core.params import load_params
from rnnops.recurrent.params import Train

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def module(name):
    spec = importlib.util.spec_from_file_location(f"benchmarks_{name}", BENCHMARKS / f"{name}.py")
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


def test_pytorch_gives_the_same_logits_on_packed_and_on_padded_messages():
    torch = pytest.importorskip("torch")
    networks = module("torch_networks")
    params = load_params()[Train]
    random = np.random.default_rng(0)
    packed, unpacked = (
        network(torch.as_tensor(random.standard_normal((50, 8), np.float32)), params).eval()
        for network in (networks.Packed, networks.Unpacked)
    )
    weights = packed.state_dict()
    ours = {
        "embedding.weight": "embedding.weight",
        **{f"output.{name}": f"output.{name}" for name in ("weight", "bias")},
        **{
            f"{direction}.{name}": f"recurrent.{name}{end}"
            for direction, end in (("onwards", ""), ("backwards", "_reverse"))
            for name in ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
        },
    }
    unpacked.load_state_dict({name: weights[theirs] for name, theirs in ours.items()})
    tokens = np.zeros((5, 14), np.int64)  # two steps that no message has
    for row, length in enumerate((1, 12, 7, 2, 12)):
        tokens[row, :length] = random.integers(1, 50, length)
    with torch.inference_mode():
        logits = [network(torch.as_tensor(tokens)) for network in (packed, unpacked)]
    assert torch.allclose(*logits, rtol=0, atol=1e-6)


def test_messages_as_they_come_are_padded_to_the_cap_and_each_comes_once():
    lengths = np.random.default_rng(0).integers(1, 40, 50)
    corpus = SimpleNamespace(
        sequences=[np.full(length, row + 1) for row, length in enumerate(lengths)],
        labels=np.arange(50),
    )
    params = SimpleNamespace(batch_size=8, sequence_length=30, seed=0)
    found = list(module("corpus").batches(corpus, params, "padded").epoch())
    assert {inputs["tokens"].shape[1] for inputs, _ in found} == {30}
    assert sorted(np.concatenate([labels for _, labels in found])) == list(range(50))
    ordered = list(module("corpus").batches(corpus, params, "sorted").epoch())
    assert len({inputs["tokens"].shape[1] for inputs, _ in ordered}) > 1


def test_the_best_of_all_counts_and_layer_and_batches_are_told_apart():
    summary = module("summary")
    measured = {"ours": [2.0, 2.0], "ours, padded": [4.0, 4.0], "A": [9.0, 3.0], "B": [5.0, 5.0]}
    best = summary.compare(measured, summary.Comparison("all", "ours", ("A", "absent", "B")))
    assert (best["best"], best["of_medians"]) == ("B", 2.5)
    names = {
        "ours": {"sorted": ["ours"], "padded": ["ours, padded"]},
        "theirs": {"sorted": ["A", "B"], "padded": ["absent"]},
    }
    found = summary.times_by_batching(measured, names, "ours")
    assert found["theirs"]["padded"] is None
    assert found["theirs"]["sorted"]["best"] == "B"
    assert found["theirs"]["sorted"]["ours_as_fast"]["median"] == 2.5
    assert found["ours"]["padded"]["seconds"]["median"] == 4.0


def test_what_is_not_installed_is_named_and_no_process_starts_for_it():
    duel = module("duel")
    worker = duel.Worker(duel.Contender("absent", "no:matter", requires="no_such_package"))
    measured, failed = duel.duel([worker], {}, rounds=2)
    assert (measured, failed) == ({}, {"absent": "no_such_package is not installed"})
    assert worker.process is None
