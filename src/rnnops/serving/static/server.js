/* Requests to the server; what goes wrong with them becomes a sentence for the reader. */

import { $, say } from "./elements.js";

/** What went wrong, as a sentence for the reader. */
export class Failure extends Error {
  constructor(sentence, status) {
    super(sentence);
    this.status = status;
  }
}

let token = null; // in memory only

export async function call(path, body, signal) {
  let response = await send(path, body, signal);
  while (response.status === 401) {
    await askForToken();
    response = await send(path, body, signal);
  }
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw new Failure(describeProblem(response, answer), response.status);
  if (answer === null) throw new Failure("The server gave an answer that this page cannot read.");
  return answer;
}

async function send(path, body, signal) {
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  const isJson = body && !(body instanceof FormData);
  if (isJson) headers["Content-Type"] = "application/json";
  try {
    const method = body ? "POST" : "GET";
    return await fetch(path, { method, headers, body: isJson ? JSON.stringify(body) : body, signal });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Failure("The server cannot be reached. Check the connection and try again.");
  }
}

function describeProblem({ status, headers }, problem) {
  const reason = [problem?.detail, problem?.title].find((said) => typeof said === "string") ?? "";
  if (status === 413) return reason || "The message is too large.";
  if (status === 503) {
    const seconds = Number(headers.get("Retry-After"));
    return `The server is busy. Try again in ${seconds > 0 ? `${seconds} s` : "a moment"}.`;
  }
  return reason || `The server answered with an error, status ${status}.`;
}

async function askForToken() {
  const dialog = $("token-dialog");
  say("token-title", token ? "The server did not accept this token" : "This server asks for a token");
  dialog.returnValue = "";
  dialog.showModal();
  await new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
  token = dialog.returnValue ? $("token").value : null;
  $("token").value = "";
  if (!token) throw new Failure("The server answers only with a token.");
}
