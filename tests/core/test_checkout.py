from pathlib import Path

from rnnops.core.checkout import in_project, main_checkout, project_folder


def test_an_experiment_copy_belongs_to_the_main_checkout(tmp_path, monkeypatch):
    copy = tmp_path / "project" / ".dvc" / "tmp" / "exps" / "standalone" / "tmpabc"
    for folder in (copy, copy / "pipeline"):
        folder.mkdir(parents=True)
        monkeypatch.chdir(folder)
        assert main_checkout() == (tmp_path / "project").resolve()


def test_any_other_folder_is_its_own_checkout(tmp_path, monkeypatch):
    for folder in (tmp_path, tmp_path / ".dvc" / "tmp", tmp_path / "exps" / "one"):
        folder.mkdir(parents=True, exist_ok=True)
        monkeypatch.chdir(folder)
        assert main_checkout() == folder.resolve()


def test_the_folder_of_a_task_is_in_its_project(tmp_path, monkeypatch):
    project = tmp_path / "project"
    copies = Path(".dvc/tmp/exps/tmpabc")
    for checkout in (project, project / copies, project / "pipeline/next_word" / copies):
        task = checkout / "pipeline" / "next_word"
        task.mkdir(parents=True)
        monkeypatch.chdir(task)
        assert project_folder() == checkout.resolve()
        assert main_checkout() == project.resolve()
        assert in_project("models/champion.json") == Path("../../models/champion.json")
    monkeypatch.chdir(project)
    assert in_project("models/champion.json") == Path("models/champion.json")
