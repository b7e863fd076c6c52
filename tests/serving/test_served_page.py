"""The page and the reference as the server itself serves them, in a real browser."""

import pytest
from tiny_server import running

chromium = pytest.importorskip("browser.chromium", reason="no playwright: pip install playwright")
expect = pytest.importorskip("playwright.sync_api").expect
MILLISECONDS = 60_000  # the longest wait: other programs may have the cores
expect.set_options(timeout=MILLISECONDS)
pytestmark = pytest.mark.skipif(
    chromium.CHROMIUM is None, reason="no chromium: apt-get install chromium"
)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with running(tmp_path_factory.mktemp("served")) as server:
        yield server


@pytest.fixture
def page(server):
    """A page of the server's, opened; it breaks no policy and asks no other server."""
    complaints, requests = [], []
    with chromium.chromium() as browser:
        page = browser.new_page()
        page.set_default_timeout(MILLISECONDS)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text))
        page.on("request", lambda request: requests.append(request.url))
        page.goto(f"{server.address}/")
        yield page
    assert complaints == []
    assert [each for each in requests if not each.startswith((server.address, "data:"))] == []


def test_the_page_classifies_and_explains(page):
    expect(page.locator("#model")).to_contain_text("tiny")
    page.get_by_label("Message", exact=True).fill("we may win cash")
    page.get_by_role("button", name="Classify").click()
    expect(page.locator("#explanation")).to_be_visible()
    expect(page.locator("body")).to_contain_text("spam")


def test_the_reference_is_readable_under_the_policy(page):
    page.get_by_role("link", name="API").click()
    expect(page.get_by_role("heading", name="POST /predict")).to_be_visible()
    assert page.locator("main").evaluate("each => getComputedStyle(each).maxWidth") != "none"
