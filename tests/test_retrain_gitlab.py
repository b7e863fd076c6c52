""".gitlab-ci.yml, job by job on empty machines, against a part of GitLab's API."""

import re

import pytest
from code_host import GitHub, GitLab
from corpus import campaign_messages


@pytest.fixture(scope="module")
def gitlab(tmp_path_factory):
    gitlab = GitLab(tmp_path_factory.mktemp("gitlab"), campaign_messages(150), {})
    gitlab.use_remote(str(gitlab.folder / "remote"))
    gitlab.push("data")
    with gitlab.serve():
        yield gitlab


def test_a_result_is_one_merge_request_however_often_it_runs(gitlab):
    runner = gitlab.runner()
    for said in ("merge request opened", "retrain has this already; merge request 2 updated"):
        status, printed = gitlab.run(runner=runner)
        assert status == 0, printed
        assert said in printed
    (request,) = gitlab.merge_requests
    assert (request["source_branch"], request["target_branch"]) == ("retrain", "main")
    assert request["title"] == "Version 1 becomes the champion"
    assert "### The gate" in request["description"]
    assert "[this run](https://gitlab.example/team/mine/-/jobs/7)" in request["description"]
    assert gitlab.champion() is None


def test_a_token_that_is_refused_is_one_line(gitlab):
    before = gitlab.merge_requests[0].copy()
    gitlab.secrets |= {"GITLAB_TOKEN": "expired"}
    status, printed = gitlab.run(runner=gitlab.runners[0])
    gitlab.secrets |= {"GITLAB_TOKEN": "token"}
    assert status == 1
    errors = [line for line in printed.splitlines() if line.startswith("error:")]
    assert len(errors) == 1
    assert "GitLab refuses the merge request: 401" in errors[0]
    assert gitlab.merge_requests == [before]


def test_a_merge_request_that_was_closed_stays_closed(gitlab):
    (request,) = gitlab.merge_requests
    request["state"] = "closed"
    status, printed = gitlab.run(runner=gitlab.runners[0])
    assert status == 0, printed
    assert "merge request 2 was closed, and stays so" in printed
    assert gitlab.merge_requests == [request]


def test_a_merge_promotes(gitlab):
    gitlab.merge()
    assert gitlab.champion() == "1"
    status, printed = gitlab.run("promote")
    assert status == 0, printed
    assert re.search(r"promote\s+1", printed)


def test_its_jobs_do_what_github_s_do(gitlab, tmp_path_factory):
    github = GitHub(tmp_path_factory.mktemp("github"), campaign_messages(20), {})
    for job in ("report", "retrain", "promote"):
        ours, theirs = (
            [line for script, _ in host.jobs[job] for line in script.splitlines() if is_ours(line)]
            for host in (gitlab, github)
        )
        assert [line.partition(" --base")[0] for line in ours] == theirs


def is_ours(line):
    return line.startswith(("make", ".venv/bin/rnnops"))
