"""`python serve_lit.py PORT FOLDER`: our model behind LitServe, with batches, on each core."""

import os
import sys
from typing import Any

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import litserve

from rnnops.runtime.text_classifier import TextClassifier


class Classify(litserve.LitAPI):
    """A text in, a label and probabilities out."""

    def setup(self, device: str) -> None:  # noqa: ARG002
        self.classifier = TextClassifier.load(sys.argv[2])

    def decode_request(self, request: dict[str, str]) -> str:
        return request["text"]

    def predict(self, texts: list[str]) -> list[dict[str, Any]]:
        scored = self.classifier.score(texts)
        return [scored.row(message) for message in range(len(texts))]

    def encode_response(self, output: dict[str, Any]) -> dict[str, Any]:
        return output


if __name__ == "__main__":
    cores = len(os.sched_getaffinity(0))
    api = Classify(max_batch_size=32, batch_timeout=0.005)
    server = litserve.LitServer(api, accelerator="cpu", workers_per_device=cores)
    server.run(
        port=int(sys.argv[1]), host="127.0.0.1", generate_client_file=False, log_level="error"
    )
