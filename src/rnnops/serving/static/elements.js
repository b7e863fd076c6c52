/* Elements and numbers. Messages and answers become text nodes only, never markup. */

export const $ = (id) => document.getElementById(id);
export const say = (id, ...parts) => $(id).replaceChildren(...parts);

function filled(node, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

export const element = (name, attributes = {}, ...children) =>
  filled(document.createElement(name), attributes, children);

export const drawing = (name, attributes, ...children) =>
  filled(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);

export const line = (kind, path) => drawing("path", { class: kind, d: path });

/** Text of unknown direction, which leaves the order of its neighbours alone. */
export const isolated = (text) => element("bdi", {}, text);

export const decimal = (value) => value.toFixed(4);

/** The size of a number: with its decimals or, when tiny, two digits. */
export function magnitude(value) {
  const size = Math.abs(value);
  return size === 0 || size >= 0.001 ? decimal(size) : size.toPrecision(2);
}

export const signed = (value) => (value < 0 ? "−" : "+") + magnitude(value);

/** A name for a piece of text. */
export function shortened(text, most = 60) {
  const characters = Array.from(text.trim().slice(0, 4 * most).replace(/\s+/g, " ") || "blank");
  return characters.length > most ? `${characters.slice(0, most).join("")}…` : characters.join("");
}
