// Single keys and sequences ("g i") press the element that carries data-key (or data-key-also). Never inside fields,
// and not at all where the person switched them off (WCAG 2.1.4). Escape leaves a field.
const FIELDS = "input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable]";
const WAIT = 1500;
let typed = "";
let timer = 0;

export const inField = (target) => Boolean(target.closest?.(FIELDS));

// What a key press means as text. AltGr, which types [ and ] on German keyboards, is Ctrl and Alt at once on Windows;
// dead keys and input methods have no text of one character yet.
export function characterOf(event) {
  const altGr = event.getModifierState?.("AltGraph") ?? false;
  if (event.isComposing || event.defaultPrevented || event.metaKey) return "";
  if ((event.ctrlKey || event.altKey) && !altGr) return "";
  return event.key.length === 1 && event.key !== " " ? event.key : "";
}

export function press(element) {
  const control = element.tagName === "LABEL" ? element.control : element;
  if (element.matches(FIELDS)) element.focus();
  else control.click();
  if (control?.type === "radio") control.dispatchEvent(new CustomEvent("picked", { bubbles: true }));
  if (element.tagName === "SUMMARY" && element.parentElement.open) element.parentElement.querySelector(".menu :is(a, button, input, select)")?.focus();
}

export const usable = (element) => element.checkVisibility() && !element.disabled;

export function target(keys) {
  const scope = document.querySelector("dialog[open]") ?? document;
  const found = [...scope.querySelectorAll("[data-key]")].filter((one) => one.dataset.key === keys || one.dataset.keyAlso === keys);
  // What the page itself has comes before the frame: "t" on a ticket notes a call there.
  return found.find((one) => usable(one) && one.closest("main")) ?? found.find(usable) ?? found.find((element) => element.closest("[data-menu]"));
}

function begins(keys) {
  return [...document.querySelectorAll("[data-key]")].some((element) => element.dataset.key.startsWith(`${keys} `));
}

function leaveField(event) {
  const { target: field } = event;
  if (event.isComposing || event.defaultPrevented || !inField(field)) return;
  if (document.querySelector("dialog[open]") || field.closest("[data-menu][open]")) return;
  if (field.getAttribute("aria-expanded") === "true") return;
  field.blur();
  document.getElementById("content")?.focus({ preventScroll: true });
}

function onKey(event) {
  if (event.key === "Escape") return leaveField(event);
  const character = characterOf(event);
  if (!character || event.repeat || document.body.dataset.keys === "off" || inField(event.target)) return;
  if (character === "?") return document.querySelector("[data-opens=keys]")?.click();
  const keys = typed ? `${typed} ${character}` : character;
  clearTimeout(timer);
  typed = "";
  const element = target(keys);
  if (element) {
    event.preventDefault();
    press(element);
  } else if (begins(keys)) {
    typed = keys;
    timer = setTimeout(() => (typed = ""), WAIT);
  }
}

export function labelOf(element) {
  if (element.dataset.keyLabel) return element.dataset.keyLabel;
  if (element.hasAttribute("aria-label")) return element.getAttribute("aria-label");
  const copy = element.cloneNode(true);
  for (const part of copy.querySelectorAll("kbd, .pip, .sr, .avatar")) part.remove();
  return copy.textContent.trim();
}

function line(keys, label) {
  const term = document.createElement("dt");
  for (const one of keys.split(" ")) {
    const mark = document.createElement("kbd");
    mark.textContent = one;
    if (term.childNodes.length) term.append(" ");
    term.append(mark);
  }
  const meaning = document.createElement("dd");
  meaning.textContent = label;
  term.dataset.found = meaning.dataset.found = "";
  return [term, meaning];
}

// The keys that work here now: what this page has, then what every page has.
function fillOverview(dialog) {
  for (const old of dialog.querySelectorAll("[data-found]")) old.remove();
  const seen = new Set([...dialog.querySelectorAll("[data-keys-if]")].flatMap((part) => {
    part.hidden = !document.querySelector(part.dataset.keysIf);
    return part.hidden ? [] : (part.dataset.keysOwn ?? "").split(" ").filter(Boolean);
  }));
  for (const element of document.querySelectorAll("[data-key]")) {
    const { key } = element.dataset;
    const label = labelOf(element);
    if (!label || seen.has(key) || !(element.checkVisibility() || element.closest("[data-menu]"))) continue;
    seen.add(key);
    const group = element.closest("main") ? "page" : "everywhere";
    dialog.querySelector(`[data-keys-list=${group}]`).append(...line(key, label));
  }
  for (const group of dialog.querySelectorAll("[data-keys-group]")) {
    group.hidden = ![...group.querySelectorAll("dt")].some((term) => !term.closest("[hidden]:not([data-keys-group])"));
  }
}

export function start() {
  document.addEventListener("keydown", onKey);
  const overview = document.getElementById("keys");
  document.querySelector("[data-opens=keys]")?.addEventListener("click", () => overview && fillOverview(overview));
}
