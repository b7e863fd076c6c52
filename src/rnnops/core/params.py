"""The reader of params.yaml: anything that no package declares is an error.

A package declares its sections in its module `params`, in `SECTIONS`: by the task that the file is
of, a class by its key in the file. The reader finds these modules by their name, so a new section
changes nothing here.
"""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError, create_model
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from rnnops.core import layout
from rnnops.core.errors import InputError, ParametersError
from rnnops.core.sections import Parameters, Section
from rnnops.core.suggestions import suggest
from rnnops.core.tasks import CLASSIFICATION, TASKS, params_of_project

CATALOG = "datasets"  # of all tasks that read text, in the project's own file

Place = tuple[str | int, ...]


def load_params(
    path: str | Path = layout.PARAMS, replacing: Mapping[str, Any] | None = None
) -> Parameters:
    """The checked parameters in `path`, read by the YAML rules that DVC uses.

    The catalog of a task's file without one of its own is the project's.

    Args:
        replacing: values by dotted key that take the place of the file's.

    Raises:
        InputError: naming the file, the key, what is wrong and what is allowed.
    """
    content = _read(path)
    for key, value in (replacing or {}).items():
        content = _replace(content, key.split("."), value)
    task = _task(content, path)
    sections = declared_sections(task)
    if CATALOG in sections and isinstance(content, dict) and task != CLASSIFICATION:
        content = {CATALOG: _read(params_of_project(Path(path))).get(CATALOG), **content}
    try:
        whole = _whole_file(task).model_validate(content)
    except ValidationError as invalid:
        places = [_place(error, content) for error in invalid.errors()]
        problems = map(_describe, invalid.errors(), places)
        keys = [place for place in places if place]
        raise ParametersError(f"{path}: {'; '.join(problems)}", str(path), keys) from None
    parameters = Parameters({key: getattr(whole, key) for key in sections}, task)
    for key in sections:
        section = getattr(whole, key)
        try:
            if isinstance(section, Section):
                section.check(parameters)
        except ValueError as error:
            raise ParametersError(f"{path}: {error}", str(path), [(key,)]) from None
    return parameters


@cache
def declared_sections(task: str = CLASSIFICATION) -> dict[str, type[BaseModel]]:
    """The class of each of a task's sections by its key, from the modules `params` of packages."""
    packages = Path(__file__).parents[1]
    modules = [
        import_module(f"{packages.name}.{file.parent.name}.params")
        for file in sorted(packages.glob("*/params.py"))
        if file != Path(__file__)
    ]
    return {
        key: section for module in modules for key, section in module.SECTIONS.get(task, {}).items()
    }


def _read(path: str | Path) -> Any:
    try:
        return YAML(typ="safe").load(Path(path))
    except FileNotFoundError:
        raise InputError(f"{path} does not exist: run from the folder that holds it") from None
    except YAMLError as error:
        raise InputError(f"{path} is not valid YAML: {error}") from None


def _task(content: Any, path: str | Path) -> str:
    task = content.get("task", CLASSIFICATION) if isinstance(content, dict) else CLASSIFICATION
    if task not in TASKS:
        raise InputError(f"{path}: task: {task!r} is not one of {', '.join(TASKS)}")
    return task


@cache
def _whole_file(task: str) -> type[BaseModel]:
    fields: dict[str, Any] = {
        key: (section, ...) for key, section in declared_sections(task).items()
    }
    return create_model("WholeFile", __base__=Section, task=(str, task), **fields)


def _replace(content: Any, key: list[str], value: Any) -> Any:
    if not key:
        return value
    here = content if isinstance(content, dict) else {}
    return {**here, key[0]: _replace(here.get(key[0]), key[1:], value)}


def _describe(error: Mapping[str, Any], place: Place) -> str:
    key = f"{'.'.join(map(str, place))}: " if place else ""
    if error["type"] == "extra_forbidden":
        return f"{key}unknown key{suggest(str(place[-1]), _known_keys())}"
    if error["type"] == "missing":
        return f"{key}missing"
    if error["type"] in ("model_type", "model_attributes_type", "dict_type"):
        return f"{key}needs keys of its own, not {error['input']!r}"
    message = error["msg"].removeprefix("Value error, ")
    if error["type"] == "value_error":
        return f"{key}{message}"
    value = error["input"]
    given = f", not {value!r}" if isinstance(value, str | int | float | bool | None) else ""
    return f"{key}{message[0].lower()}{message[1:]}{given}"


def _place(error: Mapping[str, Any], content: Any) -> Place:
    """Where in the file the error is, () for the whole of it.

    pydantic's location also has parts that are no keys of the file, such as the branch of a union.
    """
    place: list[str | int] = []
    for part in error["loc"]:
        is_key = isinstance(content, dict) and part in content
        if is_key or isinstance(content, list):
            content = content[part]
            place.append(part)
    if error["type"] == "missing":
        place.append(error["loc"][-1])
    return tuple(place)


def _known_keys() -> list[str]:
    return sorted({name for section in _subclasses(Section) for name in section.model_fields})


def _subclasses(base: type[Section]) -> list[type[Section]]:
    return [base, *(found for child in base.__subclasses__() for found in _subclasses(child))]
