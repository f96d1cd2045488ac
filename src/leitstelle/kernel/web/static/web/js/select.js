// Marks in the rows of a list: one box marks the page, the bar says how many are marked. The keys are those of list.js,
// the bar itself shows by CSS as soon as a box is ticked.
import { gettext, ready } from "./texts.js";

export async function start(table) {
  const boxes = () => [...table.querySelectorAll("tbody .c-check input")];
  const page = table.querySelector("[data-select-page]");
  const bar = document.querySelector("[data-bulk-bar]");
  const all = bar?.querySelector("[name=all]");
  let last = null;

  const tell = () => {
    const marked = boxes().filter((box) => box.checked).length;
    if (page) {
      page.checked = marked > 0 && marked === boxes().length;
      page.indeterminate = marked > 0 && !page.checked;
    }
    if (all && !marked) all.checked = false;
    const count = bar?.querySelector("[data-bulk-count]");
    if (count) count.textContent = marked ? gettext("%(count)s selected", { count: marked }) : "";
  };

  table.addEventListener("click", (event) => {
    const box = event.target.closest("tbody .c-check input");
    if (!box) return;
    if (event.shiftKey && last?.isConnected) {
      const list = boxes();
      const [from, to] = [list.indexOf(last), list.indexOf(box)].sort((one, other) => one - other);
      for (const between of list.slice(from, to + 1)) between.checked = box.checked;
    }
    last = box;
  });
  table.addEventListener("change", (event) => {
    if (event.target === page) for (const box of boxes()) box.checked = page.checked;
    tell();
  });
  await ready;
  if (page) page.hidden = false;
  tell();
}
