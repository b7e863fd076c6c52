"""What the stages report of a small model, for the documents of a version."""

from rnnops.report.results import Results

LABELS = {"ham": 663, "spam": 281}


def metric(value, low=None, high=None):
    return {"value": value, "low": low, "high": high}


TEST = {
    "network": {"accuracy": metric(0.9852, 0.9763, 0.9928), "log_loss": metric(0.0334)},
    "linear_svm": {"accuracy": metric(0.9831, 0.9726, 0.9915), "log_loss": metric(None)},
}
DIFFERENCE = {"accuracy": metric(0.0021, -0.0042, 0.0085), "log_loss": metric(None)}
RESULTS = Results(
    dataset="spam-email",
    labels=["ham", "spam"],
    positive="spam",
    max_false_positive_rate=0.005,
    best_baseline="linear_svm",
    thresholds={"network": 0.6124, "linear_svm": 0.5},
    metrics={"validation": {name: {"accuracy": metric(0.9914)} for name in TEST}, "test": TEST},
    difference={"test": DIFFERENCE},
)


def source(messages=424):
    metrics = {"accuracy": metric(0.9976, 0.9923, 1.0)}
    return {"messages": messages, "labels": LABELS, "metrics": metrics}


def split(crossing=0, labels=LABELS):
    part = {"messages": 944, "clusters": 740, "labels": labels}
    return {
        "messages": 6046,
        "excluded": 21,
        "splits": dict.fromkeys(("train", "validation", "test"), part),
        "clusters": {"in_more_than_one_split": crossing},
    }
