// Hears of changes: an EventSource while the page is visible, polling where the stream breaks. Only ids and topics
// arrive. [data-live-topics] elements refresh (event "live" for hx-trigger) or, with data-live-notice, count.
import { beat, showPresence } from "./presence.js";
import { gettext, ready } from "./texts.js";
import { announce } from "./toast.js";

const POLL = 15000;
const HIDDEN_GRACE = 10000;
let source = null;
let failures = 0;
let since = "";
let listening = "";
let pollTimer = 0;
let hideTimer = 0;
let frame = null;

const topicsOf = (element) => (element.dataset.liveTopics ?? "").split(" ").filter(Boolean);

function wanted() {
  const found = new Set();
  for (const element of document.querySelectorAll("[data-live-topics]")) topicsOf(element).forEach((topic) => found.add(topic));
  for (const element of document.querySelectorAll("[data-presence]")) found.add(element.dataset.presence);
  return [...found].sort().join(" ");
}

function count(element) {
  const number = Number(element.dataset.liveCount || 0) + 1;
  element.dataset.liveCount = number;
  let notice = element.querySelector(":scope > .live-notice");
  if (!notice) {
    notice = document.createElement("div");
    notice.className = "live-notice";
    const button = document.createElement("button");
    button.type = "button";
    button.addEventListener("click", () => {
      notice.remove();
      element.dataset.liveCount = 0;
      if (element.hasAttribute("hx-get")) refresh(element);
      else location.reload();
    });
    notice.append(button);
    element.prepend(notice);
  }
  const text = number === 1 ? gettext("1 change, show") : gettext("%(count)s changes, show", { count: number });
  notice.firstChild.textContent = text;
  announce(text);
}

const waiting = new WeakMap();

function refresh(element) {
  if (waiting.has(element)) return;
  waiting.set(element, setTimeout(() => {
    waiting.delete(element);
    if (element.isConnected) window.htmx?.trigger(element, "live");
  }, element.hasAttribute("data-live-now") ? 0 : 250));
}

function tell(topics) {
  for (const element of document.querySelectorAll("[data-live-topics]")) {
    if (!topicsOf(element).some((topic) => topics.includes(topic))) continue;
    if (element.hasAttribute("data-live-notice")) count(element);
    else refresh(element);
  }
}

function everything() {
  tell(listening.split(" "));
}

async function poll() {
  clearTimeout(pollTimer);
  if (document.hidden || source) return;
  const address = `${frame.dataset.live}poll/?since=${since}&topics=${encodeURIComponent(listening)}`;
  try {
    const response = await fetch(address, { headers: { Accept: "application/json" } });
    if (!response.ok) throw new Error(response.status);
    const found = await response.json();
    since = String(found.since);
    if (found.reset) everything();
    for (const change of found.changes) tell(change.topics);
    for (const [topic, people] of Object.entries(found.presence)) showPresence(topic, people);
    if (++failures > 8) {
      failures = 0;
      return connect();
    }
  } catch {
    // The next round tries again.
  }
  pollTimer = setTimeout(poll, POLL);
}

function disconnect() {
  source?.close();
  source = null;
}

function connect() {
  disconnect();
  clearTimeout(pollTimer);
  listening = wanted();
  if (!listening || !frame.isConnected) return;
  const opened = new EventSource(`${frame.dataset.live}?topics=${encodeURIComponent(listening)}&since=${since}`);
  source = opened;
  const remember = (event) => {
    if (event.lastEventId) since = event.lastEventId;
  };
  opened.addEventListener("open", () => (failures = 0));
  opened.addEventListener("hello", remember);
  opened.addEventListener("change", (event) => {
    remember(event);
    tell(JSON.parse(event.data).topics);
  });
  opened.addEventListener("reset", (event) => {
    remember(event);
    everything();
  });
  opened.addEventListener("presence", (event) => {
    const { topic, people } = JSON.parse(event.data);
    showPresence(topic, people);
  });
  // This person has too many streams open: the oldest, this one, asks from time to time instead.
  opened.addEventListener("full", () => {
    disconnect();
    failures = 0;
    poll();
  });
  opened.addEventListener("error", () => {
    if (opened !== source) return;
    if (opened.readyState === EventSource.CLOSED || ++failures >= 3) {
      disconnect();
      poll();
    }
  });
}

export async function start(element) {
  frame = element;
  since = element.dataset.liveSince;
  await ready;
  connect();
  beat();
  document.addEventListener("htmx:afterSettle", () => wanted() !== listening && connect());
  document.addEventListener("visibilitychange", () => {
    clearTimeout(hideTimer);
    // A hidden tab gives its connection back: browsers allow only six to one server.
    if (document.hidden) hideTimer = setTimeout(disconnect, HIDDEN_GRACE);
    else if (!source) connect();
  });
  addEventListener("pagehide", disconnect);
}
