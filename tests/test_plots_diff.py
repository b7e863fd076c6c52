"""`dvc plots diff` of the confusion matrices, from the project's own dvc.yaml."""

import json
from collections import Counter

import pytest
from project import ROOT, Project

COUNTS = {  # by revision and model: (actual, predicted)
    "first": {
        "network": {("ham", "ham"): 6, ("ham", "spam"): 1, ("spam", "spam"): 4},
        "baseline": {
            ("ham", "ham"): 5,
            ("ham", "spam"): 2,
            ("spam", "ham"): 3,
            ("spam", "spam"): 1,
        },
    },
    "second": {
        "network": {("spam", "ham"): 2, ("spam", "spam"): 2, ("ham", "ham"): 7},
        "baseline": {("ham", "ham"): 7, ("spam", "spam"): 4},
    },
    "third": {
        "network": {("ham", "spam"): 7, ("spam", "ham"): 4},
        "baseline": {("spam", "spam"): 3, ("spam", "ham"): 1, ("ham", "ham"): 7},
    },
}


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A repository with the plots of dvc.yaml alone and three tagged revisions of their files."""
    project = Project(tmp_path_factory.mktemp("project"))
    project.run("git", "init", "-q")
    project.run("dvc", "init", "-q")
    project.run("git", "config", "user.name", "test")
    project.run("git", "config", "user.email", "test@example.invalid")
    dvc = (ROOT / "dvc.yaml").read_text()
    (project.folder / "dvc.yaml").write_text(dvc[dvc.index("plots:") :])
    for revision, by_model in COUNTS.items():
        for model, counts in by_model.items():
            path = project.folder / f"reports/plots/confusion/{model}.csv"
            path.parent.mkdir(parents=True, exist_ok=True)
            rows = [",".join(cell) for cell, count in counts.items() for _ in range(count)]
            path.write_text("\n".join(["actual,predicted", *rows, ""]))
        project.commit(revision)
        project.run("git", "tag", revision)
    return project


@pytest.mark.parametrize("model", ["network", "baseline"])
def test_each_model_has_a_plot_whose_panels_are_the_revisions(project, model):
    shown = json.loads(project.run("dvc", "plots", "diff", *COUNTS, "--json").stdout)
    (plot,) = shown["data"][f"Confusion of the {model}"]
    content = plot["content"]
    assert [name for name, facet in content["facet"].items() if facet] == ["column"]
    assert content["facet"]["column"]["field"] == "rev"
    for revision, by_model in COUNTS.items():
        rows = [row for row in content["data"]["values"] if row["rev"] == revision]
        assert Counter((row["actual"], row["predicted"]) for row in rows) == by_model[model]
