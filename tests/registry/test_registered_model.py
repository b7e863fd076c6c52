"""The model that the pipeline registers, as somebody loads it who has only MLflow's store."""

import json

import declared_environment


def test_the_registered_model_takes_raw_text_in_another_folder(project, tmp_path):
    code = """
import mlflow
model = mlflow.pyfunc.load_model("models:/mine-classifier/1")
frame = model.predict(["winner of the cash prize, click", "draft of the meeting report"])
assert list(frame) == ["label", "probability", "p_ham", "p_spam"], list(frame)
assert len(frame) == 2 and set(frame["label"]) <= {"ham", "spam"}
for row in frame.to_dict("records"):
    assert abs(row["p_ham"] + row["p_spam"] - 1) < 1e-9
    assert row["probability"] == row["p_" + row["label"]]
"""
    project.python(code, tmp_path)


def test_the_registered_model_needs_nothing_but_what_it_declares(project, tmp_path):
    requirements, *_ = (project.folder / "mlruns/artifacts").rglob("requirements.txt")
    declared = requirements.read_text().split()
    declared_environment.create(tmp_path / "site", declared)
    code = """
import json, mlflow, sys
model = mlflow.pyfunc.load_model("models:/mine-classifier/1")
assert len(model.predict(["winner of the cash prize, click"])) == 1
files = [module.__file__ for name, module in sys.modules.items() if name.startswith("rnnops.")]
print(json.dumps(files))
"""
    store = f"sqlite:///{project.folder}/mlruns/mlflow.db"
    printed = declared_environment.run(tmp_path / "site", code, tmp_path, MLFLOW_TRACKING_URI=store)
    imported = set().union(*map(declared_environment.imported_distributions, json.loads(printed)))
    assert imported <= {line.partition("==")[0] for line in declared}
    assert "scipy" in imported


def test_nothing_published_is_pickled(project):
    published = [
        path for path in (project.folder / "mlruns/artifacts").rglob("*") if path.is_file()
    ]
    assert any(path.name == "classifier.json" for path in published)
    assert not [path for path in published if path.suffix in {".pkl", ".pickle", ".joblib"}]
