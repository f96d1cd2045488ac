// Reply, internal note and call are separate modes: parts with data-for="reply note" show in those modes only, and
// their fields are sent only then, so that nobody sends the wrong thing.
function show(form) {
  const mode = form.querySelector("[name=mode]:checked")?.value ?? form.dataset.mode;
  form.dataset.mode = mode;
  for (const part of form.querySelectorAll("[data-for]")) {
    const fits = part.dataset.for.split(" ").includes(mode);
    part.hidden = !fits;
    const fields = part.matches("button, input, select, textarea") ? [part] : part.querySelectorAll("button, input, select, textarea");
    for (const field of fields) field.disabled = !fits;
  }
}

export function start(form) {
  form.addEventListener("change", (event) => {
    if (event.target.name === "mode") show(form);
  });
  form.addEventListener("picked", () => form.querySelector("textarea")?.focus());
  if (location.hash === `#${form.id}`) form.querySelector("textarea")?.focus();
  show(form);
}
