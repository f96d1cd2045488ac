// Ctrl Enter in a text, or anywhere in a form, sends the form with the button that is visible.
export function start(place) {
  place.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    const form = place.form ?? place;
    const buttons = [...form.querySelectorAll("[type=submit]")].filter((button) => !button.disabled && !button.hidden);
    form.requestSubmit(buttons.find((button) => button.classList.contains("btn-primary")) ?? buttons[0]);
  });
}
