// A button that prints the page; without scripts it stays hidden.
export function start(button) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
