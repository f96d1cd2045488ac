// j and k move through the rows of a list, Enter opens (the row's link has the focus). Rows with
// data-preview-url show beside the list in [data-preview]; there a click chooses and a double click opens.
const FIELDS = "input:not([type=checkbox]), textarea, select, [contenteditable]";
const rows = (table) => [...table.querySelectorAll("tbody tr")].filter((row) => row.querySelector("a"));
const link = (row) => row.querySelector("a");
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
  for (const other of rows(table)) other.toggleAttribute("aria-selected", false);
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

function onKey(table, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || document.body.dataset.keys === "off") return;
  if (event.target.closest?.(FIELDS) || document.querySelector("dialog[open]")) return;
  const list = rows(table);
  const at = list.findIndex((row) => row.getAttribute("aria-selected") === "true");
  if (event.key === "j" || event.key === "k") {
    const next = Math.min(list.length - 1, Math.max(0, at + (event.key === "j" ? 1 : -1)));
    if (list[next]) choose(table, list[next]);
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

export function start(table) {
  const handler = (event) => {
    if (table.isConnected) onKey(table, event);
    else document.removeEventListener("keydown", handler);
  };
  document.addEventListener("keydown", handler);
  table.addEventListener("click", (event) => onClick(table, event));
  table.addEventListener("dblclick", (event) => {
    const row = event.target.closest("tr[data-preview-url]");
    if (row) location.assign(link(row).href);
  });
  // A list that was refreshed keeps its chosen row, and so does one that somebody comes back to.
  const back = chosen === "";
  const wanted = chosen || sessionStorage.getItem(KEPT);
  const again = rows(table).find((row) => link(row).getAttribute("href") === wanted);
  if (!again) return;
  mark(table, again);
  if (!back) return;
  again.scrollIntoView({ block: "nearest" });
  load(again);
}
