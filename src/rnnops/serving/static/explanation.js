/* How the verdict came about: the curve of its probability, the marked text, and both as tables. */

import { $, decimal, drawing, element, isolated, line, magnitude, say, shortened, signed } from "./elements.js";

const STRONGEST = 8; // words in the short table
const FAINTEST = 0.02; // of the strongest contribution: below it a word stays unmarked
const STRENGTHS = 4; // classes in page.css
const PLOT = { width: 1000, height: 100 }; // the view box; page.css stretches it

export const hasThreshold = ({ positive, threshold }) => positive !== null && threshold !== null;

export function showExplanation(explanation) {
  const { pieces } = explanation;
  const noun = pieces.some(({ text }) => /\s/.test(text.trim())) ? "part" : "word";
  const strongest = Math.max(...pieces.map(({ contribution }) => Math.abs(contribution)));
  const explained = { ...explanation, noun, strongest };
  const markOnCurve = drawCourse(explained);
  const select = showPieces(explained, markOnCurve);
  showTables(explained, select);
  $("explanation").hidden = false;
}

/** Draws the curve; returns the function that marks a piece on it. */
function drawCourse(explained) {
  const { label, pieces, turn, noun, positive, threshold } = explained;
  const across = (index) => (PLOT.width * (pieces.length > 1 ? index / (pieces.length - 1) : 0.5)).toFixed(1);
  const down = (value) => (PLOT.height * (1 - value)).toFixed(2);
  const level = (kind, value) => line(kind, `M0 ${down(value)}H${PLOT.width}`);
  const upright = (index) => `M${across(index)} 0V${PLOT.height}`;
  const points = pieces.map(({ belief }, index) => `${across(index)} ${down(belief)}`);
  const curve = `M${points.join("L")}`;
  const limit = label === positive ? threshold : 1 - threshold; // of the verdict's own probability
  const mark = line("cursor", "");
  say("course",
    ...[0, 0.5, 1].map((value) => level("grid", value)),
    line("area", `${curve}V${PLOT.height}H${across(0)}Z`),
    ...(hasThreshold(explained) ? [level("threshold", limit)] : []),
    line("turn-line", upright(turn)),
    line("curve", curve),
    mark,
    line("turn-dot", `M${points[turn]}h.01`), // a dot however the plot is stretched
  );
  say("course-name", "Probability of ", isolated(label), ` after each ${noun}`);
  say("threshold-name", `Threshold, ${decimal(limit)}: above it the label is `, isolated(label));
  $("threshold-key").hidden = !hasThreshold(explained);
  say("course-summary", ...describeCourse(explained));
  return (index) => mark.setAttribute("d", upright(index));
}

function describeCourse({ label, pieces, turn, noun }) {
  const [first, last] = [decimal(pieces[0].belief), decimal(pieces.at(-1).belief)];
  const place = turn === 0 ? `the first ${noun}` : `${noun} ${turn + 1} of ${pieces.length}`;
  return [
    "The probability of ", isolated(label), ` is ${first} after the first ${noun} and ${last} after the last. `,
    `From ${place}, “`, isolated(shortened(pieces[turn].text)), "”, on the verdict stays ", isolated(label), ".",
  ];
}

/** Shows the text as options, one of them selected; returns the function that selects one. */
function showPieces(explained, markOnCurve) {
  const { pieces, cut, noun, strongest } = explained;
  const options = pieces.map((piece, index) => pieceOption(piece, index, explained));
  const last = options.length - 1;
  let selected = 0;
  const select = (index) => {
    for (const place of [selected, index]) {
      options[place].ariaSelected = String(place === index);
      options[place].tabIndex = place === index ? 0 : -1;
    }
    selected = index;
    markOnCurve(index);
    say("detail", ...describePiece(explained, index));
  };
  options.forEach((option, index) => {
    option.addEventListener("focus", () => select(index));
    option.addEventListener("pointerenter", () => select(index));
  });
  options[0].tabIndex = 0;
  $("pieces").onkeydown = (event) => {
    const forward = $("pieces").matches(":dir(rtl)") ? "ArrowLeft" : "ArrowRight";
    const place = placeAfter(event.key, forward, selected, last);
    if (place === null) return;
    event.preventDefault();
    options[place].focus();
  };
  say("pieces", ...pieces.flatMap(({ text }, index) => withBlanks(text, options[index])));
  say("detail");
  say("words-summary",
    `The stronger the mark, the more the probability changes without the ${noun}: at most ${magnitude(strongest)}.`,
    noun === "part" ? ` The text is long: each of its ${pieces.length} parts holds several words.` : "",
    cut ? " Only the first 50,000 characters are explained." : "",
  );
  return (index) => options[index].focus();
}

function placeAfter(key, forward, place, last) {
  if (key === "Home") return 0;
  if (key === "End") return last;
  if (key === forward || key === "ArrowDown") return Math.min(place + 1, last);
  return key.startsWith("Arrow") ? Math.max(place - 1, 0) : null;
}

function pieceOption({ text, contribution }, index, { strongest, turn }) {
  const attributes = { role: "option", "aria-selected": "false", tabindex: "-1", class: "piece" };
  const option = element("span", attributes, text.trim());
  const share = strongest ? Math.abs(contribution) / strongest : 0;
  if (share > FAINTEST) option.classList.add(effectOf(contribution), `strength-${Math.ceil(share * STRENGTHS)}`);
  if (index === turn) option.classList.add("turn");
  if (!text.trim()) option.ariaLabel = "blank";
  return option;
}

const effectOf = (contribution) => (contribution > 0 ? "supports" : "opposes");

/** The blanks around a piece carry no mark. */
function withBlanks(text, option) {
  const begin = text.length - text.trimStart().length;
  return [text.slice(0, begin), option, text.slice(Math.max(text.trimEnd().length, begin))];
}

function describePiece({ pieces, turn, label, noun }, index) {
  const { text, belief, contribution } = pieces[index];
  const change = `${magnitude(contribution)} ${contribution > 0 ? "lower" : "higher"}`;
  return [
    element("strong", {}, "“", isolated(shortened(text)), "”"),
    ` is ${noun} ${index + 1} of ${pieces.length}. Without it the probability of `, isolated(label),
    ` is ${contribution === 0 ? "the same" : change}. After it the probability is ${decimal(belief)}.`,
    index === turn ? " This is the turning point." : "",
  ];
}

function showTables({ pieces, noun }, select) {
  const ranked = pieces
    .map((piece, index) => ({ ...piece, index }))
    .filter(({ contribution }) => contribution !== 0)
    .sort((one, other) => Math.abs(other.contribution) - Math.abs(one.contribution));
  const number = (text, kind = "") => element("td", { class: `number ${kind}` }, text);
  const head = (...children) => element("th", { scope: "row" }, ...children);
  const strongRow = ({ text, contribution, index }) => {
    const find = element("button", { type: "button", class: "link" }, isolated(shortened(text)));
    find.addEventListener("click", () => select(index));
    const effect = element("span", { class: `piece strength-3 ${effectOf(contribution)}` }, effectOf(contribution));
    return element("tr", {}, head(find), element("td", { class: "effect" }, effect), number(signed(contribution)));
  };
  const row = ({ text, belief, contribution }, index) => {
    const numbers = [number(decimal(belief)), number(signed(contribution))];
    return element("tr", {}, number(index + 1, "place"), head(isolated(shortened(text))), ...numbers);
  };
  $("strongest-table").hidden = ranked.length === 0;
  say("strongest", ...ranked.slice(0, STRONGEST).map(strongRow));
  say("all-pieces-summary", `All ${pieces.length} ${noun}s as a table`);
  say("all-pieces", ...pieces.map(row));
}
