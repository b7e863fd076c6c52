"""What the runtime costs: a message alone, e-mails in batches, whole commands, a million rows.

Writes results/runtime.json; `make runtime` installs what it is measured against and runs it. The
messages are the test split of the default e-mails, which this only times. NumPy reads the trained
network with the runtime's own code; ONNX Runtime reads the same network by its operator RNN, and
a loop in C, if there is a compiler, does what NumPy does without its calls.
BLAS has one thread everywhere.
"""

import argparse
import ctypes
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

os.environ |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1")

import numpy as np
import psutil
from machine import describe_machine
from report import RESULTS, write_json

from rnnops.catalog.params import chosen_dataset
from rnnops.core import files, layout
from rnnops.core.params import load_params
from rnnops.ingest.archives import open_archive
from rnnops.ingest.fetch import fetch
from rnnops.ingest.mail import parse_mail
from rnnops.recurrent.batches import cut
from rnnops.recurrent.inference import RecurrentNetwork
from rnnops.runtime.scoring_pool import ScoringPool
from rnnops.runtime.text_classifier import TextClassifier

ROUNDS = 5
BATCH = 64
ROWS = 1_000_000
C_LOOP = """
#include <math.h>
#include <string.h>
void read_message(const float *words, const float *kernel, const int *ids, int steps, int units,
                  int backward, float *highest, float *mean) {
    float state[units], next[units];
    memset(state, 0, sizeof state);
    for (int unit = 0; unit < units; unit++) { highest[unit] = -1; mean[unit] = 0; }
    for (int step = 0; step < steps; step++) {
        int word = ids[backward ? steps - 1 - step : step];
        memcpy(next, words + (long)word * units, sizeof next);
        for (int from = 0; from < units; from++) {
            const float value = state[from], *row = kernel + from * units;
            for (int unit = 0; unit < units; unit++) next[unit] += value * row[unit];
        }
        for (int unit = 0; unit < units; unit++) {
            state[unit] = tanhf(next[unit]);
            mean[unit] += state[unit] / steps;
            if (state[unit] > highest[unit]) highest[unit] = state[unit];
        }
    }
}
"""
Sequences = Sequence[np.ndarray]
Read = Callable[[Sequences], np.ndarray]  # the probabilities of some messages


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS, help="of the table for rnnops predict")
    rows = parser.parse_args().rows
    classifier = TextClassifier.load(layout.CLASSIFIER)
    texts = files.read_parquet(layout.split_file(layout.TEST), ["text"])["text"].tolist()
    found = {
        "machine": describe_machine(),
        "messages": len(texts),
        "command": measure_command(),
        "table": measure_table(texts, rows),
        "alone": measure_alone(classifier, texts),
        "batches": measure_batches(texts),
        "networks": measure_networks(classifier, texts),
    }
    write_json(found, RESULTS / "runtime.json")
    for name, measured in found.items():
        print(name, measured)


def measure_networks(classifier: TextClassifier, texts: list[str]) -> list[dict[str, Any]]:
    """A row a way to read the network: milliseconds, and the largest difference to NumPy's."""
    network = classifier.network.network
    sequences = [
        cut(each, network.sequence_length, network.tail_share)
        for each in classifier.featurizer.transform(texts).sequences
    ]
    expected = network.probabilities(sequences, None)
    rows = []
    for name, make in CONTENDERS.items():
        if (read := make(network)) is None:
            continue
        by_length = sorted(range(len(sequences)), key=lambda row: len(sequences[row]))
        batches = [
            [sequences[row] for row in by_length[start : start + BATCH]]
            for start in range(0, len(by_length), BATCH)
        ]
        alone = [seconds_of(read, [each]) for each in sequences]
        together = [sum(seconds_of(read, each) for each in batches) for _ in range(ROUNDS)]
        answers = np.concatenate([read([each]) for each in sequences])
        rows.append(
            {
                "name": name,
                "alone_median_ms": 1e3 * statistics.median(alone),
                "alone_p99_ms": 1e3 * float(np.percentile(alone, 99)),
                "batch_ms": 1e3 * statistics.median(together) / len(sequences),
                "difference": float(np.abs(answers - expected).max()),
                **IMPORTS.get(name, dict)(),
            }
        )
        print(rows[-1], flush=True)
    return rows


def numpy_network(network: RecurrentNetwork) -> Read:
    return lambda sequences: network.probabilities(sequences, None)


def onnx_network(network: RecurrentNetwork) -> Read:
    """By ONNX Runtime; messages side by side, the readout as operators.

    Its operator multiplies the embedding by the kernels itself, so these come from Keras' network.
    """
    import onnxruntime
    from onnx import TensorProto, helper, numpy_helper

    from rnnops.recurrent.network import load_network

    trained, _, _ = load_network(layout.NETWORK)
    read = [trained.get_layer(name).get_weights() for name in ("forward_0", "backward_0")]
    kernels, recurrent, biases = (np.stack(each) for each in zip(*read, strict=True))
    (layer,) = network.layers
    units = layer.bias.shape[1]
    constants = {
        "embedding": trained.get_layer("embedding").get_weights()[0],
        "kernel": kernels.transpose(0, 2, 1),
        "recurrent": recurrent.transpose(0, 2, 1),
        "bias": np.concatenate([biases, np.zeros_like(biases)], axis=1),
        "readout_kernel": network.kernel,
        "readout_bias": network.bias,
        "time": np.array([0]),
        "flat": np.array([-1, len(network.kernel)]),
    }
    node = helper.make_node
    nodes = [
        node("Gather", ["embedding", "ids"], ["inputs"]),
        node(
            "RNN", ["inputs", "kernel", "recurrent", "bias", "lengths"], ["states"],
            hidden_size=units, direction="bidirectional",
        ),
        node("Add", ["states", "padding"], ["unpadded"]),
        node("ReduceMax", ["unpadded", "time"], ["highest"], keepdims=0),
        node("ReduceSum", ["states", "time"], ["sum"], keepdims=0),
        node("Div", ["sum", "divisors"], ["mean"]),
        node("Concat", ["highest", "mean"], ["both"], axis=2),
        node("Transpose", ["both"], ["by_message"], perm=[1, 0, 2]),
        node("Reshape", ["by_message", "flat"], ["readout"]),
        node("Gemm", ["readout", "readout_kernel", "readout_bias"], ["logits"]),
        node("Softmax", ["logits"], ["probabilities"], axis=1),
    ]  # fmt: skip
    kinds = TensorProto
    inputs = {
        "ids": (kinds.INT64, ["T", "B"]),
        "lengths": (kinds.INT32, ["B"]),
        "padding": (kinds.FLOAT, ["T", 1, "B", 1]),
        "divisors": (kinds.FLOAT, [1, "B", 1]),
    }
    graph = helper.make_graph(
        nodes,
        "network",
        [helper.make_tensor_value_info(name, *described) for name, described in inputs.items()],
        [helper.make_tensor_value_info("probabilities", kinds.FLOAT, ["B", "labels"])],
        [numpy_helper.from_array(np.ascontiguousarray(a), name) for name, a in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )

    def read(sequences: Sequences) -> np.ndarray:
        lengths = np.array([len(each) for each in sequences], np.int32)
        ids = np.zeros((lengths.max(), len(lengths)), np.int64)
        for column, sequence in enumerate(sequences):
            ids[: len(sequence), column] = sequence
        past_the_end = np.arange(len(ids))[:, None] >= lengths
        given = {
            "ids": ids,
            "lengths": lengths,
            "padding": (-2.0 * past_the_end).astype(np.float32)[:, None, :, None],
            "divisors": lengths.astype(np.float32)[None, :, None],
        }
        return session.run(None, given)[0]

    return read


def c_network(network: RecurrentNetwork) -> Read | None:
    """By a loop over steps and units in C; None without a compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        source, library = Path(folder) / "loop.c", Path(folder) / "loop.so"
        source.write_text(C_LOOP)
        flags = ["-O3", "-march=native", "-ffast-math", "-shared", "-fPIC"]
        subprocess.run([compiler, *flags, source, "-o", library, "-lm"], check=True)
        loop = ctypes.CDLL(str(library)).read_message
    projected = project(network)
    units = network.layers[0].bias.shape[1]

    def pointer(array: np.ndarray) -> ctypes.c_void_p:
        return array.ctypes.data_as(ctypes.c_void_p)

    def in_one_direction(
        ids: np.ndarray, place: int, highest: np.ndarray, mean: np.ndarray
    ) -> None:
        kernel = network.layers[0].recurrent_kernel[place]
        words = pointer(projected[place])
        loop(
            words,
            pointer(kernel),
            pointer(ids),
            len(ids),
            units,
            place,
            pointer(highest),
            pointer(mean),
        )

    return compiled(network, in_one_direction)


def project(network: RecurrentNetwork) -> np.ndarray:
    """x·W + b of each word for each direction."""
    (layer,) = network.layers
    return network.words + layer.bias[:, None]


def compiled(network: RecurrentNetwork, in_one_direction: Callable[..., None]) -> Read:
    """One message after the other, each direction by `in_one_direction`."""
    directions, units = network.layers[0].bias.shape

    def read(sequences: Sequences) -> np.ndarray:
        readout = np.empty((len(sequences), directions, 2, units), np.float32)
        for row, ids in enumerate(sequences):
            for place in range(directions):
                in_one_direction(ids, place, *readout[row, place])
        logits = readout.reshape(len(sequences), -1) @ network.kernel + network.bias
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)

    read([np.array([1], np.int32)])
    return read


CONTENDERS: dict[str, Callable[[RecurrentNetwork], Read | None]] = {
    "NumPy": numpy_network,
    "ONNX Runtime": onnx_network,
    "C": c_network,
}


def cost_of_import(module: str) -> dict[str, float]:
    """Seconds and megabytes of a process that imports a module."""
    program = (
        "import re, sys, time; from pathlib import Path; started = time.perf_counter();"
        "__import__(sys.argv[1]); print(time.perf_counter() - started,"
        "re.search('VmHWM: *([0-9]+)', Path('/proc/self/status').read_text().expandtabs(1))[1])"
    )
    found = []
    for _ in range(ROUNDS):
        command = [sys.executable, "-c", program, module]
        done = subprocess.run(command, capture_output=True, check=True)
        found.append([float(each) for each in done.stdout.split()])
    seconds, kilobytes = np.median(found, axis=0)
    return {"import_seconds": float(seconds), "memory_mb": float(kilobytes) / 1024}


IMPORTS = {
    "NumPy": lambda: cost_of_import("numpy"),
    "ONNX Runtime": lambda: cost_of_import("onnxruntime"),
}


def measure_alone(classifier: TextClassifier, texts: list[str]) -> dict[str, float]:
    """Milliseconds of a text that comes alone, features included."""
    for text in texts:
        classifier.score([text])
    took = [seconds_of(classifier.score, [each]) for each in texts]
    return {
        "median_ms": 1e3 * statistics.median(took),
        "p99_ms": 1e3 * float(np.percentile(took, 99)),
    }


def measure_batches(texts: list[str]) -> dict[str, Any]:
    """Raw e-mails a second, parsing included, with all cores: ours, and scikit-learn's."""
    mails = read_mails(texts)
    cores = len(os.sched_getaffinity(0))
    parts = [mails[start : start + BATCH] for start in range(0, len(mails), BATCH)]
    pool = ScoringPool(Path(layout.CLASSIFIER), cores)
    pool.wait_until_ready()
    ours = []
    for _ in range(ROUNDS + 1):
        started = time.perf_counter()
        for scored in [pool.submit(part) for part in parts]:
            scored.result()
        ours.append(len(mails) / (time.perf_counter() - started))
    pool.close()
    theirs = []
    with ProcessPoolExecutor(cores, get_context("fork"), fit_sklearn, ()) as workers:
        for _ in range(ROUNDS + 1):
            started = time.perf_counter()
            list(workers.map(predict_sklearn, parts))
            theirs.append(len(mails) / (time.perf_counter() - started))
    return {
        "mails": len(mails),
        "cores": cores,
        "a_second": statistics.median(ours[1:]),
        "sklearn_a_second": statistics.median(theirs[1:]),
    }


def read_mails(texts: list[str]) -> list[bytes]:
    """The raw e-mails of the texts."""
    dataset, wanted = chosen_dataset(load_params()), set(texts)
    with open_archive(fetch(dataset.fetch, Path(layout.DOWNLOADS)), Path(layout.DOWNLOADS)) as root:
        contents = [path.read_bytes() for path in sorted(root.rglob("*.txt"))]
    return [content for content in contents if parse_mail(content).text in wanted]


def fit_sklearn() -> None:
    """TF-IDF of words, word pairs and letters, as ours reads them, and a linear SVM."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline, make_union
    from sklearn.svm import LinearSVC

    global pipeline
    train = files.read_parquet(layout.split_file(layout.TRAIN), ["text", "label"])
    common = {"min_df": 2, "sublinear_tf": True, "max_features": 300_000}
    vectors = make_union(
        TfidfVectorizer(ngram_range=(1, 2), **common),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), **common),
    )
    pipeline = make_pipeline(vectors, LinearSVC()).fit(train["text"], train["label"])


def predict_sklearn(mails: list[bytes]) -> int:
    return len(pipeline.predict([parse_mail(mail).text for mail in mails]))


def measure_command() -> dict[str, float]:
    """Seconds and megabytes of `rnnops predict` on one e-mail, as a process."""
    command = ["rnnops", "predict", "examples/prize.eml"]
    took, memory = [], []
    for _ in range(ROUNDS + 1):
        started = time.perf_counter()
        process = psutil.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        largest = 0.0
        while process.poll() is None:
            largest = max(largest, memory_of(process))
            time.sleep(0.005)
        took.append(time.perf_counter() - started)
        memory.append(largest)
        if process.returncode:
            raise SystemExit(f"{' '.join(command)} failed")
    return {"seconds": statistics.median(took[1:]), "memory_mb": statistics.median(memory[1:])}


def measure_table(texts: list[str], rows: int) -> dict[str, float]:
    """`rnnops predict` on a table of so many rows: seconds, and the memory of all its processes."""
    import pyarrow as pa
    from pyarrow import parquet

    short = [text[:300] for text in texts]
    with tempfile.TemporaryDirectory() as folder:
        table, output = Path(folder) / "rows.parquet", Path(folder) / "predictions.parquet"
        with parquet.ParquetWriter(table, pa.schema({"text": pa.string()})) as writer:
            for start in range(0, rows, 10_000):
                part = [
                    f"{row} {short[row % len(short)]}"
                    for row in range(start, min(start + 10_000, rows))
                ]
                writer.write_table(pa.table({"text": part}))
        started = time.perf_counter()
        command = ["rnnops", "predict", table, "--text", "text", "--output", output]
        process = psutil.Popen(command, stdout=subprocess.DEVNULL)
        largest = 0.0
        while process.poll() is None:
            largest = max(largest, memory_of(process))
            time.sleep(0.5)
        seconds = time.perf_counter() - started
        written = parquet.read_metadata(output).num_rows
    return {"rows": written, "seconds": seconds, "memory_mb": largest}


def memory_of(process: psutil.Process) -> float:
    """Megabytes of a process and all it has started; what they share counts once."""
    total = 0
    for each in [process, *process.children(recursive=True)]:
        try:
            total += each.memory_full_info().pss
        except psutil.Error:
            continue
    return total / 2**20


def seconds_of(function: Callable[[Any], Any], argument: Any) -> float:
    """Of one call."""
    started = time.perf_counter()
    function(argument)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
