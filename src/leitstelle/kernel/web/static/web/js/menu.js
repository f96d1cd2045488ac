// A <details data-menu> as menu: arrows move, Escape and a click elsewhere close. Without a script it still opens.
const entries = (box) => [...box.querySelectorAll(".menu a, .menu button")].filter((entry) => !entry.disabled);

function close(box, refocus) {
  box.open = false;
  if (refocus) box.querySelector("summary").focus();
}

document.addEventListener("click", (event) => {
  for (const box of document.querySelectorAll("[data-menu][open]")) {
    if (!box.contains(event.target)) close(box, false);
  }
});

function move(box, key) {
  const list = entries(box);
  const at = list.indexOf(document.activeElement);
  const next = { ArrowDown: at + 1, ArrowUp: at < 0 ? list.length - 1 : at - 1, Home: 0, End: list.length - 1 }[key];
  list[(next + list.length) % list.length]?.focus();
}

export function start(box) {
  // "#status" in the address opens the menu of that name, for keys that lead here from a list.
  if (box.id && location.hash === `#${box.id}`) {
    box.open = true;
    entries(box)[0]?.focus();
  }
  box.addEventListener("keydown", (event) => {
    if (!box.open) return;
    if (event.key === "Escape") {
      event.stopPropagation();
      close(box, true);
    } else if (["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) {
      event.preventDefault();
      move(box, event.key);
    }
  });
  box.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !box.contains(event.relatedTarget)) close(box, false);
  });
  box.addEventListener("htmx:afterRequest", () => box.hasAttribute("data-stays") || close(box, false));
}
