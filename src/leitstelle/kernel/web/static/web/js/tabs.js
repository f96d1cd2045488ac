// The tabs of open tickets: middle click and Delete close, Ctrl Alt arrows go to the neighbours, dragging moves.
const current = (strip) => strip.querySelector("[aria-current=page]")?.closest("li");
const closeOf = (item) => item?.querySelector("form");

function go(strip, step) {
  const items = [...strip.querySelectorAll(".tab-row > li")];
  if (!items.length) return;
  const at = items.indexOf(current(strip));
  const next = at < 0 && step < 0 ? items.length - 1 : (at + step + items.length) % items.length;
  items[next].querySelector("a").click();
}

function dragging(strip) {
  let moving = null;
  strip.addEventListener("dragstart", (event) => {
    moving = event.target.closest(".tab-row > li");
    if (moving) event.dataTransfer.effectAllowed = "move";
  });
  strip.addEventListener("dragover", (event) => {
    if (moving && event.target.closest(".tab-row > li")) event.preventDefault();
  });
  strip.addEventListener("drop", (event) => {
    const over = event.target.closest(".tab-row > li");
    if (!moving || !over) return;
    event.preventDefault();
    const to = [...strip.querySelectorAll(".tab-row > li")].indexOf(over);
    const values = { to, at: strip.querySelector("[name=at]").value };
    window.htmx.ajax("POST", moving.dataset.move, { source: strip, target: strip, swap: "keep", values });
    moving = null;
  });
}

export function start(strip) {
  const row = strip.querySelector(".tab-row");
  const shown = current(strip);
  if (shown && row) row.scrollLeft = shown.offsetLeft - row.offsetLeft - (row.clientWidth - shown.offsetWidth) / 2;
  strip.addEventListener("auxclick", (event) => {
    const item = event.target.closest(".tab-row > li");
    if (event.button !== 1 || !item) return;
    event.preventDefault();
    closeOf(item).requestSubmit();
  });
  strip.addEventListener("keydown", (event) => {
    const item = event.target.closest(".tab-row > li");
    if (event.key === "Delete" && item) closeOf(item).requestSubmit();
  });
  document.addEventListener("keydown", (event) => {
    if (!event.ctrlKey || !event.altKey || !["ArrowLeft", "ArrowRight"].includes(event.key)) return;
    if (!strip.isConnected || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    go(strip, event.key === "ArrowLeft" ? -1 : 1);
  });
  dragging(strip);
}
