// Single keys and sequences ("g i") press the element that carries data-key. Never inside fields, and not at all
// where the person switched them off (WCAG 2.1.4).
const FIELDS = "input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable]";
let typed = "";
let timer = 0;

function press(element) {
  const control = element.tagName === "LABEL" ? element.control : element;
  if (element.matches(FIELDS)) element.focus();
  else control.click();
  if (control?.type === "radio") control.dispatchEvent(new CustomEvent("picked", { bubbles: true }));
}

function target(keys) {
  const scope = document.querySelector("dialog[open]") ?? document;
  const found = [...scope.querySelectorAll("[data-key]")].filter((element) => element.dataset.key === keys);
  return found.find((element) => element.checkVisibility() && !element.disabled) ?? found.find((e) => e.closest("[data-menu]"));
}

function begins(keys) {
  return [...document.querySelectorAll("[data-key]")].some((element) => element.dataset.key.startsWith(`${keys} `));
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (document.body.dataset.keys === "off" || event.target.closest?.(FIELDS)) return;
  if (event.key.length !== 1 || event.key === " ") return;
  if (event.key === "?") return document.querySelector("[data-opens=keys]")?.click();
  const keys = typed ? `${typed} ${event.key}` : event.key;
  clearTimeout(timer);
  typed = "";
  const element = target(keys);
  if (element) {
    event.preventDefault();
    press(element);
  } else if (begins(keys)) {
    typed = keys;
    timer = setTimeout(() => (typed = ""), 1500);
  }
}

function fillOverview() {
  const list = document.querySelector("[data-keys-list]");
  const seen = new Set();
  for (const element of document.querySelectorAll("[data-key]")) {
    const keys = element.dataset.key;
    const label = labelOf(element);
    if (!label || seen.has(keys)) continue;
    seen.add(keys);
    const term = document.createElement("dt");
    for (const key of keys.split(" ")) {
      const mark = document.createElement("kbd");
      mark.textContent = key;
      if (term.childNodes.length) term.append(" ");
      term.append(mark);
    }
    const meaning = document.createElement("dd");
    meaning.textContent = label;
    list.append(term, meaning);
  }
}

export function labelOf(element) {
  if (element.hasAttribute("aria-label")) return element.getAttribute("aria-label");
  const copy = element.cloneNode(true);
  for (const part of copy.querySelectorAll("kbd, .pip, .sr")) part.remove();
  return copy.textContent.trim();
}

export function start() {
  document.addEventListener("keydown", onKey);
  const overview = document.getElementById("keys");
  let filled = false;
  document.querySelector("[data-opens=keys]")?.addEventListener("click", () => {
    if (filled || !overview) return;
    filled = true;
    fillOverview();
  });
}
