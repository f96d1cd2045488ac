// j and k move through the rows of a list, Enter opens (the row's link has the focus), x selects a row that can be
// selected. Rows with data-preview-url show beside the list in [data-preview]; there a click chooses and a double
// click opens, and keys of the ticket page work on the chosen row.
import { characterOf, inField, target } from "./keys.js";
import { gettext, ready } from "./texts.js";
import { announce } from "./toast.js";

// Below the address of the row; "take/" is sent, the others are opened.
const ON_ROW = { r: "#composer", n: "#note", a: "assign/", e: "handover/", s: "#status", m: "take/" };
const rows = (table) => [...table.querySelectorAll("tbody tr")].filter((row) => link(row));
const link = (row) => row.querySelector("a.subject") ?? row.querySelector("a");
const KEPT = "list-row";
let chosen = "";
let timer = 0;

const preview = () => {
  const place = document.querySelector("[data-preview]");
  return place?.checkVisibility() ? place : null;
};

function load(row) {
  const place = preview();
  if (!place || !row.dataset.previewUrl || !window.htmx) return;
  clearTimeout(timer);
  timer = setTimeout(() => window.htmx.ajax("GET", row.dataset.previewUrl, { target: place, swap: "innerHTML" }), 120);
}

function mark(table, row) {
  for (const other of rows(table)) other.removeAttribute("aria-selected");
  row.setAttribute("aria-selected", "true");
  chosen = link(row).getAttribute("href");
  sessionStorage.setItem(KEPT, chosen);
}

function choose(table, row) {
  mark(table, row);
  link(row).focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
  load(row);
}

function onRow(row, key) {
  const address = new URL(ON_ROW[key], link(row).href).href;
  if (key !== "m") return location.assign(address);
  window.htmx.ajax("POST", address, { source: row, target: row, swap: "none" });
}

function onKey(table, event) {
  const key = characterOf(event);
  if (!key || document.body.dataset.keys === "off") return;
  if (inField(event.target) || document.querySelector("dialog[open], [data-menu][open]")) return;
  const list = rows(table);
  const at = list.findIndex((row) => row.getAttribute("aria-selected") === "true");
  if (key === "j" || key === "k") {
    const next = Math.min(list.length - 1, Math.max(0, at + (key === "j" ? 1 : -1)));
    if (list[next]) choose(table, list[next]);
  } else if (key === "x" && !event.repeat) {
    list[at]?.querySelector("input[type=checkbox]")?.click();
  } else if (key in ON_ROW && list[at]?.dataset.previewUrl && !target(key)) {
    onRow(list[at], key);
  }
}

function onClick(table, event) {
  const row = event.target.closest("tr[data-preview-url]");
  // event.detail is 0 when Enter pressed the link: that opens.
  const plain = event.detail === 1 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  if (!row || !plain || !preview() || !event.target.closest("a")) return;
  event.preventDefault();
  choose(table, row);
}

// After a live update: the chosen row stays chosen; where it left the list, its neighbour has the focus (keep.js).
async function refreshed(table) {
  if (!chosen || !table.isConnected) return;
  const list = rows(table);
  if (list.some((row) => row.getAttribute("aria-selected") === "true")) return;
  const row = document.activeElement.closest?.("tr");
  if (row && list.includes(row)) {
    mark(table, row);
    load(row);
  }
  await ready;
  announce(gettext("The chosen ticket has left this list"));
}

export function start(table) {
  const handler = (event) => {
    if (table.isConnected) onKey(table, event);
    else document.removeEventListener("keydown", handler);
  };
  document.addEventListener("keydown", handler);
  table.addEventListener("click", (event) => onClick(table, event));
  table.addEventListener("dblclick", (event) => {
    const row = event.target.closest("tr[data-preview-url]");
    if (row && !event.target.closest("input, label")) location.assign(link(row).href);
  });
  table.closest("[data-live-topics]")?.addEventListener("htmx:afterSettle", () => refreshed(table));
  // A list that somebody comes back to keeps its chosen row.
  const back = chosen === "";
  const wanted = chosen || sessionStorage.getItem(KEPT);
  const again = rows(table).find((row) => link(row).getAttribute("href") === wanted);
  if (!again) return;
  mark(table, again);
  if (!back) return;
  again.scrollIntoView({ block: "nearest" });
  load(again);
}
