// "12 min ago" grows older by itself; not announced, the exact instant stays in the title.
import { gettext, ready } from "./texts.js";

function words(seconds) {
  if (seconds < 60) return gettext("just now");
  if (seconds < 3600) return gettext("%(amount)s ago", { amount: gettext("%(count)s min", { count: Math.floor(seconds / 60) }) });
  return gettext("%(amount)s ago", { amount: gettext("%(count)s h", { count: Math.floor(seconds / 3600) }) });
}

function refresh(element) {
  const seconds = (Date.now() - Date.parse(element.dateTime)) / 1000;
  if (seconds >= 0 && seconds < 86400) element.textContent = words(seconds);
}

let running = 0;

export async function start() {
  if (running) return;
  running = 1;
  await ready;
  setInterval(() => document.querySelectorAll("[data-ago]").forEach(refresh), 30000);
}
