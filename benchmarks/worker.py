"""A contender's process: it prepares and measures when a line on standard input asks it to.

A request is a line of JSON, `{"prepare": "module:function", "settings": {…}}` or, to measure, `{}`.
The answer is a line too, `{"value": …}` or `{"error": "…"}`. What libraries print goes to standard
error.
"""

import gc
import importlib
import json
import os
import sys
from collections.abc import Callable
from typing import Any, TextIO


def main() -> None:
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    serve(sys.stdin, answers)


def serve(requests: TextIO, answers: TextIO) -> None:
    """Answer every request until there are no more."""
    measure: Callable[[], Any] = _nothing_prepared
    for line in requests:
        request = json.loads(line)
        try:
            if "prepare" in request:
                measure = _nothing_prepared
                gc.collect()  # of the cell before
                module, function = request["prepare"].split(":")
                prepare = getattr(importlib.import_module(module), function)
                measure = prepare(**request["settings"])
                answer = {"value": None}
            else:
                answer = {"value": measure()}
        except (Exception, SystemExit) as error:  # whatever it was, the others go on
            answer = {"error": _first_line(error)}
        print(json.dumps(answer), file=answers, flush=True)


def _nothing_prepared() -> None:
    raise RuntimeError("asked to measure before anything was prepared")


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0][:200]}" if lines else type(error).__name__


if __name__ == "__main__":
    main()
