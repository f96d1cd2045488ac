// What explains itself on focus and under the pointer closes on Escape and shows again the next time.
export function start(box) {
  const open = () => delete box.dataset.closed;
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !("closed" in box.dataset)) {
      box.dataset.closed = "";
      event.stopPropagation();
    }
  });
  box.addEventListener("focusin", open);
  box.addEventListener("pointerenter", open);
}
