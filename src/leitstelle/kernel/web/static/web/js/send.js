// Ctrl Enter in a text sends its form with the button that is visible.
export function start(text) {
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    const form = text.form;
    const buttons = [...form.querySelectorAll("[type=submit]")].filter((button) => !button.disabled && !button.hidden);
    form.requestSubmit(buttons.find((button) => button.classList.contains("btn-primary")) ?? buttons[0]);
  });
}
