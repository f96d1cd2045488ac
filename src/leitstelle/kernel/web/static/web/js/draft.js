// Typed text is kept on the server while it grows (form data-draft="address"): POST body, mode; every field of a form
// with data-draft-whole="key of the form", which a reload finds again. Where that fails, or the page is left before the
// text was kept, it waits in this browser.
import { gettext, ready } from "./texts.js";

const WAIT = 1200;

function values(form, left) {
  if ("draftWhole" in form.dataset) return new FormData(form);
  const data = new FormData();
  for (const name of ["csrfmiddlewaretoken", "body", "mode", "version"]) {
    const value = new FormData(form).get(name);
    if (value !== null) data.set(name, value);
  }
  for (const [name, value] of Object.entries(left ?? {})) data.set(name, value);
  return data;
}

const entries = (form) => JSON.stringify([...new FormData(form)].filter(([name, value]) => name !== "csrfmiddlewaretoken" && typeof value === "string"));
const lastKey = (form) => `draft:${form.dataset.draft}#${form.dataset.draftWhole}`;

async function save(form, state, leaving, left) {
  const key = `draft:${form.dataset.draft}`;
  const data = values(form, left);
  try {
    const response = await fetch(form.dataset.draft, { method: "POST", body: data, keepalive: leaving });
    if (!response.ok) throw new Error(response.status);
    sessionStorage.removeItem(key);
    if (!leaving) sessionStorage.removeItem(lastKey(form));
    const time = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" }).format();
    state.textContent = gettext("Draft saved %(time)s", { time });
  } catch {
    if (form.dataset.draftWhole) sessionStorage.setItem(lastKey(form), entries(form));
    else sessionStorage.setItem(key, data.get("body"));
    state.textContent = gettext("Draft kept in this browser only");
  }
}

// What was typed last, before the page was left, is kept first; then the server shows it. Returns whether it did.
async function last(form) {
  const key = lastKey(form);
  const kept = sessionStorage.getItem(key);
  sessionStorage.removeItem(key);
  if (!kept || kept === entries(form)) return false;
  const data = new FormData();
  data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken?.value ?? "");
  for (const [name, value] of JSON.parse(kept)) data.append(name, value);
  const response = await fetch(form.dataset.draft, { method: "POST", body: data }).catch(() => null);
  if (response?.ok) location.reload();
  else sessionStorage.setItem(key, kept);
  return Boolean(response?.ok);
}

// The address says which form this is.
function name(key) {
  const here = new URL(location.href);
  if (here.searchParams.get("form") === key) return;
  here.searchParams.set("form", key);
  history.replaceState(history.state, "", here);
}

export async function start(form) {
  const whole = form.dataset.draftWhole;
  if (whole && (await last(form))) return;
  await ready;
  const state = form.querySelector("[data-draft-state]");
  const text = form.querySelector("textarea");
  const kept = !whole && sessionStorage.getItem(`draft:${form.dataset.draft}`);
  if (kept && !text.value) text.value = kept;
  let timer = 0;
  let changed = false;
  const later = () => {
    changed = true;
    if (whole) name(whole);
    clearTimeout(timer);
    timer = setTimeout(() => {
      changed = false;
      save(form, state, false);
    }, WAIT);
  };
  ("draftWhole" in form.dataset ? form : text).addEventListener("input", later);
  // Another mode, another text: what was typed before is kept under the mode it was typed in.
  form.addEventListener("leave", (event) => {
    if (!changed) return;
    changed = false;
    clearTimeout(timer);
    save(form, state, false, event.detail);
  });
  // Sent, or discarded by the form beside it.
  document.addEventListener("submit", (event) => {
    if (event.target !== form && event.target.getAttribute("action") !== form.dataset.draft) return;
    changed = false;
    clearTimeout(timer);
  });
  addEventListener("pagehide", () => {
    if (!changed || !form.isConnected) return;
    if (whole) sessionStorage.setItem(lastKey(form), entries(form));
    save(form, state, true);
  });
  addEventListener("pageshow", (event) => event.persisted && sessionStorage.removeItem(lastKey(form)));
}
