/* The page of `rnnops serve`: from the message to its verdict, and the right label back. */

import { $, decimal, drawing, element, isolated, line, say } from "./elements.js";
import { hasThreshold, showExplanation } from "./explanation.js";
import { Failure, call } from "./server.js";

const SHOWN_LABELS = 5; // of many, before the reader asks for the others

/* ---- The message ---- */

let chosenFile = null;

function chooseFile(file) {
  chosenFile = file;
  $("file").value = "";
  $("written").hidden = Boolean(file);
  $("chosen").hidden = !file;
  say("file-name", file?.name ?? "");
  say("file-size", file ? `${Math.ceil(file.size / 1000).toLocaleString("en")} kB` : "");
  say("problem");
}

function chooseOne(files) {
  if (files.length === 1) chooseFile(files[0]);
  else say("problem", "Choose one file at a time.");
}

/** What /predict and /explain take, or null. */
function enteredMessage() {
  if (!chosenFile) return $("text").value.trim() ? { text: $("text").value } : null;
  const form = new FormData();
  form.append("file", chosenFile);
  return form;
}

/* ---- First the verdict, then the explanation ---- */

let running = new AbortController(); // of the message that was sent last
let version = null; // of the model that answered last, with its labels

function submit() {
  const message = enteredMessage();
  if (message) return classify(message);
  say("problem", "Paste a message or choose a file first.");
  $("text").focus();
}

async function classify(message) {
  running.abort();
  running = new AbortController();
  const { signal } = running;
  clearAnswer();
  setBusy(true);
  say("progress", "Classifying.");
  try {
    const answer = await call("predict", message, signal);
    const verdict = { ...answer, ...answer.predictions[0], text: message.text };
    await loadVersion(verdict, signal);
    showVerdict(verdict);
    await explain(verdict, message, signal);
  } catch (error) {
    showFailure("problem", error, signal);
  }
  if (!signal.aborted) setBusy(false);
}

async function explain(verdict, message, signal) {
  $("waiting").hidden = false;
  try {
    const explanation = await call("explain", message, signal);
    if (explanation.version !== verdict.version) return classify(message); // another model took over
    if (!explanation.cut) verdict.text ??= explanation.pieces.map(({ text }) => text).join("");
    showExplanation(explanation);
    $("progress").append(" The explanation is ready.");
  } catch (error) {
    showFailure("explanation-problem", error, signal, "The verdict could not be explained. ");
  }
  if (!signal.aborted) $("waiting").hidden = true;
}

function showFailure(place, error, signal, before = "") {
  if (signal?.aborted) return; // another message was sent
  const isKnown = error instanceof Failure;
  if (!isKnown) console.error(error);
  say("progress");
  say(place, before + (isKnown ? error.message : "The server gave an answer that this page cannot show."));
}

const setBusy = (isBusy) => say("classify", isBusy ? "Classifying…" : "Classify");

function clearAnswer() {
  for (const id of ["problem", "explanation-problem", "feedback-problem", "outcome"]) say(id);
  for (const id of ["intro", "verdict", "waiting", "explanation"]) $(id).hidden = true;
}

/** Asks again once another version answers: its labels may differ. */
async function loadVersion(answer, signal) {
  if (answer && version?.model === answer.model && version.version === answer.version) return;
  version = await call("version", null, signal);
  say("model", nameModel(version));
}

const nameModel = ({ model, version: number }) => (number === null ? model : `${model}, version ${number}`);

/* ---- Verdict ---- */

function showVerdict(verdict) {
  const ranked = Object.entries(verdict.probabilities).sort(([, one], [, other]) => other - one);
  const rows = ranked.map(([label, value]) => probabilityRow(label, value, verdict));
  say("label", verdict.label);
  say("sentence", "Its probability is ", element("strong", {}, decimal(verdict.probability)), ".");
  say("likeliest", ...rows.slice(0, SHOWN_LABELS));
  say("other-labels", ...rows.slice(SHOWN_LABELS));
  $("all-labels").hidden = rows.length <= SHOWN_LABELS;
  say("all-labels-summary", `The other ${rows.length - SHOWN_LABELS} labels`);
  say("rule", ...describeRule(verdict));
  say("answered-by", `Model: ${nameModel(verdict)}.`);
  showLabels(verdict);
  $("verdict").hidden = false;
  $("verdict").scrollIntoView({ block: "nearest" });
  say("progress", `Verdict: ${verdict.label}, probability ${decimal(verdict.probability)}.`);
}

function probabilityRow(label, value, verdict) {
  const isPositive = hasThreshold(verdict) && label === verdict.positive;
  const box = { viewBox: "0 0 1000 8", preserveAspectRatio: "none", "aria-hidden": "true" };
  const bar = drawing("svg", box, line("track", "M0 4H1000"), line("share", `M0 4H${1000 * value}`));
  if (isPositive) bar.append(line("tick", `M${1000 * verdict.threshold} -3V11`));
  const tag = isPositive ? [" ", element("span", { class: "tag" }, "positive label")] : [];
  return element("tr", {},
    element("th", { scope: "row" }, isolated(label), ...tag),
    element("td", {}, element("span", { class: "measure" }, element("span", {}, decimal(value)), bar)),
  );
}

function describeRule(verdict) {
  if (!hasThreshold(verdict)) return ["The verdict is the label with the highest probability."];
  const [one, other] = [isolated(verdict.positive), isolated(verdict.positive)];
  const limit = `is greater than the threshold, ${decimal(verdict.threshold)}, the line across its bar.`;
  return ["The verdict is ", one, " if the probability of ", other, ` ${limit}`];
}

/* ---- Feedback ---- */

const OUTCOMES = { accepted: "Saved.", known: "Known already.", held: "Held for review.", rejected: "Not saved." };

function showLabels(verdict) {
  const buttons = version.labels.map((label) => {
    const tag = label === verdict.label ? [" ", element("span", { class: "tag" }, "verdict")] : [];
    const button = element("button", { type: "button", "aria-pressed": "false" }, isolated(label), ...tag);
    button.addEventListener("click", () => sendLabel(verdict, label, button));
    return button;
  });
  say("labels", ...buttons);
}

async function sendLabel(verdict, label, button) {
  const { signal } = running;
  say("outcome", "Sending.");
  say("feedback-problem");
  try {
    const { outcome, detail } = await sendFeedback(verdict, label, signal);
    for (const each of $("labels").children) each.ariaPressed = String(each === button && outcome !== "rejected");
    say("outcome", `${OUTCOMES[outcome] ?? ""} ${detail}`.trim());
  } catch (error) {
    if (!signal.aborted) say("outcome");
    showFailure("feedback-problem", error, signal);
  }
}

/** By the answer's id; by the text once the server has forgotten the answer. */
async function sendFeedback(verdict, label, signal) {
  try {
    return await call("feedback", { id: verdict.id, label }, signal);
  } catch (error) {
    if (error.status !== 404 || !verdict.text) throw error;
    return call("feedback", { text: verdict.text, label }, signal);
  }
}

/* ---- What the reader does ---- */

const bringsFiles = (event) => event.dataTransfer.types.includes("Files");
const showDropping = (isDropping) => document.body.classList.toggle("dropping", isDropping);

$("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || $("token-dialog").open) return;
  event.preventDefault();
  submit();
});
$("file").addEventListener("change", () => chooseOne($("file").files));
$("remove-file").addEventListener("click", () => {
  chooseFile(null);
  $("text").focus();
});
addEventListener("dragover", (event) => {
  if (!bringsFiles(event)) return;
  event.preventDefault(); // else the browser opens the file
  showDropping(true);
});
addEventListener("dragleave", () => showDropping(false));
addEventListener("drop", (event) => {
  showDropping(false);
  if (!bringsFiles(event)) return;
  event.preventDefault();
  chooseOne(event.dataTransfer.files);
});

loadVersion().catch((error) => showFailure("problem", error));
