"""A stand-in for `rnnops serve`: the page, its headers, and answers of a model of nine words."""

import email
import email.policy
import json
import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import rnnops

STATIC = Path(rnnops.__file__).parent / "serving" / "static"
CONTENT_TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}
FILES = {f"/static/{file.name}": file for file in STATIC.iterdir() if file.suffix != ".html"}
FILES["/"] = STATIC / "page.html"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
MODEL = {
    "model": "spam-email-classifier",
    "version": "3",
    "positive": "spam",
    "threshold": 0.9312,
}
VERSION = MODEL | {"verdict": "passed", "labels": ["ham", "spam"], "rnnops": rnnops.__name__}
WEIGHTS = {
    "free": 1.6, "won": 1.2, "winner": 1.1, "$1,000": 0.9, "click": 0.8, "guaranteed": 0.7,
    "meeting": -1.6, "agenda": -1.2, "address": -0.7,
}  # fmt: skip
MOST_PIECES = 150


def spam_probability(text: str) -> float:
    found = re.findall(r"[\w$,]+", text.lower())
    return 1 / (1 + math.exp(1.2 - sum(WEIGHTS.get(word, 0.01) for word in found)))


def predict(text: str) -> dict:
    spam = spam_probability(text)
    label = "spam" if spam > MODEL["threshold"] else "ham"
    probabilities = {"ham": 1 - spam, "spam": spam}
    return {
        "id": f"{hash(text) % 16**16:016x}",
        "label": label,
        "probability": probabilities[label],
        "probabilities": probabilities,
    }


def explain(text: str) -> dict:
    verdict = predict(text)
    label = verdict["label"]
    words = re.findall(r"\s*\S+\s*", text)
    size = -(-len(words) // MOST_PIECES)
    pieces = ["".join(words[start : start + size]) for start in range(0, len(words), size)]
    read = [predict("".join(pieces[: end + 1])) for end in range(len(pieces))]
    without = [predict("".join(pieces[:out] + pieces[out + 1 :])) for out in range(len(pieces))]
    others = [place for place, each in enumerate(read) if each["label"] != label]
    return {
        "id": verdict["id"],
        "label": label,
        "probability": verdict["probability"],
        "pieces": [
            {
                "text": piece,
                "belief": after["probabilities"][label],
                "contribution": verdict["probability"] - left["probabilities"][label],
            }
            for piece, after, left in zip(pieces, read, without, strict=True)
        ],
        "turn": others[-1] + 1 if others else 0,
        "cut": False,
    }


def read_message(content_type: str, body: bytes) -> str:
    """The text of a request: JSON, or a form's one file, an e-mail or a text."""
    if content_type.startswith("application/json"):
        return json.loads(body)["text"]
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    form = email.message_from_bytes(head + body, policy=email.policy.default)
    content = form.get_payload(0).get_content()
    if isinstance(content, str | bytes):  # bytes: Chromium knows no type for the file's name
        return content if isinstance(content, str) else content.decode()
    return f"{content['subject']}\n\n{content.get_body(('plain',)).get_content()}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/version":
            self._answer(VERSION)
        elif self.path in FILES:
            file = FILES[self.path]
            self._send(f"{CONTENT_TYPES[file.suffix]}; charset=utf-8", file.read_bytes())
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/feedback":
            self._answer({"outcome": "accepted", "detail": "The message is kept as an example."})
            return
        text = read_message(self.headers["Content-Type"], body)
        if self.path == "/explain":
            self._answer(MODEL | explain(text))
        else:
            self._answer(MODEL | {"predictions": [predict(text)]})

    def _answer(self, answer: dict) -> None:
        self._send("application/json", json.dumps(answer).encode())

    def _send(self, content_type: str, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-cache")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """The tests' output stays free of requests."""


@contextmanager
def page_server() -> Iterator[str]:
    """The address of a server on loopback."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
