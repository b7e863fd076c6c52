from rnnops.core.checkout import main_checkout


def test_an_experiment_copy_belongs_to_the_main_checkout(tmp_path):
    copy = tmp_path / "project" / ".dvc" / "tmp" / "exps" / "standalone" / "tmpabc"
    (copy / "pipeline").mkdir(parents=True)
    assert main_checkout(copy) == (tmp_path / "project").resolve()
    assert main_checkout(copy / "pipeline") == (tmp_path / "project").resolve()


def test_any_other_folder_is_its_own_checkout(tmp_path, monkeypatch):
    for folder in (tmp_path, tmp_path / ".dvc" / "tmp", tmp_path / "exps" / "one"):
        folder.mkdir(parents=True, exist_ok=True)
        assert main_checkout(folder) == folder.resolve()
    monkeypatch.chdir(tmp_path)
    assert main_checkout() == tmp_path.resolve()
