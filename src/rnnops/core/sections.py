"""What a section of params.yaml is; each package declares its own in its module `params`."""

from collections.abc import Mapping
from typing import Annotated, Any, Self, TypeVar, cast

from pydantic import BaseModel, ConfigDict, Field

from rnnops.core import layout
from rnnops.core.errors import InputError

Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=1)]
Seed = Annotated[int, Field(ge=0, lt=2**32)]

AnySection = TypeVar("AnySection", bound=BaseModel)


class Parameters:
    """The sections of params.yaml: `parameters[Split]` is that of the class `Split`."""

    def __init__(self, sections: Mapping[str, BaseModel], task: str) -> None:
        """Hold `sections`, by their keys in the file, of the task that the file names."""
        self.task = task
        self._sections = dict(sections)
        self._by_class = {type(section): section for section in sections.values()}

    def __getitem__(self, declared: type[AnySection]) -> AnySection:
        """The section of that class, with the values that other sections give it.

        Raises:
            InputError: where the task has no such section.
        """
        if declared not in self._by_class:
            raise InputError(
                f"{layout.PARAMS} here is of the task {self.task}, which this is not for: run it "
                "in the folder of its own task"
            )
        section = self._by_class[declared]
        resolved = section.resolve(self) if isinstance(section, Section) else section
        return cast(AnySection, resolved)

    def named(self, key: str) -> BaseModel:
        """The section of that key in the file, as the file has it."""
        return self._sections[key]

    def with_section(self, changed: BaseModel) -> "Parameters":
        """These parameters with `changed` in place of the section of its class."""
        return Parameters(
            {
                key: changed if type(section) is type(changed) else section
                for key, section in self._sections.items()
            },
            self.task,
        )

    def dump(self) -> dict[str, Any]:
        """Every section as nested plain values, by its key."""
        return {key: self[type(section)].model_dump() for key, section in self._sections.items()}


class Section(BaseModel):
    """Base of every section of params.yaml and of the parts of one."""

    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)

    def check(self, parameters: Parameters) -> None:
        """Raise `ValueError` if this section contradicts another."""

    def resolve(self, parameters: Parameters) -> Self:  # noqa: ARG002 (subclasses use it)
        """This section with the values that other sections give it."""
        return self
