// j and k move through the rows of a list, x selects, Enter opens (the row's link has the focus).
const rows = (table) => [...table.querySelectorAll("tbody tr")].filter((row) => row.querySelector("a"));
const FIELDS = "input:not([type=checkbox]), textarea, select, [contenteditable]";

function select(table, row) {
  for (const other of rows(table)) other.setAttribute("aria-selected", other === row);
  row.querySelector("a").focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

function onKey(table, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || document.body.dataset.keys === "off") return;
  if (event.target.closest?.(FIELDS) || document.querySelector("dialog[open]")) return;
  const list = rows(table);
  const at = list.findIndex((row) => row.getAttribute("aria-selected") === "true");
  if (event.key === "j" || event.key === "k") {
    const next = Math.min(list.length - 1, Math.max(0, at + (event.key === "j" ? 1 : -1)));
    if (list[next]) select(table, list[next]);
  } else if (event.key === "x" && at >= 0) {
    list[at].querySelector("input[type=checkbox]")?.click();
  } else if (event.key === "/") {
    const search = document.querySelector("[data-list-search]");
    if (!search) return;
    event.preventDefault();
    search.focus();
  }
}

export function start(table) {
  const handler = (event) => {
    if (table.isConnected) onKey(table, event);
    else document.removeEventListener("keydown", handler);
  };
  document.addEventListener("keydown", handler);
}
