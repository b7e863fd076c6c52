"""Bodies and answers as /openapi.json describes them; no request is read through these classes."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Answer(BaseModel):
    """What an answer says on the model that it is from."""

    model_config = ConfigDict(extra="forbid")

    model: str = Field(description="Name of the registered model, or the URI it is from.")
    version: str | None = Field(description="Version of the registered model.")
    positive: str | None = Field(description="The label that the threshold is of, if there is one.")
    threshold: float | None = Field(
        description="A message is `positive` when that label's probability is greater."
    )


class Prediction(BaseModel):
    """What the model says of a message."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(description="Names the answer in /feedback and in the prediction log.")
    label: str
    probability: float = Field(description="Of that label.")
    probabilities: dict[str, float] = Field(description="Of each label.")


class Predictions(Answer):
    """The answer to /predict, a prediction a message, in order."""

    predictions: list[Prediction]


class Piece(BaseModel):
    """A word of the message, or several of a long one."""

    model_config = ConfigDict(extra="forbid")

    text: str
    belief: float = Field(
        description="Probability of the label after this piece, as if the text ended there."
    )
    contribution: float = Field(
        description="Probability of the label less what it is without this piece."
    )


class Explanation(Answer):
    """The answer to /explain: the pieces joined are the text."""

    id: str
    label: str
    probability: float
    pieces: list[Piece]
    turn: int = Field(description="The first piece from which on the label was the final one.")
    cut: bool = Field(description="Only the first 50,000 characters are explained.")


class Version(Answer):
    """The answer to /version."""

    verdict: str | None = Field(description="The gate's, or champion.")
    labels: list[str]
    rnnops: str = Field(description="Version of the package.")


class Outcome(BaseModel):
    """The answer to /feedback."""

    model_config = ConfigDict(extra="forbid")

    outcome: Literal["accepted", "known", "held", "rejected"]
    detail: str


class Readiness(BaseModel):
    """The answer to /ready."""

    model_config = ConfigDict(extra="forbid")

    status: Literal["ready", "stopping"]
    problem: str | None = Field(
        description="Why the model that should be served is not; an older one answers."
    )


class ProblemDetails(BaseModel):
    """What went wrong (RFC 9457)."""

    model_config = ConfigDict(extra="forbid")

    type: str
    title: str
    status: int
    detail: str


class OneText(BaseModel):
    """A message."""

    model_config = ConfigDict(extra="forbid")

    text: str


class Texts(BaseModel):
    """Several messages."""

    model_config = ConfigDict(extra="forbid")

    texts: list[str] = Field(min_length=1)


class LabelOfAnswer(BaseModel):
    """The right label of a message that was answered lately."""

    model_config = ConfigDict(extra="forbid")

    id: str
    label: str


class LabelOfText(BaseModel):
    """The right label of a text."""

    model_config = ConfigDict(extra="forbid")

    text: str
    label: str


EMAIL = "From: ann@example.org\nSubject: Lunch\n\nAt noon?\n"
TEXT = {"type": "string", "format": "binary"}


def messages_body(*bodies: type[BaseModel]) -> dict[str, Any]:
    """The body of a request with messages; `bodies` are the forms it has as JSON."""
    form = {
        "type": "object",
        "properties": {
            "text": {"type": "array", "items": {"type": "string"}},
            "file": {"type": "array", "items": TEXT},
        },
        "description": "Fields `text` are texts; files, in any field, are e-mails or texts.",
    }
    return {
        "application/json": {"schema": _any_of(bodies), "example": {"text": "Win cash now"}},
        "message/rfc822": {"schema": TEXT, "example": EMAIL},
        "text/plain": {"schema": {"type": "string"}, "example": "Win cash now"},
        "multipart/form-data": {"schema": form},
    }


def feedback_body() -> dict[str, Any]:
    """The body of a request to /feedback."""
    return {
        "application/json": {
            "schema": _any_of((LabelOfAnswer, LabelOfText)),
            "example": {"id": "9f86d081884c7d65", "label": "ham"},
        }
    }


def invocation_body() -> dict[str, Any]:
    """The body of a request to /invocations."""
    frame = {"dataframe_split": {"columns": ["text"], "data": [["Win cash now"]]}}
    described = {
        "type": "object",
        "description": "MLflow's protocol: one of dataframe_split, dataframe_records, instances, "
        "inputs; the first column is read.",
    }
    return {
        "application/json": {"schema": described, "example": frame},
        "text/csv": {"schema": {"type": "string"}, "example": "text\nWin cash now\n"},
    }


def _any_of(models: tuple[type[BaseModel], ...]) -> dict[str, Any]:
    schemas = [model.model_json_schema() for model in models]
    return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
