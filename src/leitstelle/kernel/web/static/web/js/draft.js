// Typed text is kept on the server while it grows (form data-draft="address"): POST body, mode. Where that fails, the
// text waits in this browser and is offered again.
import { gettext, ready } from "./texts.js";

const WAIT = 1200;

function values(form) {
  const data = new FormData();
  for (const name of ["csrfmiddlewaretoken", "body", "mode", "version"]) {
    const value = new FormData(form).get(name);
    if (value !== null) data.set(name, value);
  }
  return data;
}

async function save(form, state, leaving) {
  const key = `draft:${form.dataset.draft}`;
  const data = values(form);
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
  form.addEventListener("change", (event) => event.target.name === "mode" && text.value && later());
  form.addEventListener("submit", () => {
    changed = false;
    clearTimeout(timer);
  });
  addEventListener("pagehide", () => {
    if (changed && form.isConnected) save(form, state, true);
  });
}
