// A chat that is read and answered (data-pane): Enter sends, sent words leave the field and the next ones get a key of
// their own, the newest line stays in view. Words that could not be sent stay, with their key: sent again they are one line.
const uuid = () =>
  crypto.randomUUID?.() ??
  "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) => (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16));

export function start(pane) {
  const lines = pane.querySelector("[data-pane-lines]");
  const form = pane.querySelector("[data-pane-form]");
  const down = () => (lines.scrollTop = lines.scrollHeight);
  down();
  lines.addEventListener("htmx:afterSwap", () => {
    const state = lines.querySelector("[data-pane-say]");
    if (form && state) form.hidden = !state.dataset.paneSay && !form.elements.text.value.trim();
    else if (!form && state?.dataset.paneSay) location.reload();
    down();
  });
  if (!form) return;
  const field = form.elements.text;
  const chosen = form.querySelector("[data-pane-chosen]");
  const files = form.querySelector("[data-pane-files]");
  const name = () => (chosen.textContent = [...files.files].map((file) => file.name).join(", "));
  files.addEventListener("change", name);
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    if (!form.matches(".htmx-request") && (field.value.trim() || files.files.length)) form.requestSubmit();
  });
  let sent = "";
  form.addEventListener("htmx:beforeRequest", () => (sent = field.value));
  form.addEventListener("htmx:afterRequest", (event) => {
    if (event.target !== form || !event.detail.successful) return;
    // What was typed while these words were under way is the next line.
    field.value = field.value.startsWith(sent) ? field.value.slice(sent.length).trimStart() : field.value;
    form.elements.key.value = uuid();
    files.value = "";
    name();
    field.focus();
  });
}
