"""The server over real HTTP: what its paths answer, and what clients cannot do to it."""

import json

import pandas as pd
import pytest
import requests
from mlflow.pyfunc.scoring_server.client import ScoringServerClient
from tiny_server import running, wait_until

from rnnops.serving import schemas
from rnnops.serving.settings import Limits

JSON, TEXT = {"Content-Type": "application/json"}, {"Content-Type": "text/plain"}
LIMITS = Limits(body_bytes=200_000, messages=20, seconds=20)
POST = b"POST /predict HTTP/1.1\r\nHost: localhost\r\n"
WIN = b"Content-Type: text/plain\r\nContent-Length: 3\r\n\r\nwin"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with running(tmp_path_factory.mktemp("served"), limits=LIMITS) as server:
        yield server


def require_problem(answer, status):
    """The detail of a problem, which has the headers and fields of one."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = schemas.ProblemDetails.model_validate_json(answer.content)
    assert problem.status == status
    assert "Traceback" not in answer.text
    return problem.detail


def test_a_text_is_classified(server):
    answer = server.post("/predict", json={"text": "win cash"})
    assert answer.json() == {
        "model": "tiny",
        "version": "1",
        "positive": "spam",
        "threshold": 0.5,
        "predictions": [
            {
                "id": answer.json()["predictions"][0]["id"],
                "label": "spam",
                "probability": 0.9,
                "probabilities": {"ham": pytest.approx(0.1), "spam": 0.9},
            }
        ],
    }
    schemas.Predictions.model_validate_json(answer.content, strict=True)


def test_messages_keep_their_order_and_have_ids_of_their_own(server):
    answer = server.post("/predict", json={"texts": ["win", "a", "win", *["b"] * 15]}).json()
    labels = [each["label"] for each in answer["predictions"]]
    assert labels == ["spam", "ham", "spam", *["ham"] * 15]
    ids = {each["id"] for each in answer["predictions"]}
    assert len(ids) == 18
    assert all(len(each) == 16 and int(each, 16) >= 0 for each in ids)


def test_mail_and_files_are_read_as_their_text(server):
    mail = b"From: ann@example.org\nSubject: =?utf-8?q?w=69n?=\n\nhello\n"
    headers = {"Content-Type": "message/rfc822"}
    answer = server.post("/predict", data=mail, headers=headers)
    assert answer.json()["predictions"][0]["label"] == "spam"
    files = [
        ("one", ("a.eml", mail, "message/rfc822")),
        ("two", ("note.txt", b"nothing", "text/plain")),
    ]
    answer = server.post("/predict", data={"text": "hello"}, files=files)
    labels = sorted(each["label"] for each in answer.json()["predictions"])
    assert labels == ["ham", "ham", "spam"]


def test_what_no_text_may_hold_is_replaced(server):
    body = b'{"texts": ["\\ud800 w\\u0000in", "\\udfff", "' + "🎉".encode() + b'"]}'
    answer = server.post("/predict", data=body, headers={"Content-Type": "application/json"})
    assert [each["label"] for each in answer.json()["predictions"]] == ["spam", "ham", "ham"]


def test_an_explanation_has_the_whole_text_in_pieces(server):
    answer = server.post("/explain", json={"text": "we may win cash"})
    found = schemas.Explanation.model_validate_json(answer.content, strict=True)
    assert "".join(piece.text for piece in found.pieces) == "we may win cash"
    assert [piece.belief for piece in found.pieces] == [0.1, 0.1, 0.9, 0.9]
    assert [piece.contribution > 0.5 for piece in found.pieces] == [False, False, True, False]
    assert (found.label, found.turn, found.cut, found.version) == ("spam", 2, False, "1")
    long = server.post("/explain", data="word " * 30_000, headers={"Content-Type": "text/plain"})
    assert long.json()["cut"]
    assert len("".join(piece["text"] for piece in long.json()["pieces"])) == 50_000
    require_problem(server.post("/explain", json={"texts": ["a", "b"]}), 422)


def test_mlflow_s_protocol(server):
    frame = {"dataframe_split": {"columns": ["text"], "data": [["win"], ["a"]]}}
    answer = server.post("/invocations", json=frame)
    assert answer.json() == {
        "predictions": [
            {"label": "spam", "probability": 0.9, "p_ham": pytest.approx(0.1), "p_spam": 0.9},
            {"label": "ham", "probability": 0.9, "p_ham": 0.9, "p_spam": 0.1},
        ]
    }
    model = {name: value for name, value in answer.headers.items() if name.startswith("x-model")}
    assert model == {"x-model": "tiny", "x-model-version": "1", "x-model-threshold": "0.5"}
    assert list(answer.json()["predictions"][0]) == ["label", "probability", "p_ham", "p_spam"]
    table = server.post("/invocations", data="text\nwin\n", headers={"Content-Type": "text/csv"})
    assert table.json()["predictions"][0]["label"] == "spam"
    assert server.post("/invocations", json={"instances": []}).json() == {"predictions": []}
    ping = server.get("/ping")
    assert (ping.status_code, ping.text) == (200, "\n")
    client = ScoringServerClient("127.0.0.1", int(server.address.rpartition(":")[2]))
    client.wait_server_ready()
    found = client.invoke(pd.DataFrame({"text": ["win", "a"]})).get_predictions()
    assert found["label"].tolist() == ["spam", "ham"]


def test_what_is_served(server):
    version = schemas.Version.model_validate_json(server.get("/version").content, strict=True)
    assert (version.version, version.verdict, version.labels) == ("1", "champion", ["ham", "spam"])
    assert server.get("/health").json() == {"status": "ok"}
    assert server.get("/ready").json() == {"status": "ready", "problem": None}
    assert server.session.head(server.address + "/health").headers["content-length"] == "15"


def test_paths_and_methods_that_there_are_not(server):
    assert "there is no /nowhere" in require_problem(server.get("/nowhere"), 404)
    answer = server.get("/predict")
    assert "send POST" in require_problem(answer, 405)
    assert answer.headers["allow"] == "POST"
    for method in ("OPTIONS", "PUT", "DELETE", "BREW"):
        answer = server.session.request(method, server.address + "/predict", timeout=60)
        assert answer.status_code in (400, 405)
        assert "access-control-allow-origin" not in answer.headers
    assert server.get("/static/../service.py").status_code == 404
    assert server.get("/static/%2e%2e/service.py").status_code == 404


@pytest.mark.parametrize(
    ("path", "body", "headers", "status"),
    [
        ("/predict", b"{", JSON, 400),
        ("/predict", b"win", {"Content-Type": "image/png"}, 415),
        ("/predict", b"win", {**TEXT, "Content-Encoding": "gzip"}, 415),
        ("/predict", b"w" * 200_001, TEXT, 413),
        ("/predict", iter([b"w" * 150_000] * 2), TEXT, 413),
        ("/predict", json.dumps({"texts": ["a"] * 21}).encode(), JSON, 413),
        ("/predict", b"fail secret", TEXT, 500),
        ("/explain", b"null", JSON, 422),
        ("/invocations", b"null", JSON, 400),
        ("/feedback", b'{"id": "0123456789abcdef", "label": "ham"}', JSON, 404),
        ("/feedback", b'{"text": "a", "label": "eggs"}', JSON, 422),
        ("/feedback", b'{"text": "a", "label": null}', JSON, 422),
        ("/feedback", b'{"text": " ", "label": "ham"}', JSON, 422),
        ("/feedback", b"[]", JSON, 422),
    ],
)  # fmt: skip
def test_bodies_that_are_refused(server, path, body, headers, status):
    detail = require_problem(server.post(path, data=body, headers=headers), status)
    assert "secret" not in detail


def test_chunked_bodies_are_read(server):
    answer = server.post("/predict", data=iter([b"w", b"in"]), headers=TEXT)
    assert answer.json()["predictions"][0]["label"] == "spam"


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01", 400),
        (POST + b"Content-Length: x\r\n\r\n", 400),
        (POST + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nwin", 400),
        (POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (POST + b"X: " + b"a" * 1_000_000 + b"\r\n\r\n", 431),
        (POST + b"Content-Length: 99999999999999999999\r\n\r\n", 400),
        (POST + b"Content-Length: 999999999999\r\n\r\n", 413),
        (b"GET /health HTTP/1.1\r\n\r\n", 421),
        (b"GET /he\x00alth HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
        (b"GET /%00%ff HTTP/1.1\r\nHost: localhost\r\n\r\n", 404),
        (b"GET /health HTTP/1.0\r\nHost: localhost\r\n\r\n", 200),
        (POST + WIN, 200),
    ],
)  # fmt: skip
def test_bytes_that_no_client_should_send(server, request_bytes, status):
    answer = server.ask(request_bytes)
    assert answer.startswith(b"HTTP/1.1 %d" % status), answer[:300]
    assert b"Traceback" not in answer
    assert server.labels("win") == ["spam"]


def test_a_client_that_leaves_in_the_middle_changes_nothing(server):
    for part in (
        b"POST /pre",
        b"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nw",
    ):
        with server.connect() as connection:
            connection.sendall(part)
    assert server.labels("win") == ["spam"]


def test_requests_may_follow_one_another_without_waiting(server):
    request = POST + WIN
    last = b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    answers = server.ask(request * 5 + last)
    assert answers.count(b'"label":"spam"') == 5
    assert answers.endswith(b'{"status":"ok"}')


def test_other_names_and_origins_are_refused(server):
    headers = {"Host": "evil.example"}
    assert "--allow-host" in require_problem(server.get("/health", headers=headers), 421)
    evil = {"Origin": "http://evil.example"}
    require_problem(server.post("/feedback", json={}, headers=evil), 403)
    require_problem(server.post("/predict", json={}, headers={"Origin": "null"}), 403)
    assert server.get("/health", headers=evil).status_code == 200
    own = {"Origin": server.address}
    assert server.post("/predict", json={"text": "a"}, headers=own).status_code == 200


def test_every_answer_has_the_headers_that_bind_browsers(server):
    paths = ["/", "/health", "/docs", "/openapi.json", "/nowhere", "/static/reference.css"]
    for answer in [server.get(path) for path in paths] + [server.post("/predict")]:
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "server" not in answer.headers


def test_the_page_and_the_reference_load_nothing_from_elsewhere(server):
    page = server.get("/docs")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    for part in ("POST /predict", "message/rfc822", "503", "GET /metrics"):
        assert part in page.text
    assert "http:" not in page.text
    assert "https:" not in page.text
    assert server.get("/").headers["content-type"] == "text/html; charset=utf-8"


def test_the_description_has_bodies_and_problems(server):
    description = server.get("/openapi.json").json()
    predict = description["paths"]["/predict"]["post"]
    assert list(predict["requestBody"]["content"]) == [
        "application/json", "message/rfc822", "text/plain", "multipart/form-data",
    ]  # fmt: skip
    problem = predict["responses"]["413"]["content"]["application/problem+json"]["schema"]
    assert problem["required"] == ["type", "title", "status", "detail"]
    assert "$ref" in predict["responses"]["200"]["content"]["application/json"]["schema"]
    posted = {path for path, methods in description["paths"].items() if "post" in methods}
    assert posted == {"/predict", "/explain", "/feedback", "/invocations"}
    headers = description["paths"]["/invocations"]["post"]["responses"]["200"]["headers"]
    answer = server.post("/invocations", json={"inputs": ["win"]})
    assert set(headers) <= {name.title() for name in answer.headers}
    assert "X-Model-Threshold" in server.get("/docs").text


def test_metrics_count_what_happened_under_few_names(server):
    before = server.metric('rnnops_messages_total{label="spam"}')
    server.labels("win", "win", "a")
    assert server.metric('rnnops_messages_total{label="spam"}') == before + 2
    for number in range(50):
        server.get(f"/nowhere/{number}")
    page = server.get("/metrics").text
    assert "nowhere" not in page
    assert 'rnnops_requests_total{route="other",status="404"}' in page
    assert 'rnnops_model_info{model="tiny",verdict="champion",version="1"} 1.0' in page
    assert server.metric("rnnops_waiting_messages") == 0
    assert server.metric("rnnops_batch_messages_count") > 0


def test_a_token_is_asked_for(tmp_path):
    with running(tmp_path, token="right") as server:  # noqa: S106
        answer = server.post("/predict", json={"text": "win"})
        assert "token" in require_problem(answer, 401)
        assert answer.headers["www-authenticate"] == "Bearer"
        for path in ("/explain", "/feedback", "/invocations"):
            require_problem(server.post(path, json={}), 401)
        wrong = {"Authorization": "Bearer wrong"}
        require_problem(server.post("/predict", json={"text": "win"}, headers=wrong), 401)
        require_problem(server.get("/metrics"), 401)
        for path in ("/", "/health", "/ready", "/version", "/docs", "/ping"):
            assert server.get(path).status_code == 200
        server.promote("2")  # whose folder holds nothing
        wait_until(lambda: server.get("/ready").json()["problem"])
        assert server.get("/ready").json()["problem"] == "send the token to read it"
        server.session.headers["Authorization"] = "Bearer right"
        assert server.labels("win") == ["spam"]
        assert "holds no model" in server.get("/ready").json()["problem"]
        assert server.metric("rnnops_batch_messages_count") == 1
        assert requests.post(f"{server.address}/predict", timeout=60).status_code == 401


def test_a_header_without_an_end_ends_the_connection(tmp_path, monkeypatch):
    monkeypatch.setattr("rnnops.serving.protocol.SECONDS_FOR_HEADERS", 0.2)
    with running(tmp_path, limits=Limits(seconds=0.2)) as server:
        for start in (b"", b"GET /health HTTP/1.1\r\n"):
            with server.connect() as connection:
                connection.sendall(start)
                assert connection.recv(100) == b""
        with server.connect() as connection:
            connection.sendall(
                b"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n"
            )
            assert connection.recv(100).startswith(b"HTTP/1.1 408 ")
