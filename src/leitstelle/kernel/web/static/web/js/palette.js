// The command palette: what the page offers (data-key elements), and what the server lists and finds.
import { labelOf } from "./keys.js";
import { gettext, ready } from "./texts.js";

const sprite = document.body.dataset.sprite;
const NS = "http://www.w3.org/2000/svg";
let asked = 0;

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
  const at = words.length ? text.toLowerCase().indexOf(words[0].toLowerCase()) : -1;
  if (at < 0) span.textContent = text;
  else {
    const hit = document.createElement("mark");
    hit.textContent = text.slice(at, at + words[0].length);
    span.append(text.slice(0, at), hit, text.slice(at + words[0].length));
  }
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
    entry.element?.click();
  });
  return link;
}

function pageActions(words) {
  const found = [];
  for (const element of document.querySelectorAll("main [data-key]")) {
    const label = labelOf(element);
    const fits = words.every((word) => label.toLowerCase().includes(word.toLowerCase()));
    const name = element.querySelector("use")?.getAttribute("href").split("#i-")[1];
    const control = element.tagName === "LABEL" ? element.control : element;
    if (label && fits && control) found.push({ label, icon: name, key: element.dataset.key, element: control });
  }
  return { label: gettext("On this page"), items: found };
}

function show(dialog, groups, words) {
  const list = dialog.querySelector(".palette-list");
  list.replaceChildren();
  let index = 0;
  for (const group of groups) {
    if (!group.items.length) continue;
    const box = document.createElement("div");
    box.role = "group";
    const head = document.createElement("div");
    head.className = "palette-group";
    head.id = `palette-group-${index}`;
    head.textContent = group.label;
    box.setAttribute("aria-labelledby", head.id);
    box.append(head, ...group.items.map((entry) => item(entry, words, index++)));
    list.append(box);
  }
  if (!index) {
    const nothing = document.createElement("div");
    nothing.className = "palette-group";
    nothing.role = "option";
    nothing.setAttribute("aria-disabled", "true");
    nothing.textContent = gettext("Nothing found");
    list.append(nothing);
  }
  choose(dialog, 0);
}

function choose(dialog, index) {
  const options = [...dialog.querySelectorAll("a.palette-item, div.palette-item")];
  const at = (index + options.length) % (options.length || 1);
  options.forEach((option, i) => option.setAttribute("aria-selected", i === at));
  dialog.querySelector("input").setAttribute("aria-activedescendant", options[at]?.id ?? "");
  options[at]?.scrollIntoView({ block: "nearest" });
}

async function search(dialog) {
  const text = dialog.querySelector("input").value.trim();
  const words = text.split(/\s+/).filter(Boolean);
  const turn = ++asked;
  const local = pageActions(words);
  const response = await fetch(`${dialog.dataset.src}?q=${encodeURIComponent(text)}`).catch(() => null);
  const found = response?.ok ? await response.json() : { groups: [] };
  if (turn === asked) show(dialog, [local, ...found.groups], words);
}

function onKey(dialog, event) {
  const options = [...dialog.querySelectorAll("a.palette-item, div.palette-item")];
  const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    choose(dialog, at + (event.key === "ArrowDown" ? 1 : -1));
  } else if (event.key === "Enter") {
    event.preventDefault();
    options[at]?.click();
  }
}

export function start(dialog) {
  const input = dialog.querySelector("input");
  let timer = 0;
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => search(dialog), 120);
  });
  dialog.addEventListener("keydown", (event) => onKey(dialog, event));
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  const open = async () => {
    if (dialog.open) return;
    input.value = "";
    dialog.showModal();
    await ready;
    search(dialog);
  };
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault();
      open();
    }
  });
  document.addEventListener("click", (event) => event.target.closest("[data-palette]") && open());
}
