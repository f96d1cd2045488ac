// Theme, list density and single-key shortcuts: applied at once, kept in a cookie for the next page.
import { keep } from "./cookies.js";

const root = document.documentElement;

function theme(group) {
  group.addEventListener("click", (event) => {
    const chosen = event.target.closest("[data-theme-set]");
    if (!chosen) return;
    const value = chosen.dataset.themeSet;
    if (value) root.dataset.theme = value;
    else delete root.dataset.theme;
    keep("leitstelle_theme", value);
    for (const button of group.querySelectorAll("[data-theme-set]")) button.setAttribute("aria-pressed", button === chosen);
  });
}

function density(button) {
  button.addEventListener("click", () => {
    const compact = root.dataset.density !== "compact";
    if (compact) root.dataset.density = "compact";
    else delete root.dataset.density;
    keep("leitstelle_density", compact ? "compact" : "");
    button.setAttribute("aria-checked", compact);
  });
}

// The checkbox of the overview and the switch of the menu say the same; kept with the person on the server.
function keys(control) {
  const box = control.type === "checkbox";
  control.addEventListener(box ? "change" : "click", () => {
    const on = box ? control.checked : control.getAttribute("aria-checked") !== "true";
    if (on) delete document.body.dataset.keys;
    else document.body.dataset.keys = "off";
    keep("leitstelle_keys", on ? "" : "off");
    for (const other of document.querySelectorAll("[data-keys-switch]")) {
      if (other.type === "checkbox") other.checked = on;
      else other.setAttribute("aria-checked", on);
    }
    const token = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"];
    const body = new URLSearchParams({ keys: on ? "on" : "off" });
    fetch(control.dataset.address, { method: "POST", body, headers: { "X-CSRFToken": token, "HX-Request": "true" } }).catch(() => {});
  });
}

export function start(element) {
  if (element.hasAttribute("data-theme-switch")) theme(element);
  else if (element.hasAttribute("data-density-switch")) density(element);
  else keys(element);
}
