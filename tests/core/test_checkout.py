from rnnops.core.checkout import main_checkout


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
