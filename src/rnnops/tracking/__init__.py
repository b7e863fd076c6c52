"""Everything that talks to MLflow."""

import logging
import os

# Its notes and bars on its own housekeeping are not for the readers of a stage's output.
os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "WARNING")
logging.getLogger("mlflow").setLevel(os.environ["MLFLOW_LOGGING_LEVEL"])  # imported before us
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
# A link to the run on standard output would show the user and password of the server's URI.
os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")
# Training and people wait for a server that is away: seconds, not the minutes of its own defaults.
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR", "1")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "20")
# ... and we say once that it is, in place of a warning for each retry.
logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)
