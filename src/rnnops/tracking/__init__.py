"""Everything that talks to MLflow."""

import os

# Its notes and bars on its own housekeeping are not for the readers of a stage's output.
os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "WARNING")
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
