"""The building blocks of our HTML pages: style, tables, numbers with intervals."""

from html import escape
from typing import Any

from rnnops.core.bidi import has_right_to_left
from rnnops.metrics.measured import format_number

CSS = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, sans-serif; color: #1d2329; background: #fff; margin: 0 auto;
  max-width: 70rem; padding: 1rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: .5rem 0; }
h2 { font-size: 1.2rem; margin: 2.2rem 0 .6rem; }
p { max-width: 45rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .35rem .8rem .35rem 0; text-align: left; vertical-align: top;
  border-bottom: 1px solid #dfe3e8; }
thead th { border-bottom: 2px solid #1d2329; white-space: nowrap; }
td.n, th.n { text-align: right; white-space: nowrap; }
tbody th { font-weight: 600; min-width: 9rem; }
small { color: #59636e; font-weight: 400; display: block; }
.better { font-weight: 700; }
.ok { color: #00614a; } .bad { color: #b3261e; font-weight: 700; }
.pictures { display: flex; flex-wrap: wrap; gap: 1.2rem; align-items: flex-start; }
img { max-width: 100%; height: auto; max-height: 27rem; }
.mistake { border-left: 4px solid #dfe3e8; padding: .1rem 0 .1rem .8rem; margin: 0 0 1rem;
  overflow-wrap: anywhere; }
.mistake p { margin: .2rem 0; unicode-bidi: isolate; }
.explanation svg { display: block; width: 100%; max-width: 45rem; height: auto; }
.explanation p { white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: isolate;
  max-height: 32rem; overflow-y: auto; }
.explanation span { border-radius: .2em; }
.turn { color: #b3261e; }
.turn:dir(rtl) { display: inline-block; transform: scaleX(-1); }
"""


def page(title: str, parts: list[str]) -> str:
    """A page of `parts`, HTML each, that asks for nothing outside itself."""
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{CSS}</style>\n</head>\n"
        "<body>\n" + "\n".join(parts) + "\n</body>\n</html>\n"
    )


def section(title: str, content: str) -> str:
    """`content`, HTML, under a heading."""
    return f"<section>\n<h2>{escape(title)}</h2>\n{content}\n</section>"


def inline(text: str) -> str:
    """`text` escaped, for a sentence or a cell: right-to-left letters move nothing beside it."""
    return f"<bdi>{escape(text)}</bdi>" if has_right_to_left(text) else escape(text)


def table(heads: list[str], rows: list[list[str]]) -> str:
    """A table; cells are HTML, the first of a row is its header, the others are numbers."""
    first_head, *heads = heads
    head = f'<th scope="col">{first_head}</th>' + "".join(
        f'<th scope="col" class="n">{cell}</th>' for cell in heads
    )
    body = "\n".join(
        f'<tr><th scope="row">{first}</th>' + "".join(f'<td class="n">{c}</td>' for c in cells)
        + "</tr>"
        for first, *cells in rows
    )  # fmt: skip
    return (
        f'<div class="scroll"><table>\n<thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{body}\n</tbody></table></div>"
    )


def value(measured: dict[str, Any], decimals: int = 4, *, is_best: bool = False) -> str:
    """A number, as `Measured.to_json` gives it, with its interval below."""
    number, low, high = (
        format_number(measured[part], decimals=decimals) for part in ("value", "low", "high")
    )
    shown = f'<span class="better">{number}</span>' if is_best else number
    return shown if measured["low"] is None else f"{shown}<small>{low} to {high}</small>"
