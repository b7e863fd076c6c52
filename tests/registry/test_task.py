"""The modules that say what differs between tasks."""

import inspect

import pytest
from project import ROOT

from rnnops.core.params import load_params
from rnnops.core.tasks import FOLDERS
from rnnops.registry.task import Task, task_of


@pytest.mark.parametrize("task", FOLDERS)
def test_every_task_has_a_module_with_the_functions_that_a_task_has(task):
    module = task_of(load_params(ROOT / FOLDERS[task] / "params.yaml"))
    functions = inspect.getmembers(Task, inspect.isfunction)
    named = {name: each for name, each in functions if not name.startswith("_")}
    assert {"read_models", "judge_challenger", "write_documents"} <= named.keys()
    for name, function in named.items():
        declared = inspect.signature(function)
        _, *arguments = declared.parameters.values()  # the first is self
        found = inspect.signature(getattr(module, name))
        assert found == declared.replace(parameters=arguments)
