// A back button that shows only where there is something to go back to.
export function start(button) {
  button.hidden = history.length < 2;
  button.addEventListener("click", () => history.back());
}
