// The command palette: what the page offers (data-key, data-action), and what the server lists and finds. A combobox
// with a listbox: the field keeps the focus, aria-activedescendant names the choice, a status line says how much fits.
import { labelOf, press } from "./keys.js";
import { places, score } from "./match.js";
import { gettext, ready } from "./texts.js";

const sprite = document.body.dataset.sprite;
const NS = "http://www.w3.org/2000/svg";
const WAIT = 90;
const OWN = "main :is([data-key], [data-action]), main [data-menu] .menu :is(a, button[type=submit])";
let asking = null;
let fromServer = [];
// What the arrows have chosen stays chosen when the answer arrives.
let moved = "";
// Enter before the answer has come waits for it: nothing runs that only looked best until then.
let complete = true;
let running = false;

function icon(name) {
  const svg = document.createElementNS(NS, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(NS, "use");
  use.setAttribute("href", `${sprite}#i-${name}`);
  svg.append(use);
  return svg;
}

function marked(text, words) {
  const span = document.createElement("span");
  const letters = [...text];
  let at = 0;
  for (const [from, to] of places(words, text)) {
    const hit = document.createElement("mark");
    hit.textContent = letters.slice(from, to).join("");
    span.append(letters.slice(at, from).join(""), hit);
    at = to;
  }
  span.append(letters.slice(at).join(""));
  return span;
}

function item(entry, words, index) {
  const link = document.createElement(entry.element ? "div" : "a");
  link.className = "palette-item";
  link.role = "option";
  link.id = `palette-${index}`;
  link.tabIndex = -1;
  if (entry.url) link.href = entry.url;
  link.append(icon(entry.icon || "arrow-right"), marked(entry.label, words));
  if (entry.key) {
    const keys = document.createElement("span");
    for (const key of entry.key.split(" ")) {
      const mark = document.createElement("kbd");
      mark.textContent = key;
      keys.append(mark, " ");
    }
    link.append(keys);
  } else if (entry.note) {
    const note = document.createElement("small");
    note.textContent = entry.note;
    link.append(note);
  }
  link.addEventListener("click", () => {
    link.closest("dialog").close();
    // After the dialog has given the focus back: what runs now may take it.
    if (entry.element) setTimeout(() => press(entry.element));
  });
  return link;
}

function offered(element) {
  const control = element.tagName === "LABEL" ? element.control : element;
  return control && !control.disabled && (element.checkVisibility() || element.closest("[data-menu]"));
}

function pageActions(words) {
  const found = new Map();
  for (const element of document.querySelectorAll(OWN)) {
    const label = labelOf(element);
    const value = label && offered(element) ? score(words, label) : 0;
    const same = element.href ?? label;
    if (!value || found.has(same)) continue;
    const name = element.querySelector("use")?.getAttribute("href").split("#i-")[1];
    found.set(same, { label, icon: name, key: element.dataset.key, element, value });
  }
  const items = [...found.values()];
  if (words.length) items.sort((one, other) => other.value - one.value);
  return { label: gettext("On this page"), items };
}

function group({ label, items }, words, index) {
  const box = document.createElement("div");
  box.role = "group";
  const head = document.createElement("div");
  head.className = "palette-group";
  head.id = `palette-group-${index}`;
  head.textContent = label;
  box.setAttribute("aria-labelledby", head.id);
  box.append(head, ...items.map((entry, number) => item(entry, words, index + number)));
  return box;
}

function show(dialog) {
  const words = dialog.querySelector("input").value.trim().split(/\s+/).filter(Boolean);
  const list = dialog.querySelector(".palette-list");
  let count = 0;
  const boxes = [];
  for (const one of [pageActions(words), ...fromServer]) {
    if (!one.items.length) continue;
    boxes.push(group(one, words, count));
    count += one.items.length;
  }
  list.replaceChildren(...boxes);
  dialog.querySelector("input").setAttribute("aria-expanded", count > 0);
  dialog.querySelector(".palette-empty").hidden = count > 0 || !complete;
  if (complete) dialog.querySelector("[role=status]").textContent = count ? gettext("%(count)s results", { count }) : gettext("Nothing found");
  const again = options(dialog).findIndex((option) => option.textContent === moved);
  choose(dialog, Math.max(0, again));
}

const options = (dialog) => [...dialog.querySelectorAll(".palette-item")];

function choose(dialog, index) {
  const all = options(dialog);
  const at = (index + all.length) % (all.length || 1);
  all.forEach((option, i) => option.setAttribute("aria-selected", i === at));
  const input = dialog.querySelector("input");
  if (all[at]) input.setAttribute("aria-activedescendant", all[at].id);
  else input.removeAttribute("aria-activedescendant");
  all[at]?.scrollIntoView({ block: "nearest" });
  return all[at];
}

async function search(dialog) {
  asking?.abort();
  const mine = (asking = new AbortController());
  const text = dialog.querySelector("input").value.trim();
  try {
    const response = await fetch(`${dialog.dataset.src}?q=${encodeURIComponent(text)}`, { signal: mine.signal });
    const found = response.ok ? await response.json() : { groups: [] };
    if (mine !== asking) return;
    fromServer = found.groups;
  } catch (error) {
    if (error.name === "AbortError") return;
    fromServer = [];
  }
  complete = true;
  show(dialog);
  if (running) run(dialog);
}

function run(dialog) {
  running = !complete && !moved;
  if (!running) options(dialog).find((option) => option.getAttribute("aria-selected") === "true")?.click();
}

function onKey(dialog, event) {
  if (event.isComposing) return;
  const at = options(dialog).findIndex((option) => option.getAttribute("aria-selected") === "true");
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + 8, PageUp: Math.max(0, at - 8) }[event.key];
  if (to !== undefined) {
    event.preventDefault();
    moved = choose(dialog, event.key === "PageDown" ? Math.min(to, options(dialog).length - 1) : to)?.textContent ?? "";
  } else if (event.key === "Enter") {
    event.preventDefault();
    run(dialog);
  }
}

export function start(dialog) {
  const input = dialog.querySelector("input");
  let timer = 0;
  input.addEventListener("input", () => {
    clearTimeout(timer);
    // What was found for other words does not stay beside the new ones.
    fromServer = [];
    moved = "";
    complete = running = false;
    show(dialog);
    timer = setTimeout(() => search(dialog), WAIT);
  });
  dialog.addEventListener("keydown", (event) => onKey(dialog, event));
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => asking?.abort());
  const open = async () => {
    if (dialog.open) return;
    input.value = moved = "";
    fromServer = [];
    complete = running = false;
    dialog.showModal();
    await ready;
    show(dialog);
    search(dialog);
  };
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      open();
    }
  });
  document.addEventListener("click", (event) => event.target.closest("[data-palette]") && open());
}
