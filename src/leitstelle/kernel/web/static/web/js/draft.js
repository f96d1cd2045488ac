// Typed text is kept on the server while it grows (form data-draft="address"): POST body, mode. Where that fails, the
// text waits in this browser and is offered again.
import { gettext, ready } from "./texts.js";

const WAIT = 1200;

function values(form, left) {
  const data = new FormData();
  for (const name of ["csrfmiddlewaretoken", "body", "mode", "version"]) {
    const value = new FormData(form).get(name);
    if (value !== null) data.set(name, value);
  }
  for (const [name, value] of Object.entries(left ?? {})) data.set(name, value);
  return data;
}

async function save(form, state, leaving, left) {
  const key = `draft:${form.dataset.draft}`;
  const data = values(form, left);
  try {
    const response = await fetch(form.dataset.draft, { method: "POST", body: data, keepalive: leaving });
    if (!response.ok) throw new Error(response.status);
    sessionStorage.removeItem(key);
    const time = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }).format();
    state.textContent = gettext("Draft saved %(time)s", { time });
  } catch {
    sessionStorage.setItem(key, data.get("body"));
    state.textContent = gettext("Draft kept in this browser only");
  }
}

export async function start(form) {
  await ready;
  const state = form.querySelector("[data-draft-state]");
  const text = form.querySelector("textarea");
  const kept = sessionStorage.getItem(`draft:${form.dataset.draft}`);
  if (kept && !text.value) text.value = kept;
  let timer = 0;
  let changed = false;
  const later = () => {
    changed = true;
    clearTimeout(timer);
    timer = setTimeout(() => {
      changed = false;
      save(form, state, false);
    }, WAIT);
  };
  text.addEventListener("input", later);
  // Another mode, another text: what was typed before is kept under the mode it was typed in.
  form.addEventListener("leave", (event) => {
    if (!changed) return;
    changed = false;
    clearTimeout(timer);
    save(form, state, false, event.detail);
  });
  form.addEventListener("submit", () => {
    changed = false;
    clearTimeout(timer);
  });
  addEventListener("pagehide", () => {
    if (changed && form.isConnected) save(form, state, true);
  });
}
