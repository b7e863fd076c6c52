"""What Prometheus reads at /metrics; labels take few values, whatever clients send."""

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

CONTENT_TYPE = CONTENT_TYPE_LATEST
disable_created_metrics()  # type: ignore[no-untyped-call] # which would double the page

SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30)
SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)


class Metrics:
    """The server's own, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self.requests = Counter(
            "rnnops_requests_total", "Requests answered.", ["route", "status"], registry=registry
        )
        self.seconds = Histogram(
            "rnnops_request_seconds", "From a request's header to its answer.", ["route"],
            buckets=SECONDS, registry=registry,
        )  # fmt: skip
        self.messages = Counter(
            "rnnops_messages_total", "Messages classified.", ["label"], registry=registry
        )
        self.refused = Counter(
            "rnnops_messages_refused_total", "Messages refused because too many were waiting.",
            registry=registry,
        )  # fmt: skip
        self.batch_size = Histogram(
            "rnnops_batch_messages", "Messages that a worker got at a time.",
            buckets=SIZES, registry=registry,
        )  # fmt: skip
        self.waiting = Gauge(
            "rnnops_waiting_messages", "Messages that wait for a worker.", registry=registry
        )
        self.model = Gauge(
            "rnnops_model_info", "The model that is served.", ["model", "version", "verdict"],
            registry=registry,
        )  # fmt: skip
        self.swaps = Counter(
            "rnnops_model_changes_total", "Changes of the model served.", registry=registry
        )
        self.failed_loads = Counter(
            "rnnops_model_load_failures_total",
            "Questions which model to serve, and loads of one, that failed.",
            registry=registry,
        )
        self.workers_replaced = Gauge(
            "rnnops_workers_replaced", "Processes that died and were replaced.",
            registry=registry,
        )  # fmt: skip
        self.feedback = Counter(
            "rnnops_feedback_total", "Labels that people sent back.", ["outcome"], registry=registry
        )
        self.logged = Counter(
            "rnnops_predictions_logged_total", "Predictions written to the log.", registry=registry
        )
        self.not_logged = Counter(
            "rnnops_predictions_not_logged_total", "Predictions that the log has lost.",
            registry=registry,
        )  # fmt: skip

    def page(self) -> bytes:
        """All of them as text."""
        return generate_latest(self.registry)
