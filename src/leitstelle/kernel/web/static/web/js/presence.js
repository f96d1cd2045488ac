// Says who else is here ([data-presence="ticket:12"] is filled), and that we are: a beat every twenty seconds.
import { gettext } from "./texts.js";

const BEAT = 20000;
let before = "";

function writing() {
  const field = document.activeElement;
  return field?.matches?.(".composer-text") && field.value.trim() !== "";
}

function send(topic, state, leaving = false) {
  const data = new FormData();
  data.set("topic", topic);
  data.set("state", state);
  const token = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"];
  fetch("/live/presence/", { method: "POST", body: data, headers: { "X-CSRFToken": token }, keepalive: leaving }).catch(() => {});
}

const topics = () => new Set([...document.querySelectorAll("[data-presence]")].map((element) => element.dataset.presence));

export function showPresence(topic, people) {
  for (const element of document.querySelectorAll("[data-presence]")) {
    if (element.dataset.presence !== topic) continue;
    element.replaceChildren(
      ...people.map((person) => {
        const badge = document.createElement("span");
        badge.className = "badge badge-outline";
        badge.textContent = person.writing
          ? gettext("%(name)s is writing", { name: person.name })
          : gettext("%(name)s is reading", { name: person.name });
        return badge;
      }),
    );
  }
}

export function beat() {
  const now = () => {
    if (document.hidden) return;
    const state = writing() ? "writing" : "here";
    before = state;
    for (const topic of topics()) send(topic, state);
  };
  now();
  setInterval(now, BEAT);
  document.addEventListener("input", () => {
    if ((writing() ? "writing" : "here") !== before) now();
  });
  document.addEventListener("htmx:afterSettle", () => topics().size && before === "" && now());
  addEventListener("pagehide", () => topics().forEach((topic) => send(topic, "gone", true)));
}
