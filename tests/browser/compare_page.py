"""MLflow's page that compares runs, in a real browser.

As a program it makes the picture in the documentation from a store that holds real runs:

    PYTHONPATH=tests python -m browser.compare_page mlruns spam-email docs/images/mlflow-compare.png
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from browser.chromium import chromium
from mlflow_server import MlflowServer
from playwright.sync_api import Page

SIZE = {"width": 1400, "height": 900}
NETWORKS = 'tags."rnnops.role" = "network"'
SECONDS_TO_DRAW = 120
PLOT = ".js-plotly-plot"
RUN_NAMES = "[role=gridcell][col-id='attributes.`Run Name`'] a"
HEADS = ".ag-header-cell[col-id^='metrics.']"
DRAWN = f"""() => {{
    const [{{data: [trace], _fullLayout: layout}}] = document.querySelectorAll("{PLOT}");
    if (trace.type == "parcoords")
        return Object.fromEntries(trace.dimensions.map(each => [each.label, each.values]));
    const numbers = values => [...values].map(each => isNaN(each) ? each : Number(each));
    return {{
        [layout.xaxis.title.text]: numbers(trace.x),
        [layout.yaxis.title.text]: numbers(trace.y),
        names: trace.text.map(each => each.match("<b>(.*?)</b>")[1]),
    }};
}}"""


class ComparePage:
    """The page; `drawn` is what the plot in sight shows, one list of values by name."""

    def __init__(self, page: Page) -> None:
        self._page = page

    @property
    def drawn(self) -> dict[str, list[Any]]:
        return self._page.evaluate(DRAWN)

    def open(self, uri: str, experiment_id: str) -> None:
        """Tick the experiment's networks in the list of runs, press Compare."""
        runs = f"{uri}/#/experiments/{experiment_id}/runs"
        self._page.goto(f"{runs}?searchFilter={quote(NETWORKS)}")
        self._page.get_by_label("Select all runs").check()
        self._close_assistant()
        self._page.get_by_role("button", name="Compare", exact=True).click()
        self._page.locator(PLOT).wait_for()

    def open_list(self, uri: str, experiment_id: str, query: str) -> None:
        """The list of the experiment's runs."""
        self._page.goto(f"{uri}/#/experiments/{experiment_id}/runs?{query}")
        self._page.locator(RUN_NAMES).first.wait_for()
        self._page.locator(HEADS).first.wait_for()
        self._close_assistant()

    def _close_assistant(self) -> None:
        assistant = self._page.get_by_role("button", name="Close", exact=True)
        if assistant.is_visible():
            assistant.click()

    @property
    def rows(self) -> list[str]:
        """The names of the runs in the list, children folded away."""
        return self._page.locator(RUN_NAMES).all_inner_texts()

    @property
    def metric_columns(self) -> list[str]:
        """The metrics in sight in the list, from left to right."""
        return self._page.locator(HEADS).all_inner_texts()

    @property
    def text(self) -> str:
        """All that is written on the page."""
        return self._page.locator("body").inner_text()

    def tab(self, name: str) -> None:
        """Show the plot of that name."""
        self._page.get_by_role("tab", name=name).click()
        self._page.get_by_role("tab", name=name, selected=True).wait_for()
        self._page.locator(PLOT).wait_for()

    def choose(self, axis: str, key: str) -> None:
        """Put a parameter or metric on the scatter plot's `x` or `y` axis."""
        self._page.locator(f"#{axis}-axis-selector").click()
        self._page.get_by_role("option", name=key, exact=True).click()
        self._page.locator(f"{PLOT} .{axis}title", has_text=key).wait_for()

    def draw(self, path: Path) -> None:
        """A screenshot of the page."""
        self._page.screenshot(path=path)

    def draw_plot(self) -> bytes:
        """A screenshot of the plot alone, PNG."""
        return self._page.locator(PLOT).screenshot()


@contextmanager
def compare_page() -> Iterator[ComparePage]:
    """A page in a headless Chromium of its own."""
    with chromium() as browser:
        page = browser.new_page(viewport=SIZE)
        page.set_default_timeout(1000 * SECONDS_TO_DRAW)
        yield ComparePage(page)


def main(store: str, experiment: str, picture: str) -> None:
    import mlflow

    with MlflowServer(Path(store).absolute()) as server, compare_page() as page:
        found = mlflow.MlflowClient(server.uri).get_experiment_by_name(experiment)
        page.open(server.uri, found.experiment_id)
        page.draw(Path(picture))


if __name__ == "__main__":
    main(*sys.argv[1:])
