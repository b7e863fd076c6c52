"""The loop on real mail: labels arrive in batches, the model is judged, retrained and replaced.

`make retrain` writes results/retrain.json and .md and docs/images/retrain.png. It works in a clone
of HEAD with a git remote, a DVC remote and an MLflow store of its own. The first messages by date
train the first champion. Then each batch is classified by three policies before its labels are
added: the champion that the gate let through, the first model for ever, and always the newest
model. All steps are commands that a team would type.
"""

import argparse
import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from choices import copy_of_head
from matplotlib import style
from matplotlib.figure import Figure
from quality_tables import retrain_table
from ruamel.yaml import YAML

from rnnops.catalog.params import Datasets
from rnnops.core import files, layout
from rnnops.core.params import load_params
from rnnops.ingest.messages import to_messages
from rnnops.ingest.sources import read_rows
from rnnops.metrics.bootstrap import cluster_weights, measure
from rnnops.metrics.decision import probability_column
from rnnops.metrics.evaluation import NETWORK
from rnnops.metrics.scores import Scores
from rnnops.monitoring.new_messages import near_duplicate_clusters
from rnnops.report.figure_style import COLOURS, DASHES, STYLE, set_title, to_png
from rnnops.runtime.text_classifier import TextClassifier
from rnnops.split.params import Split

RESULTS = Path(__file__).parent / "results" / "retrain.json"
PICTURE = Path(__file__).parents[1] / "docs" / "images" / "retrain.png"
CORPUS, DATASET = "spam-email", "mail-by-date"
FIRST, BATCHES = 4000, 6
NEVER, GATED, ALWAYS = "never", "gate", "always"
METRICS = ("accuracy", "recall", "false_positive_rate")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--batches", type=int, default=BATCHES, help="the first so many")
    arguments = parser.parse_args()
    messages = messages_by_date()
    later = np.array_split(np.arange(FIRST, len(messages)), BATCHES)
    batches = [messages.iloc[rows] for rows in later[: arguments.batches]]
    with tempfile.TemporaryDirectory() as folder:
        team = Team(Path(folder))
        team.start(messages[:FIRST])
        rows, scored = [], []
        for number, batch in enumerate(batches, start=1):
            row, predictions = team.take_in(number, batch)
            rows.append(row)
            scored.append(predictions)
            results = {"first": FIRST, "batches": rows, "all": compare(pd.concat(scored))}
            files.write_json(results, RESULTS)
            print(json.dumps(row), flush=True)
    files.write_text(retrain_table(results) + "\n", RESULTS.with_suffix(".md"))
    PICTURE.write_bytes(draw(results))
    print(retrain_table(results))


def messages_by_date() -> pd.DataFrame:
    """The messages of the corpus that have a date, the oldest first."""
    dataset = load_params()[Datasets].root[CORPUS]
    kept = to_messages(read_rows(dataset, Path(layout.DOWNLOADS))).kept
    dated = kept.dropna(subset=["received_at"])
    return dated.sort_values(["received_at", "id"], ignore_index=True)


class Team:
    """A checkout with remotes, its commands, and a copy of each version's files."""

    def __init__(self, folder: Path) -> None:
        self.versions = folder / "versions"
        self.checkout = copy_of_head(folder / "checkout")
        origin, remote = folder / "origin.git", folder / "remote"
        subprocess.run(["git", "init", "--quiet", "--bare", origin], check=True)
        self.run("git", "remote", "set-url", "origin", str(origin))
        self.run("git", "checkout", "--quiet", "-B", "main")
        self.run("dvc", "remote", "add", "--default", "--local", "team", str(remote))
        self.run("dvc", "cache", "dir", "--local", str(folder / "cache"))
        for former in (layout.CHAMPION_FILE, layout.LOOKS_FILE, layout.CHAMPIONS):
            shutil.rmtree(self.checkout / former, ignore_errors=True)
            (self.checkout / former).unlink(missing_ok=True)
        self.champion = self.newest = ""

    def start(self, messages: pd.DataFrame) -> None:
        """Train and promote the first champion on these messages."""
        file = Path(layout.INCOMING, f"{DATASET}.parquet")
        files.write_parquet(messages.drop(columns="id"), self.checkout / file)
        params = self.checkout / layout.PARAMS
        yaml = YAML()
        content = yaml.load(params)
        content["data"]["dataset"] = DATASET
        content["datasets"][DATASET] = {
            "fetch": {"path": file.as_posix()},
            "read": {"format": "parquet", "source": "source", "received_at": "received_at"},
            "positive": "spam",
        }
        yaml.dump(content, params)
        self.run("dvc", "add", "--quiet", file.as_posix())
        self.newest, verdict = self.train()
        forced = () if verdict == "passed" else ("--force", "--reason", "the first model")
        self.run("rnnops", "promote", self.newest, *forced)
        self.champion = self.newest
        self.keep("the first champion")

    def take_in(self, number: int, batch: pd.DataFrame) -> tuple[dict[str, Any], pd.DataFrame]:
        """Classify a batch, then look at its drift, add its labels, train, judge and promote."""
        policies = {NEVER: "1", GATED: self.champion, ALWAYS: self.newest}
        predictions = self.classify(batch, policies)
        file = self.checkout / "batch.parquet"
        files.write_parquet(batch[["text", "label", "source", "received_at"]], file)
        self.run("rnnops", "drift", "--labelled", file.name, may_fail=True)
        drift = files.read_json((self.checkout / layout.DRIFT_REPORT).with_suffix(".json"))
        added = self.run("rnnops", "add", file.name)
        file.unlink()
        self.newest, verdict = self.train()
        if verdict == "passed":
            self.run("rnnops", "promote", self.newest)
            self.champion = self.newest
        self.keep(f"batch {number}")
        row = {
            "batch": number,
            "until": batch["received_at"].iloc[-1].date().isoformat(),
            "messages": len(batch),
            "spam": int((batch["label"] == "spam").sum()),
            "drift": drift["verdict"],
            "reason": drift["reason"],
            "added": added.partition(": ")[2].partition(" (")[0],
            "verdict": verdict,
            "champion": self.champion,
            "metrics": measure_policies(predictions),
        }
        return row, predictions

    def train(self) -> tuple[str, str]:
        """Run the pipeline; the new version and the gate's verdict on it."""
        self.run("dvc", "repro")
        registered = files.read_json(self.checkout / layout.REGISTER_REPORT)
        version = str(registered["version"])
        kept = self.versions / version
        for name in (layout.FEATURIZER, layout.NETWORK):
            shutil.copytree(self.checkout / name, kept / Path(name).name, dirs_exist_ok=True)
        results = files.read_json(self.checkout / layout.RESULTS)
        decision = {"positive": "spam", "threshold": results["thresholds"][NETWORK]}
        files.write_json(decision, kept / "decision.json")
        return version, registered["verdict"]

    def classify(self, batch: pd.DataFrame, policies: dict[str, str]) -> pd.DataFrame:
        """`batch` with its clusters of near-duplicates and whether each policy calls it spam."""
        similarity = load_params()[Split].near_duplicate_similarity
        clusters = near_duplicate_clusters(batch["text"].tolist(), similarity)
        called = batch.assign(cluster=[f"{batch.index[0]}-{each}" for each in clusters])
        found = {}
        for version in set(policies.values()):
            folder = self.versions / version
            model = TextClassifier.load(
                folder / Path(layout.FEATURIZER).name,
                folder / Path(layout.NETWORK).name,
                folder / "decision.json",
            )
            found[version] = (model.predict(batch["text"])["label"] == "spam").to_numpy()
        return called.assign(**{policy: found[version] for policy, version in policies.items()})

    def keep(self, message: str) -> None:
        """Commit and push everything."""
        self.run("git", "add", "-A")
        self.run("git", "commit", "--quiet", "-m", message)
        self.run("dvc", "push", "--quiet")
        self.run("git", "push", "--quiet", "origin", "main")

    def run(self, *command: str, may_fail: bool = False) -> str:
        """What a command prints that runs in the checkout."""
        done = subprocess.run(command, cwd=self.checkout, capture_output=True, text=True)
        if done.returncode and not may_fail:
            raise SystemExit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
        return done.stdout


def scores_of(predictions: pd.DataFrame, policy: str) -> Scores:
    """The decisions of a policy, as if they were probabilities."""
    called = predictions[policy].astype(float)
    frame = predictions.assign(
        **{probability_column("ham"): 1 - called, probability_column("spam"): called}
    )
    return Scores.from_frame(frame, ["ham", "spam"], "spam", 0.5)


def measure_policies(predictions: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """By policy and metric the value with its interval."""
    weights = cluster_weights(predictions["cluster"].to_numpy(), 1000, 0)
    measured = {
        policy: measure(scores_of(predictions, policy), weights, names=METRICS)
        for policy in (NEVER, GATED, ALWAYS)
    }
    return {
        policy: {name: each.to_json() for name, each in found.items()}
        for policy, found in measured.items()
    }


def compare(predictions: pd.DataFrame) -> dict[str, Any]:
    """The policies on all batches together, and how each differs from never retraining."""
    weights = cluster_weights(predictions["cluster"].to_numpy(), 1000, 0)
    measured = {
        policy: measure(scores_of(predictions, policy), weights, names=METRICS)
        for policy in (NEVER, GATED, ALWAYS)
    }
    return {
        "metrics": measure_policies(predictions),
        "difference": {
            policy: {
                name: (measured[policy][name] - measured[NEVER][name]).to_json() for name in METRICS
            }
            for policy in (GATED, ALWAYS)
        },
    }


def draw(results: dict[str, Any]) -> bytes:
    """Each metric over the batches, a line a policy."""
    rows = results["batches"]
    with style.context(["default", STYLE]):
        figure = Figure(figsize=(13, 4))
        for axes, metric in zip(figure.subplots(1, len(METRICS)), METRICS, strict=True):
            for place, policy in enumerate((NEVER, GATED, ALWAYS)):
                values = [row["metrics"][policy][metric]["value"] for row in rows]
                axes.plot(
                    [row["batch"] for row in rows],
                    [np.nan if value is None else value for value in values],
                    marker="o",
                    color=COLOURS[place],
                    linestyle=DASHES[place],
                    label={NEVER: "never replaced", GATED: "gate", ALWAYS: "always"}[policy],
                )
            axes.set(title=metric.replace("_", " ").capitalize(), xlabel="Batch")
        figure.axes[0].legend()
        set_title(figure, "Each batch before its labels are added")
        return to_png(figure)


if __name__ == "__main__":
    main()
