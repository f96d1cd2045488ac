// Who is calling: people found while the name or number is typed, one of them chosen with the keyboard, their card shown.
import { Combobox } from "./combobox.js";
import { announce } from "./toast.js";
import { gettext, ready } from "./texts.js";

const WAIT = 120;

// What was typed to find a caller nobody knows goes where it belongs; the server does the same without this script.
function note(form, typed) {
  const kind = typed.includes("@") ? "caller_email" : /^[+\d\s()[\]/.\-–]{3,}$/.test(typed) ? "caller_number" : "caller_name";
  const field = form.elements[kind];
  if (field && !field.value) field.value = typed;
  const first = kind === "caller_name" ? form.elements.caller_number : form.elements.caller_name;
  first?.focus();
}

export function start(input) {
  const { form } = input;
  const list = document.getElementById(input.getAttribute("aria-controls"));
  const card = document.getElementById("caller-card");
  const choice = form.querySelector("[data-caller-choice]");
  let timer = 0;
  let asked = 0;
  let stale = false;
  form.querySelector("[data-find]")?.remove(); // else Enter anywhere would press it

  const choose = (value) => {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = "person";
    field.value = value;
    choice.replaceChildren(field);
    if (card) window.htmx.trigger(card, "caller");
    form.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const combo = new Combobox(input, list, (option) => {
    const { person, name } = option.dataset;
    choose(person);
    if (person === "unknown") return note(form, input.value.trim());
    input.value = name;
    (form.querySelector("[data-after-caller]") ?? form.querySelector("[type=submit]")).focus();
  });
  const ask = async () => {
    clearTimeout(timer);
    const turn = ++asked;
    const response = await fetch(`${input.dataset.callers}?who=${encodeURIComponent(input.value)}`, { headers: { "HX-Request": "true" } }).catch(() => null);
    if (turn !== asked || !response?.ok) return;
    list.innerHTML = await response.text();
    stale = false;
    if (document.activeElement !== input) return;
    combo.open();
    await ready;
    announce(gettext("%(count)s people found", { count: list.querySelectorAll("[data-name]").length }));
  };
  const chosen = () => choice.querySelector("[name=person]:checked, [type=hidden][name=person]")?.value;

  input.addEventListener("input", () => {
    if (chosen()) choose("");
    clearTimeout(timer);
    stale = input.value.trim().length > 1;
    if (stale) timer = setTimeout(ask, WAIT);
    else combo.close();
  });
  input.addEventListener("keydown", async (event) => {
    if (event.key === "Enter" && !event.isComposing && !event.ctrlKey) {
      event.preventDefault();
      if (chosen() && list.hidden) return form.querySelector("[data-after-caller]")?.focus();
      // Typed faster than the answer came: what Enter meant is the answer to what stands there now.
      if (stale) await ask();
      if (combo.active) combo.pick(combo.active);
    } else if (combo.key(event)) event.stopPropagation();
  });
  // Typed before this script was there.
  if (document.activeElement === input && input.value.trim().length > 1 && !chosen()) ask();
  choice.addEventListener("change", (event) => {
    if (event.target.name === "person" && card) window.htmx.trigger(card, "caller");
  });
}
