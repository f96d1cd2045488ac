// Reply, internal note and call are separate modes: parts with data-for="reply note" show in those modes only, and
// their fields are sent only then, so that nobody sends the wrong thing.
const kept = new WeakMap();

// Each mode has a text of its own: what was meant for the team does not stand in a reply.
function swap(form, before, mode) {
  const text = form.querySelector(".composer-text");
  const texts = kept.get(form);
  form.dispatchEvent(new CustomEvent("leave", { detail: { mode: before, body: text.value } }));
  texts.set(before, text.value);
  text.value = texts.get(mode) ?? "";
}

function show(form) {
  const before = form.dataset.mode;
  const mode = form.querySelector("[name=mode]:checked")?.value ?? form.dataset.mode;
  if (mode !== before) swap(form, before, mode);
  form.dataset.mode = mode;
  for (const part of form.querySelectorAll("[data-for]")) {
    const fits = part.dataset.for.split(" ").includes(mode);
    part.hidden = !fits;
    const fields = part.matches("button, input, select, textarea") ? [part] : part.querySelectorAll("button, input, select, textarea");
    for (const field of fields) field.disabled = !fits;
  }
}

export function start(form) {
  const others = form.parentElement.querySelectorAll("template[data-composer-text]");
  kept.set(form, new Map([...others].map((one) => [one.dataset.composerText, one.content.textContent])));
  form.addEventListener("change", (event) => {
    if (event.target.name === "mode") show(form);
  });
  form.addEventListener("picked", () => form.querySelector("textarea")?.focus());
  const wanted = location.hash.slice(1);
  const mode = [...form.querySelectorAll("[name=mode]")].find((radio) => radio.value === wanted);
  if (mode) mode.checked = true;
  show(form);
  if (mode || wanted === form.id) form.querySelector("textarea")?.focus();
}
