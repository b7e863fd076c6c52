"""The bodies of MLflow's scoring protocol: frames and lists as JSON, and CSV."""

import csv
import io
from typing import Any

from rnnops.ingest.file_kinds import MOST_BYTES
from rnnops.runtime.scoring_worker import Message
from rnnops.serving.bodies import (
    json_name,
    parse_content_type,
    parse_json,
    require_codec,
    require_number,
    require_string,
)
from rnnops.serving.problems import Problem

csv.field_size_limit(MOST_BYTES)  # of a cell; the body is bounded before

FORMATS = ("dataframe_split", "dataframe_records", "instances", "inputs")


def read_invocation(content_type: str, body: bytes, most: int) -> list[Message]:
    """The texts of a request to /invocations: the first column of what it sends.

    Raises:
        Problem: for what MLflow's protocol has not, or more than `most` texts.
    """
    name, parameters = parse_content_type(content_type)
    if name == "text/csv":
        return _first_cells(body, parameters.get("charset", "utf-8"), most)
    if name != "application/json":
        found_type = f"Content-Type is {name}" if name else "Content-Type is missing"
        raise Problem(415, f"{found_type}: send application/json or text/csv")
    value = parse_json(content_type, body, most)
    sent = [key for key in FORMATS if key in value] if isinstance(value, dict) else []
    if len(sent) != 1:
        raise Problem(400, f"the body is no JSON object with one of {', '.join(FORMATS)}")
    key = sent[0]
    found = _split_cells(value[key]) if key == "dataframe_split" else _cells(key, value[key])
    require_number(len(found), most)
    return [require_string(f"{key}[{place}]", text) for place, text in enumerate(found)]


def _split_cells(frame: Any) -> list[Any]:
    rows = frame.get("data") if isinstance(frame, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, list) and row for row in rows):
        raise Problem(400, 'dataframe_split is not {"columns": ["text"], "data": [["…"], …]}')
    return [row[0] for row in rows]


def _cells(key: str, found: Any) -> list[Any]:
    """The texts of records, of a list of strings or of one-item lists, or of a dict of columns."""
    if isinstance(found, dict):
        found = next(iter(found.values()), None)
    if isinstance(found, str):
        found = [found]
    if not isinstance(found, list):
        raise Problem(400, f"{key} is {json_name(found)}: send an array")
    return [_cell(each) for each in found]


def _cell(value: Any) -> Any:
    if isinstance(value, dict):
        return next(iter(value.values()), None)
    if isinstance(value, list):
        return value[0] if value else None
    return value


def _first_cells(body: bytes, charset: str, most: int) -> list[Message]:
    codec = require_codec(charset)
    try:
        text = body.decode("utf-8-sig" if codec == "utf_8" else codec)
    except UnicodeDecodeError:
        raise Problem(400, f"the table is not text in the charset {charset[:40]!r}") from None
    cells: list[Message] = []
    try:
        rows = csv.reader(io.StringIO(text, newline=""), strict=True)
        if next(rows, None) is None:
            raise Problem(400, "the table is empty: its first line names its columns")
        for row in rows:
            if row:
                cells.append(row[0])
            require_number(len(cells), most)
    except csv.Error as error:
        raise Problem(400, f"the table is no CSV: {error}") from None
    return cells
