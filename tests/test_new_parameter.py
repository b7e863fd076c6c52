"""A new parameter of a package concerns the stages of that package alone, with the real DVC."""

import pytest
from project import Project

DECLARED = "    min_slice_messages: Count\n"


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Messages have been read; after that the gate has a new parameter."""
    project = Project.create(tmp_path_factory.mktemp("project"))
    assert "Running stage 'ingest'" in project.run("dvc", "repro", "ingest").stdout
    gate = project.folder / "src/rnnops/gate/params.py"
    assert DECLARED in gate.read_text()
    gate.write_text(gate.read_text().replace(DECLARED, f"{DECLARED}    min_precision: Share\n"))
    project.set_params({"gate.min_precision": 0.9})
    return project


def test_a_new_parameter_of_the_gate_reruns_no_ingest(project):
    assert "'ingest' didn't change, skipping" in project.run("dvc", "repro", "ingest").stdout


def test_it_is_read_without_a_change_of_the_reader(project):
    assert project.stage("ingest").returncode == 0


def test_its_range_is_checked_by_every_stage(project):
    project.set_params({"gate.min_precision": 90})
    done = project.stage("ingest")
    assert done.returncode == 1
    assert "params.yaml: gate.min_precision: input should be less than or equal to 1" in done.stderr
