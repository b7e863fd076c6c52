"""The page of the server, in a real browser."""

import json
import re
from collections import deque

import pytest
from hostile_text import HOSTILE
from project import ROOT
from serving.page_server import page_server

chromium = pytest.importorskip("browser.chromium", reason="no playwright: pip install playwright")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")
sync_api = pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.skipif(
    chromium.CHROMIUM is None, reason="no chromium: apt-get install chromium"
)
expect = sync_api.expect
MILLISECONDS = 60_000  # the longest wait: other programs may have the cores
expect.set_options(timeout=MILLISECONDS)

PRIZE = ROOT / "examples" / "prize.eml"
TEXT = "You have won a free prize.\nClick here, or come to the meeting."
DESKTOP, PHONE, NARROWEST = (
    {"width": 1200, "height": 900}, {"width": 360, "height": 740}, {"width": 320, "height": 640},
)  # fmt: skip
# What an answer with an error, as some tests need it, makes Chromium print.
EXPECTED_COMPLAINT = re.compile("Failed to load resource: (the server responded|net::ERR_FAILED)")


@pytest.fixture(scope="module")
def base_url():
    with page_server() as url:
        yield url


@pytest.fixture(scope="module")
def browser():
    with chromium.chromium() as browser:
        yield browser.new_context(viewport=DESKTOP, reduced_motion="reduce")


@pytest.fixture
def page(browser, base_url):
    """The page, opened. It breaks no policy, has no error and asks no other server."""
    page = browser.new_page()
    page.set_default_timeout(MILLISECONDS)
    complaints, requests = [], []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(base_url)
    expect(page.locator("#model")).not_to_be_empty()
    yield page
    page.close()
    assert [each for each in complaints if not EXPECTED_COMPLAINT.match(each)] == []
    assert [each for each in requests if not each.startswith((base_url, "data:"))] == []


MODEL = {"model": "topics", "version": "7", "positive": None, "threshold": None}


def predicted(label="b", labels=("a", "b"), **changes):
    """An answer of /predict: `label` has the highest probability, the others share the rest."""
    rest = 0.4 / max(len(labels) - 1, 1)
    probabilities = {each: 0.6 if each == label else rest for each in labels}
    prediction = {"label": label, "probability": 0.6, "probabilities": probabilities}
    return MODEL | {"predictions": [{"id": "0123456789abcdef", **prediction}]} | changes


def explained(texts, contributions=None, label="b", **changes):
    """An answer of /explain."""
    contributions = contributions or [0.01] * len(texts)
    pieces = [
        {"text": text, "belief": (place + 1) / (len(texts) + 1), "contribution": contribution}
        for place, (text, contribution) in enumerate(zip(texts, contributions, strict=True))
    ]
    found = {"id": "0123456789abcdef", "label": label, "probability": 0.6, "pieces": pieces}
    return MODEL | found | {"turn": 0, "cut": False} | changes


def answer(page, path, body, status=200, headers=None):
    """Have /`path` answer `body` from now on."""
    page.route(
        f"**/{path}",
        lambda route: route.fulfill(
            status=status,
            headers={"Content-Type": "application/json"} | (headers or {}),
            body=body if isinstance(body, str) else json.dumps(body),
        ),
    )


def answer_all(page, labels=("a", "b"), label="b", texts=("one ", "two"), **changes):
    """Have a model of these labels answer, with the right labels known."""
    answer(page, "version", MODEL | {"labels": list(labels)})
    answer(page, "predict", predicted(label, labels))
    answer(page, "explain", explained(list(texts), label=label, **changes))


def write(page, text):
    page.get_by_label("Message", exact=True).fill(text)


def classify(page, text=TEXT):
    write(page, text)
    page.get_by_role("button", name="Classify").click()


def classify_and_explain(page, text=TEXT):
    classify(page, text)
    expect(page.locator("#explanation")).to_be_visible()


def overflow(page):
    """By how many pixels the page is wider than the window."""
    return page.evaluate("document.documentElement.scrollWidth - innerWidth")


def words(page):
    return page.get_by_role("option")


def focused(page):
    return page.evaluate("document.activeElement.textContent")


# ---- Verdict and explanation


def test_what_the_server_answers_is_shown(page):
    write(page, TEXT)
    with (
        page.expect_response("**/predict") as predict,
        page.expect_response("**/explain") as explain,
    ):
        page.get_by_role("button", name="Classify").click()
    said, why = predict.value.json(), explain.value.json()
    assert predict.value.request.post_data_json == {"text": TEXT}
    prediction = said["predictions"][0]
    verdict = page.get_by_role("region", name="Verdict")
    expect(verdict.get_by_role("heading", level=2)).to_have_text(f"Verdict {prediction['label']}")
    expect(verdict).to_contain_text(f"Its probability is {prediction['probability']:.4f}.")
    expect(verdict).to_contain_text(
        f"if the probability of {said['positive']} is greater than the threshold, "
        f"{said['threshold']:.4f}"
    )
    expect(verdict).to_contain_text(f"Model: {said['model']}, version {said['version']}.")
    for label, probability in prediction["probabilities"].items():
        row = verdict.get_by_role("row", name=re.compile(rf"^{label}\b"))
        expect(row).to_contain_text(f"{probability:.4f}")
    expect(page.get_by_role("option")).to_have_text(
        [each["text"].strip() for each in why["pieces"]]
    )
    turn = why["pieces"][why["turn"]]["text"].strip()
    expect(page.get_by_role("figure")).to_contain_text(f"“{turn}”, on the verdict stays")


def test_the_verdict_is_there_while_the_explanation_is_not(page):
    held = []
    page.route("**/explain", lambda route: held.append(route))
    classify(page)
    expect(page.get_by_role("region", name="Verdict")).to_be_visible()
    expect(page.get_by_role("progressbar", name="Reading word by word")).to_be_visible()
    expect(page.get_by_role("button", name="Classifying…")).to_be_visible()
    held.pop().continue_()
    expect(page.locator("#explanation")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_be_hidden()
    expect(page.get_by_role("button", name="Classify", exact=True)).to_be_visible()
    expect(page.locator("#progress")).to_contain_text("The explanation is ready.")


def test_an_answer_to_an_earlier_message_is_not_shown(page):
    held = []
    page.route("**/predict", lambda route: held.append(route), times=1)
    classify(page, "the earlier message")
    expect(page.get_by_role("button", name="Classifying…")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#explanation")).to_be_visible()
    shown = page.locator("main").inner_text()
    held.pop().fulfill(json=predicted("late", ("late",)))
    page.evaluate("fetch('version')")  # by then the late answer would be there
    assert page.locator("main").inner_text() == shown


def test_a_model_that_takes_over_between_the_two_answers_gives_both(page):
    answer(page, "version", MODEL | {"version": "8", "labels": ["a", "b", "c"]})
    answer(page, "explain", explained(["one"], label="c", version="8"))
    answers = deque([predicted("a"), predicted("c", ("a", "b", "c"), version="8")])
    page.route("**/predict", lambda route: route.fulfill(json=answers.popleft()))
    classify_and_explain(page)
    expect(page.locator("#label")).to_have_text("c")
    expect(page.locator("#answered-by")).to_have_text("Model: topics, version 8.")
    expect(page.get_by_role("group").get_by_role("button")).to_have_text(["a", "b", "c verdict"])


def test_the_keyboard_alone_classifies(page):
    page.get_by_label("Message", exact=True).focus()
    page.keyboard.insert_text(TEXT)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#explanation")).to_be_visible()


def test_no_message_is_an_error_and_no_request(page):
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    classify(page, "  \n")
    expect(page.get_by_role("alert").first).to_have_text("Paste a message or choose a file first.")
    expect(page.get_by_label("Message", exact=True)).to_be_focused()
    assert requests == []


# ---- Files


def drop(page, *names):
    transfer = page.evaluate_handle(
        """names => {
            const transfer = new DataTransfer();
            for (const name of names) transfer.items.add(new File(["won a prize"], name));
            return transfer;
        }""",
        list(names),
    )
    page.dispatch_event("main", "dragover", {"dataTransfer": transfer})
    expect(page.locator("body")).to_have_class("dropping")
    page.dispatch_event("main", "drop", {"dataTransfer": transfer})
    expect(page.locator("body")).not_to_have_class("dropping")


def test_a_chosen_file_is_sent_as_it_is(page):
    page.get_by_label("Choose a file").set_input_files(PRIZE)
    expect(page.get_by_text("prize.eml")).to_be_visible()
    with page.expect_request("**/predict") as request:
        page.get_by_role("button", name="Classify").click()
    assert request.value.headers["content-type"].startswith("multipart/form-data; boundary=")
    expect(page.locator("#pieces")).to_contain_text("Your address was drawn")
    page.get_by_role("button", name="Remove the file").click()
    expect(page.get_by_label("Message", exact=True)).to_be_focused()
    expect(page.get_by_text("prize.eml")).to_be_hidden()


def test_a_dropped_file_is_sent(page):
    drop(page, "mine.txt")
    expect(page.get_by_text("mine.txt")).to_be_visible()
    page.get_by_role("button", name="Classify").click()
    expect(words(page)).to_have_text(["won", "a", "prize"])


def test_two_dropped_files_are_an_error(page):
    drop(page, "one.txt", "two.txt")
    expect(page.get_by_role("alert").first).to_have_text("Choose one file at a time.")


# ---- The course


def test_the_curve_has_a_point_a_piece_with_threshold_and_turning_point(page):
    answer_all(
        page, ("ham", "spam"), "ham", ["a ", "b ", "c"], positive="spam", threshold=0.9, turn=1
    )
    classify_and_explain(page)
    paths = {
        name: page.locator(f"#course .{name}").get_attribute("d")
        for name in ("curve", "threshold", "turn-dot", "turn-line")
    }
    assert paths["curve"] == "M0.0 75.00L500.0 50.00L1000.0 25.00"
    assert paths["threshold"] == "M0 90.00H1000"  # ham stays the label above 0.1
    assert paths["turn-dot"] == "M500.0 50.00h.01"
    figure = page.get_by_role("figure")
    expect(figure).to_contain_text("Threshold, 0.1000: above it the label is ham")
    expect(figure).to_contain_text(
        "The probability of ham is 0.2500 after the first word and 0.7500 after the last. "
        "From word 2 of 3, “b”, on the verdict stays ham."
    )
    expect(figure.get_by_role("img", name="Probability of ham after each word")).to_be_visible()


def test_without_a_threshold_no_line_is_drawn(page):
    answer_all(page)
    classify_and_explain(page)
    expect(page.locator("#course .threshold")).to_have_count(0)
    expect(page.locator("#threshold-key")).to_be_hidden()
    expect(page.locator("#rule")).to_have_text(
        "The verdict is the label with the highest probability."
    )


def test_a_single_piece_is_explained(page):
    answer_all(page, texts=["one"])
    classify_and_explain(page)
    assert page.locator("#course .turn-dot").get_attribute("d") == "M500.0 50.00h.01"
    expect(page.get_by_role("figure")).to_contain_text("From the first word, “one”, on")


# ---- The words


def test_words_are_marked_by_line_as_well_as_by_colour(page):
    answer(page, "version", MODEL | {"labels": ["a", "b"]})
    answer(page, "predict", predicted())
    answer(page, "explain", explained(["for ", "against ", "weak ", "none"], [0.2, -0.1, 0.04, 0]))
    classify_and_explain(page)
    lines = "all => all.map(each => getComputedStyle(each).textDecoration.split(' ')"
    for colours in ("none", "active"):
        page.emulate_media(forced_colors=colours)
        kinds = words(page).evaluate_all(f"{lines}.filter(part => /^[a-z]+$/.test(part)))")
        assert kinds == [["underline"], ["underline", "wavy"], ["underline"], ["none"]]
    widths = words(page).evaluate_all(
        "all => all.map(each => parseFloat(getComputedStyle(each).textDecorationThickness))"
    )
    assert widths[0] > widths[1] > widths[2]


def test_one_word_is_a_tab_stop_and_arrows_move_it(page):
    answer_all(page, texts=["one ", "two ", "three"])
    classify_and_explain(page)
    stops = page.locator("[role=option][tabindex='0']")
    expect(stops).to_have_text(["one"])
    stops.focus()
    visited = []
    for key in ("ArrowRight", "ArrowDown", "ArrowDown", "ArrowLeft", "End", "Home", "ArrowUp"):
        page.keyboard.press(key)
        visited.append(focused(page))
    assert visited == ["two", "three", "three", "two", "three", "one", "one"]
    expect(stops).to_have_text(["one"])
    expect(page.get_by_role("option", selected=True)).to_have_text(["one"])
    page.keyboard.press("Tab")
    expect(words(page).first).not_to_be_focused()


def test_the_word_in_focus_is_described_and_marked_on_the_curve(page):
    answer_all(page, texts=["one ", "two ", "three"], turn=1)
    classify_and_explain(page)
    words(page).nth(1).focus()
    expect(page.locator("#detail")).to_have_text(
        "“two” is word 2 of 3. Without it the probability of b is 0.0100 lower. After it the "
        "probability is 0.5000. This is the turning point."
    )
    assert page.locator("#course .cursor").get_attribute("d") == "M500.0 0V100"
    words(page).nth(2).hover()
    expect(page.locator("#detail")).to_contain_text("“three” is word 3 of 3.")


def test_in_right_to_left_text_the_arrow_to_the_left_goes_on(page):
    answer_all(page, texts=["لقد ", "ربحت ", "جائزة"])
    classify_and_explain(page)
    words(page).first.focus()
    page.keyboard.press("ArrowLeft")
    assert focused(page) == "ربحت"
    page.keyboard.press("ArrowRight")
    assert focused(page) == "لقد"


def test_a_word_of_the_table_of_strongest_leads_to_its_place(page):
    answer(page, "version", MODEL | {"labels": ["a", "b"]})
    answer(page, "predict", predicted())
    answer(page, "explain", explained(["weak ", "none ", "against"], [0.00004, 0, -0.25]))
    classify_and_explain(page)
    rows = page.get_by_role("table", name="Strongest words").get_by_role("row")
    expect(rows).to_have_text(
        ["WordsEffectContribution", "againstopposes−0.2500", "weaksupports+0.000040"]
    )
    expect(page.locator("#words-summary")).to_contain_text("without the word: at most 0.2500.")
    words(page).first.focus()
    expect(page.locator("#detail")).to_contain_text("the probability of b is 0.000040 lower.")
    page.get_by_role("button", name="against").click()
    expect(words(page).nth(2)).to_be_focused()


def test_all_words_are_in_a_table(page):
    answer_all(page, texts=["one ", "two"])
    classify_and_explain(page)
    page.get_by_text("All 2 words as a table").click()
    rows = page.get_by_role("table", name="All words in reading order").get_by_role("row")
    expect(rows.nth(1)).to_have_text("1one0.3333+0.0100")
    expect(rows).to_have_count(3)


# ---- Texts and labels of any kind


def test_hostile_text_and_labels_are_text(page):
    label = "<b>bold</b>"
    pieces = re.findall(r"\s*\S+\s*", HOSTILE)
    answer_all(page, (label, HOSTILE), label, pieces)
    classify_and_explain(page, HOSTILE)
    expect(page.locator("#label")).to_have_text(label)
    assert page.locator("#pieces").text_content() == HOSTILE
    assert page.locator("script").count() == 1  # the page's own
    assert page.locator("b, img").count() == 0


@pytest.mark.parametrize(
    "text",
    [
        "您中奖了，请点击领取奖品",
        "لقد ربحت جائزة مجانية",
        "won " * 12_500,
        "\n\t won  a\n",
        "w" * 999,
    ],
)
def test_any_text_is_shown_whole(page, text):
    classify_and_explain(page, text)
    assert page.locator("#pieces").text_content() == text
    page.set_viewport_size(NARROWEST)
    assert overflow(page) <= 0


def test_a_long_text_is_in_parts_and_what_was_left_out_is_said(page):
    answer_all(page, texts=["one two ", "three four"], cut=True)
    classify_and_explain(page)
    expect(page.locator("#words-summary")).to_contain_text(
        "each of its 2 parts holds several words"
    )
    expect(page.locator("#words-summary")).to_contain_text("Only the first 50,000 characters")


LABELS = [f"label {place:02}" for place in range(18)] + ["unbreakable" * 12, "تسمية طويلة"]


@pytest.mark.parametrize("size", [NARROWEST, {"width": 640, "height": 450}, DESKTOP])
def test_twenty_labels_fit(page, size):
    page.set_viewport_size(size)
    answer_all(page, LABELS, LABELS[-2])
    classify_and_explain(page)
    expect(page.get_by_role("group").get_by_role("button")).to_have_count(20)
    page.get_by_text("The other 15 labels").click()
    page.get_by_text("All 2 words as a table").click()
    assert overflow(page) <= 0


# ---- Feedback


@pytest.mark.parametrize(
    ("outcome", "pressed"),
    [("accepted", True), ("known", True), ("held", True), ("rejected", False)],
)
def test_the_right_label_is_sent_and_the_outcome_said(page, outcome, pressed):
    answer_all(page)
    answer(page, "feedback", {"outcome": outcome, "detail": "So it is."})
    classify_and_explain(page)
    with page.expect_request("**/feedback") as request:
        page.get_by_role("button", name="a", exact=True).click()
    assert request.value.post_data_json == {"id": "0123456789abcdef", "label": "a"}
    expect(page.locator("#outcome")).to_contain_text("So it is.")
    button = page.get_by_role("button", name="a", exact=True)
    expect(button).to_have_attribute("aria-pressed", str(pressed).lower())


def test_a_forgotten_answer_is_sent_as_text(page):
    answer_all(page)
    sent = []

    def forget(route):
        sent.append(route.request.post_data_json)
        known = "text" in sent[-1]
        body = {"outcome": "accepted", "detail": "Kept."} if known else {"title": "Not found"}
        route.fulfill(status=200 if known else 404, json=body)

    page.route("**/feedback", forget)
    classify_and_explain(page)
    page.get_by_role("button", name="a", exact=True).click()
    expect(page.locator("#outcome")).to_have_text("Saved. Kept.")
    assert sent == [{"id": "0123456789abcdef", "label": "a"}, {"text": TEXT, "label": "a"}]


def test_feedback_that_fails_is_said_beside_it(page):
    answer_all(page)
    answer(page, "feedback", {"title": "Bad", "detail": "The store is locked."}, status=500)
    classify_and_explain(page)
    page.get_by_role("button", name="a", exact=True).click()
    expect(page.locator("#feedback-problem")).to_have_text("The store is locked.")
    expect(page.locator("#outcome")).to_be_empty()


# ---- Errors


@pytest.mark.parametrize(
    ("status", "body", "headers", "sentence"),
    [
        (413, {"detail": "It is longer than 1 MB."}, {}, "It is longer than 1 MB."),
        (413, "<html>", {}, "The message is too large."),
        (503, {"detail": "x"}, {"Retry-After": "2"}, "The server is busy. Try again in 2 s."),
        (503, {"detail": "x"}, {}, "The server is busy. Try again in a moment."),
        (422, {"title": "No text", "detail": "It has no text."}, {}, "It has no text."),
        (422, {"detail": [{"loc": ["body"]}], "title": "Not valid."}, {}, "Not valid."),
        (502, "<html>", {}, "The server answered with an error, status 502."),
        (200, "<html>", {}, "The server gave an answer that this page cannot read."),
    ],
)
def test_an_error_is_one_sentence(page, status, body, headers, sentence):
    answer(page, "predict", body, status, headers)
    classify(page)
    expect(page.locator("#problem")).to_have_text(sentence)
    expect(page.locator("#problem")).to_have_attribute("role", "alert")
    expect(page.get_by_role("region", name="Verdict")).to_be_hidden()
    expect(page.get_by_role("button", name="Classify", exact=True)).to_be_visible()


def test_a_server_that_is_away_is_reported_and_may_come_back(page):
    page.route("**/predict", lambda route: route.abort(), times=1)
    classify(page)
    expect(page.locator("#problem")).to_have_text(
        "The server cannot be reached. Check the connection and try again."
    )
    classify_and_explain(page)
    expect(page.locator("#problem")).to_be_empty()


def test_without_an_explanation_the_verdict_stays(page):
    answer(page, "explain", {"detail": "Too long."}, status=422)
    classify(page)
    expect(page.locator("#explanation-problem")).to_have_text(
        "The verdict could not be explained. Too long."
    )
    expect(page.get_by_role("region", name="Verdict")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_be_hidden()


# ---- The token


def ask_for_token(page, token):
    def check(route):
        if route.request.headers.get("authorization") == f"Bearer {token}":
            route.continue_()
        else:
            route.fulfill(status=401, json={"title": "Unauthorized"})

    page.route(re.compile("/(predict|explain|feedback)$"), check)


def give_token(page, token):
    page.get_by_label("Bearer token").fill(token)
    page.keyboard.press("Enter")


def test_a_token_is_asked_for_once_and_kept_nowhere(page):
    ask_for_token(page, "secret")
    classify(page)
    dialog = page.get_by_role("dialog", name="This server asks for a token")
    expect(dialog.get_by_label("Bearer token")).to_be_focused()
    give_token(page, "wrong")
    expect(page.get_by_role("dialog", name="did not accept this token")).to_be_visible()
    expect(page.get_by_label("Bearer token")).to_be_empty()
    give_token(page, "secret")
    expect(page.locator("#explanation")).to_be_visible()
    classify_and_explain(page, "another")
    assert page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]") == [
        0,
        0,
        "",
    ]
    assert "secret" not in page.content()


def test_without_a_token_there_is_no_answer(page):
    ask_for_token(page, "secret")
    classify(page)
    give_token(page, "no blanks please")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator("#problem")).to_have_text("The server answers only with a token.")


# ---- For everybody


def sent_back(page):
    answer(page, "feedback", {"outcome": "accepted", "detail": "The message is kept."})
    classify_and_explain(page)
    page.get_by_role("group").get_by_role("button").first.click()
    expect(page.locator("#outcome")).to_contain_text("Saved.")
    page.get_by_text("words as a table").click()
    words(page).nth(2).focus()


def waiting(page):
    page.route("**/explain", lambda _: None)
    classify(page)
    expect(page.get_by_role("progressbar")).to_be_visible()


def refused(page):
    answer(page, "explain", {"detail": "Too long."}, status=422)
    classify(page)
    expect(page.locator("#explanation-problem")).not_to_be_empty()
    answer(page, "predict", {"detail": "Too long."}, status=413)
    page.get_by_label("Choose a file").set_input_files(PRIZE)


def failed(page):
    answer(page, "predict", {"detail": "Too long."}, status=413)
    classify(page)
    expect(page.locator("#problem")).not_to_be_empty()


def many_labels(page):
    answer_all(page, LABELS, LABELS[-1], [HOSTILE[:90], "  ", "لقد"])
    classify_and_explain(page)
    page.get_by_text("The other 15 labels").click()


def asked_for_token(page):
    ask_for_token(page, "secret")
    classify(page)
    expect(page.get_by_role("dialog")).to_be_visible()


STATES = [lambda _: None, waiting, sent_back, refused, failed, many_labels, asked_for_token]
NAMES = ["empty", "verdict", "explained", "refused", "error", "many labels", "token"]


@pytest.mark.parametrize("reach", STATES, ids=NAMES)
def test_axe_finds_nothing_and_nothing_is_wider_than_a_phone(page, reach):
    reach(page)
    checker = axe.Axe()
    for colour_scheme in ("light", "dark"):
        page.emulate_media(color_scheme=colour_scheme)
        for size in (DESKTOP, PHONE):
            page.set_viewport_size(size)
            found = checker.run(page)
            assert found.violations_count == 0, found.generate_report()
    page.set_viewport_size(NARROWEST)
    assert overflow(page) <= 0


def test_every_tab_stop_shows_the_focus(page):
    answer_all(page)
    classify_and_explain(page)
    page.get_by_role("link", name="API").focus()
    outlined = """() => {
        const focused = document.activeElement;
        const shown = focused.type == "file" ? focused.labels[0] : focused;
        const {outlineStyle, outlineWidth} = getComputedStyle(shown);
        return [shown.textContent.trim(), outlineStyle, parseInt(outlineWidth)];
    }"""
    stops = []
    for _ in range(9):
        page.keyboard.press("Tab")
        name, style, width = page.evaluate(outlined)
        assert style == "solid", name
        assert width >= 2, name
        stops.append(name)
    assert stops[1:] == [
        *("Choose a file", "Classify", "a", "b verdict"),
        *("one", "one", "two", "All 2 words as a table"),
    ]


def test_the_whole_text_is_printed(page):
    classify_and_explain(page, "won a prize\n" * 100)
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.locator("#composer")).to_be_hidden()
    expect(page.get_by_role("group")).to_be_hidden()
    text = page.locator("#pieces")
    assert text.evaluate("each => each.scrollHeight <= each.clientHeight")
    assert (
        page.locator("body").evaluate("each => getComputedStyle(each).color") == "rgb(29, 35, 41)"
    )


def test_the_policy_lets_no_script_of_a_message_run(browser, base_url):
    page = browser.new_page()
    response = page.goto(base_url)
    policy = response.header_value("content-security-policy")
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    stopped = page.evaluate(
        """() => new Promise(resolve => {
            addEventListener("securitypolicyviolation", each => resolve(each.violatedDirective));
            const script = document.createElement("script");
            script.textContent = "document.title = 'run'";
            document.body.append(script);
        })"""
    )
    assert stopped.startswith("script-src")
    assert page.title() != "run"
    page.close()
