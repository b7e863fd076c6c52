"""Figures on answering: a function each from the results to Markdown.

`read` gives the content of a JSON file by its path in the project.
"""

import statistics
from collections.abc import Callable
from typing import Any

from rnnops.templating.environment import markdown_table

Read = Callable[[str], Any]


def networks_table(read: Read) -> str:
    """A row for each way to read the network: its times, and what importing it costs."""
    rows = [
        (
            each["name"],
            f"{each['alone_median_ms']:.2f}",
            f"{each['alone_p99_ms']:.2f}",
            f"{each['batch_ms']:.2f}",
            f"{each['import_seconds']:.2f}" if "import_seconds" in each else "",
            f"{each['memory_mb']:.0f}" if "memory_mb" in each else "",
            f"{each['difference']:.1e}",
        )
        for each in _runtime(read)["networks"]
    ]
    heads = (
        "ms a message", "alone, median", "alone, 99%", "in batches", "import, s", "import, MB",
        "largest difference",
    )  # fmt: skip
    return markdown_table(heads, rows)


def runtime_table(read: Read) -> str:
    """What the runtime takes, beside the bar that was set for it."""
    found = _runtime(read)
    alone, batches, command, table = (
        found[name] for name in ("alone", "batches", "command", "table")
    )
    return markdown_table(
        ("", "measured", "bar"),
        [
            ("one message in process, median", f"{alone['median_ms']:.2f} ms", "1.5 ms"),
            ("one message in process, 99%", f"{alone['p99_ms']:.1f} ms", "10 ms"),
            ("raw e-mails in batches", f"{batches['a_second']:,.0f} a second", "1,500"),
            (
                "the same by scikit-learn, words, pairs and letters",
                f"{batches['sklearn_a_second']:,.0f} a second",
                "not faster",
            ),
            ("rnnops predict on one e-mail", f"{command['seconds']:.2f} s", "1.0 s"),
            ("its memory", f"{command['memory_mb']:.0f} MB", "250 MB"),
            (
                f"rnnops predict --output on {table['rows']:,} rows",
                f"{table['seconds'] / 60:.1f} minutes",
                "",
            ),
            ("its memory, all processes", f"{table['memory_mb']:.0f} MB", "500 MB"),
        ],
    )


def serving_table(read: Read) -> str:
    """A row for each server and number of clients."""
    rows = [
        (
            each["name"],
            f"{each['clients']}",
            f"{each['a_second']:,.0f}",
            f"{each['median_ms']:.1f}",
            f"{each['p99_ms']:.1f}",
            f"{each['cpu_ms']:.2f}",
            f"{each['memory_mb']:.0f}",
        )
        for each in read("benchmarks/results/serving.json")["contenders"]
    ]
    heads = ("", "clients", "requests a second", "median, ms", "99%, ms", "CPU, ms", "memory, MB")
    return markdown_table(heads, rows)


def load_table(read: Read) -> str:
    """What comes of too many requests, and of promotions meanwhile."""
    found = read("benchmarks/results/serving.json")
    overload, promotions, soak = (found[name] for name in ("overload", "promotions", "soak"))
    clearly = overload["refused"] - overload["unclear"]
    low, _, high = statistics.quantiles(overload["goodputs"], n=4)
    return markdown_table(
        ("", "measured", "bar"),
        [
            ("answered at most, 64 clients", f"{overload['capacity']:,.0f} a second", ""),
            (
                f"answered at {overload['offered']:.1f} times as many requests",
                f"{overload['goodput']:.0%} of that (quartiles {low:.0%}, {high:.0%})",
                "90%",
            ),
            (
                "the others: 503 with Retry-After",
                f"{clearly:,} of {overload['refused'] + overload['other']:,}",
                "all",
            ),
            ("connections broken meanwhile", f"{overload['broken']:,}", "0"),
            (
                f"{promotions['promotions']} promotions under load: requests answered",
                f"{promotions['answered']:,}",
                "",
            ),
            ("the same: requests failed", f"{_failed(promotions):,}", "0"),
            (
                f"{soak['minutes']} minutes of rude clients: other requests answered",
                f"{soak['answered']:,}",
                "",
            ),
            ("the same: other requests failed", f"{_failed(soak):,}", "0"),
            ("the same: answers with a status of 500 or more", f"{soak['server_errors']:,}", "0"),
            (
                "the same: memory in the second quarter and in the last",
                f"{soak['memory_mb_second_quarter']:.0f} and "
                f"{soak['memory_mb_last_quarter']:.0f} MB",
                "no growth",
            ),
        ],
    )


def _failed(counted: dict[str, Any]) -> int:
    """How many polite requests failed."""
    return sum(number for name, number in counted.items() if name.startswith("failed_"))


def _runtime(read: Read) -> Any:
    return read("benchmarks/results/runtime.json")


def _processor(part: str) -> Callable[[Read], str]:
    """What a part of the benchmark ran on."""
    return lambda read: read("benchmarks/results/serving.json")["machines"][part]["processor"]


SERVING_FIGURES: dict[str, Callable[[Read], str]] = {
    "runtime-networks": networks_table,
    "runtime": runtime_table,
    "serving": serving_table,
    "serving-processor": _processor("contenders"),
    "serving-load": load_table,
    "serving-load-processor": _processor("overload"),
}
