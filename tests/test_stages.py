import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from import_closure import closure, imported_modules
from ruamel.yaml import YAML

from rnnops.core.params import declared_sections, load_params
from rnnops.core.sections import Section
from rnnops.core.tasks import FOLDERS

ROOT = Path(__file__).parents[1]
STAGES = YAML(typ="safe").load(ROOT / "dvc.yaml")["stages"]
# The key in params.yaml of each class that declares a section.
SECTIONS = {section.__name__: key for key, section in declared_sections().items()}


def script(stage):
    return ROOT / "pipeline" / f"{stage}.py"


def code(stage):
    """The files a stage runs; packages without code of their own aside."""
    files = closure(script(stage), ROOT)
    return {file.relative_to(ROOT).as_posix() for file in files if not is_empty(file)}


def is_empty(file):
    """Whether nothing runs when it is imported."""
    docstrings = (isinstance(each, ast.Expr) for each in ast.parse(file.read_text()).body)
    return file.name == "__init__.py" and all(docstrings)


def dependencies(stage):
    """The files and folders of code that a stage names."""
    return [dep for dep in STAGES[stage]["deps"] if dep.startswith(("pipeline/", "src/"))]


@pytest.mark.parametrize("stage", [each for each in STAGES if each != "register"])
def test_a_stage_depends_on_the_code_it_runs(stage):
    covered = tuple(dep if dep.endswith(".py") else f"{dep}/" for dep in dependencies(stage))
    assert {file for file in code(stage) if not file.startswith(covered)} == set()


@pytest.mark.parametrize("stage", [each for each in STAGES if each != "register"])
def test_a_stage_depends_on_no_other_code(stage):
    """But for `core`, which every stage depends on as a whole."""
    named = [ROOT / dep for dep in dependencies(stage) if dep != "src/rnnops/core"]
    files = [file for dep in named for file in ([dep] if dep.is_file() else dep.rglob("*.py"))]
    found = {file.relative_to(ROOT).as_posix() for file in files if not is_empty(file)}
    assert found - code(stage) == set()


OTHER_TASKS = [
    (folder, stage)
    for folder in FOLDERS.values()
    if folder != "."
    for stage in YAML(typ="safe").load(ROOT / folder / "dvc.yaml")["stages"]
]


@pytest.mark.parametrize(("folder", "stage"), OTHER_TASKS)
def test_a_stage_of_another_task_depends_on_the_code_it_runs(folder, stage):
    deps = YAML(typ="safe").load(ROOT / folder / "dvc.yaml")["stages"][stage]["deps"]
    named = {(ROOT / folder / dep).resolve().relative_to(ROOT).as_posix() for dep in deps}
    if stage == "register":
        assert not any(dep.endswith(".py") or dep.startswith("src/") for dep in named)
        return
    covered = tuple(dep if dep.endswith(".py") else f"{dep}/" for dep in named)
    files = closure(ROOT / folder / f"{stage}.py", ROOT)
    run = {file.relative_to(ROOT).as_posix() for file in files if not is_empty(file)}
    assert {file for file in run if not file.startswith(covered)} == set()


@pytest.mark.parametrize("stage", [name for folder, name in OTHER_TASKS if "sequences" in folder])
def test_a_stage_of_sequences_depends_on_no_other_code(stage):
    if stage == "register":
        return
    folder = ROOT / FOLDERS["sequences"]
    deps = YAML(typ="safe").load(folder / "dvc.yaml")["stages"][stage]["deps"]
    named = [(folder / dep).resolve() for dep in deps if dep.startswith("src/rnnops/")]
    files = [file for dep in named for file in ([dep] if dep.is_file() else dep.rglob("*.py"))]
    core = ROOT / "src/rnnops/core"
    found = {file for file in files if not is_empty(file) and not file.is_relative_to(core)}
    assert found - {file.resolve() for file in closure(folder / f"{stage}.py", ROOT)} == set()


def test_the_stage_that_always_runs_names_no_code():
    assert STAGES["register"]["always_changed"]
    assert dependencies("register") == []


@pytest.mark.parametrize("stage", [each for each in STAGES if each != "register"])
def test_a_stage_names_the_sections_it_reads_and_no_others(stage):
    text = script(stage).read_text()
    read = {name for name in re.findall(r"\[(\w+)\]", text) if name in SECTIONS}
    named = {name.split(".")[0] for name in STAGES[stage]["params"]}
    assert named == {section for name in read for section in sections_behind(name)} | (
        {"data", "datasets"} if "chosen_dataset(" in text else set()
    )


def sections_behind(name):
    """The sections that the values of a class of parameters come from."""
    declared = declared_sections()[SECTIONS[name]]
    has_values_of_the_dataset = declared.resolve is not Section.resolve
    return {SECTIONS[name]} | ({"data", "datasets"} if has_values_of_the_dataset else set())


def test_only_register_runs_on_a_new_parameter_of_the_gate():
    assert {stage for stage in STAGES if "src/rnnops/gate/params.py" in code(stage)} == {"register"}


def test_the_closure_follows_imports_inside_functions():
    assert "src/rnnops/features/word2vec.py" in code("featurize")


@pytest.mark.parametrize("stage", STAGES)
def test_every_parameter_named_exists(stage):
    params = load_params(ROOT / "params.yaml").dump()
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
def test_a_stage_names_its_whole_section(stage, section):
    assert section in STAGES[stage]["params"]


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
