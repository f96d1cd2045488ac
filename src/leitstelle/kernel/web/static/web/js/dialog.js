// data-opens="id" opens a dialog, data-closes closes the one around it; <dialog data-modal> opens as it arrives.
document.addEventListener("click", (event) => {
  const closer = event.target.closest("[data-closes]");
  if (closer) closer.closest("dialog")?.close();
});

export function start(element) {
  if (element.tagName === "DIALOG") {
    element.showModal();
    element.addEventListener("close", () => element.remove());
    return;
  }
  element.setAttribute("aria-haspopup", "dialog");
  element.addEventListener("click", () => {
    const dialog = document.getElementById(element.dataset.opens);
    if (dialog && !dialog.open) dialog.showModal();
  });
}
