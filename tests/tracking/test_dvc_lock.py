from rnnops.tracking.dvc_lock import all_md5s, file_md5s


def test_the_md5_of_an_output_replaces_that_of_a_dependency():
    """`register` reads what `train` wrote; while it runs, dvc.lock has what it read before."""
    stages = {
        "train": {"outs": [{"path": "models/rnn", "md5": "new"}]},
        "register": {"deps": [{"path": "models/rnn", "md5": "old"}, {"path": "a.py", "md5": "a"}]},
    }
    assert all_md5s(stages) == {"models/rnn": "new", "a.py": "a"}
    assert file_md5s(stages) == {"models/rnn": "new"}
