"""Where the project's files lie, relative to its folder, and what its splits are called.

Paths are written as dvc.lock writes them. dvc.yaml names the same outputs for DVC.
"""

TRAIN, VALIDATION, TEST = "train", "validation", "test"
SPLIT_NAMES = (TRAIN, VALIDATION, TEST)
EXCLUDED = "excluded"  # messages that are left out of every split

PARAMS = "params.yaml"
PIPELINE = "dvc.yaml"
LOCK = "dvc.lock"
REQUIREMENTS = "requirements.lock"

DATA = "data"
INCOMING = f"{DATA}/incoming"
ADDED = f"{INCOMING}/added"  # what `rnnops add` adds, a folder a dataset
DOWNLOADS = f"{DATA}/downloads"
MESSAGES = f"{DATA}/raw/messages.parquet"
SERIES = f"{DATA}/raw/series.parquet"  # of what is forecast
SEQUENCES = f"{DATA}/raw/sequences.parquet"  # of numbers, with labels
QUARANTINE = f"{DATA}/quarantine/rows.jsonl"
SPLITS = f"{DATA}/splits"
FEATURES = f"{DATA}/features"
PREDICTION_LOG = f"{DATA}/predictions"

MODELS = "models"
FEATURIZER = f"{MODELS}/featurizer"
FEATURIZER_DESCRIPTION = f"{FEATURIZER}/featurizer.json"
BASELINE = f"{MODELS}/baseline"
NETWORK = f"{MODELS}/rnn"
SEQUENCE_CLASSIFIER = f"{NETWORK}/classifier"
HISTORY = f"{NETWORK}/history.csv"
GRADIENT_FLOW = f"{NETWORK}/gradient_flow.csv"
CLASSIFIER = f"{MODELS}/classifier"  # what is published
NETWORK_MODEL = f"{NETWORK}/model"  # of words or numbers, without Keras
LANGUAGE_MODEL = f"{MODELS}/language_model"  # what is published
FORECASTER = f"{MODELS}/forecaster"  # what is published
CHAMPION_FILE = f"{MODELS}/champion.json"
LOOKS_FILE = f"{MODELS}/looks.jsonl"
CHAMPIONS = f"{MODELS}/champion"

REPORTS = "reports"
INGEST_REPORT = f"{REPORTS}/ingest.json"
VALIDATION_REPORT = f"{REPORTS}/validation.json"
DATA_DOCS = f"{REPORTS}/data_docs"
SPLIT_REPORT = f"{REPORTS}/split.json"
RESULTS = f"{REPORTS}/results.json"
METRICS = f"{REPORTS}/metrics.json"
ROBUSTNESS = f"{REPORTS}/robustness.json"
SLICES = f"{REPORTS}/slices.json"
PREDICTIONS = f"{REPORTS}/predictions.parquet"
PLOTS = f"{REPORTS}/plots"
PLOTS_DIFF = f"{REPORTS}/plots_diff"
REPORT = f"{REPORTS}/report.html"
PROPOSAL = f"{REPORTS}/proposal.md"
DRIFT_REPORT = f"{REPORTS}/drift.html"
MONITOR_REPORT = f"{REPORTS}/monitor.html"
GATE_REPORT = f"{REPORTS}/gate.md"
REGISTER_REPORT = f"{REPORTS}/register.json"

LINEAGE_ARTIFACTS = "lineage"  # the folder of a run's artifacts
UNCOMMITTED_DIFF = f"{LINEAGE_ARTIFACTS}/uncommitted.diff"

MLRUNS = "mlruns"
DATABASE = "mlflow.db"  # in MLRUNS, unless MLFLOW_TRACKING_URI names another
DVC_SCRATCH = ".dvc/tmp"  # git and DVC ignore it
SERVED_MODELS = f"{DVC_SCRATCH}/served_models"  # by folder, which `rnnops predict` found last
FETCHED_MODELS = f"{DVC_SCRATCH}/models"  # copies of what a server keeps
EXPERIMENT_COPIES = f"{DVC_SCRATCH}/exps"  # where DVC runs queued experiments
SYNC_COPY = "sync-"  # begins the names of the copies there that `rnnops sync` makes


def split_file(name: str) -> str:
    """The messages of a split."""
    return f"{SPLITS}/{name}.parquet"


def features_file(name: str) -> str:
    """The features of a split's messages."""
    return f"{FEATURES}/{name}.parquet"
