"""When drift is reported, and when it asks for a new model."""

from pydantic import Field

from rnnops.core.sections import Section, Seed
from rnnops.core.tasks import CLASSIFICATION


class Drift(Section):
    """`false_alarms`: of runs on messages that have not changed, the share that may report drift.

    `retrain_auc`: from which AUC on a classifier that tells new messages from old asks for a new
    model. `reference_messages`: most messages that new ones are compared with.
    """

    false_alarms: float = Field(gt=0, lt=1)
    retrain_auc: float = Field(gt=0.5, le=1)
    permutations: int = Field(ge=99)
    reference_messages: int = Field(ge=100)
    seed: Seed


SECTIONS = {CLASSIFICATION: {"drift": Drift}}
