import subprocess
import sys
from pathlib import Path

import pytest
from import_closure import closure, imported_modules
from ruamel.yaml import YAML

from rnnops import config
from rnnops.sections import Section

ROOT = Path(__file__).parents[1]
STAGES = YAML(typ="safe").load(ROOT / "dvc.yaml")["stages"]
# The parts of params.yaml by the attribute of `config.load()` that holds them.
SECTIONS = {
    "data": config.Data,
    "split": config.Split,
    "features": config.Features,
    "baseline": config.Baseline,
    "train": config.Train,
    "evaluate": config.Evaluate,
    "gate": config.Gate,
}


def script(stage):
    return ROOT / "pipeline" / f"{stage}.py"


def code(stage):
    return {file.relative_to(ROOT).as_posix() for file in closure(script(stage), ROOT)}


def dependencies(stage):
    return {dep for dep in STAGES[stage]["deps"] if dep.endswith(".py")}


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_depends_on_the_code_it_runs_and_on_no_other(stage):
    assert dependencies(stage) == code(stage)


def test_the_closure_follows_imports_inside_functions():
    assert "src/rnnops/features/word2vec.py" in code("featurize")


@pytest.mark.parametrize("stage", STAGES)
def test_every_parameter_named_exists(stage):
    params = config.load(ROOT / "params.yaml").model_dump()
    for name in STAGES[stage].get("params", []):
        value = params
        for part in name.replace("${data.dataset}", params["data"]["dataset"]).split("."):
            value = value[part]


@pytest.mark.parametrize(
    ("stage", "section"),
    [
        ("split", "split"),
        ("featurize", "features"),
        ("baseline", "baseline"),
        ("train", "train"),
        ("evaluate", "evaluate"),
        ("register", "gate"),
    ],
)
def test_a_stage_names_every_parameter_of_its_section(stage, section):
    assert leaves(SECTIONS[section], section) <= set(STAGES[stage]["params"])


def leaves(model, prefix):
    names = set()
    for name, field in model.model_fields.items():
        nested = isinstance(field.annotation, type) and issubclass(field.annotation, Section)
        names |= leaves(field.annotation, f"{prefix}.{name}") if nested else {f"{prefix}.{name}"}
    return names


@pytest.mark.parametrize("stage", ["ingest", "validate", "split", "featurize", "baseline"])
def test_early_stages_never_import_tensorflow(stage):
    modules = {name for file in closure(script(stage), ROOT) for name in imported_modules(file)}
    load = f"import {', '.join(sorted(name for name in modules if importable(name)))}, sys"
    heavy = "{'tensorflow', 'keras', 'mlflow'} & set(sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", f"{load}; print({heavy} or 'none')"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert done.stdout.strip().splitlines()[-1] == "none"


def importable(name):
    """Whether it is a module of ours or a package, not a name from inside one."""
    top = name.split(".")[0]
    return name == top or (ROOT / "src" / Path(*name.split("."))).with_suffix(".py").exists()
