// What is new in a list, without moving it: counts beside the views change, rows that stay where they are are brought up
// to date, and everything else waits behind a button ("3 new"). An empty list has nothing to move and shows at once.
import { gettext, ready } from "./texts.js";
import { announce } from "./toast.js";

const PAUSE = 2000;
// The server keeps counts for ten seconds: what a change did to them may only be known then.
const COUNTED_ANEW = 10500;

const numbers = (list) => [...list.querySelectorAll("tr[data-number]")].map((row) => Number(row.dataset.number));

function countsOf(found) {
  for (const place of document.querySelectorAll("[data-count]")) {
    const text = found[place.dataset.count];
    if (text !== undefined && place.textContent !== text) place.textContent = text;
  }
}

export async function start(list) {
  const notice = document.querySelector("[data-news-notice]");
  let waiting = 0;
  let later = 0;
  let asked = 0;

  const show = () => {
    notice.hidden = true;
    window.htmx?.trigger(list, "show");
  };

  const offer = (text) => {
    if (notice.textContent === text && !notice.hidden) return;
    notice.textContent = text;
    notice.hidden = false;
    announce(text);
  };

  const tell = (found) => {
    countsOf(found.counts);
    const shown = numbers(list);
    if (list.hasAttribute("data-later-page")) {
      if (found.new) offer(gettext("New tickets on the first page, show"));
      return;
    }
    const same = shown.length === found.first.length && shown.every((number, at) => number === found.first[at]);
    if (!shown.length ? found.first.length : same && found.changed) show();
    else if (found.new) offer(found.new === 1 ? gettext("1 new, show") : gettext("%(count)s new, show", { count: found.new }));
    else if (!same) offer(gettext("The list has changed, show"));
  };

  const ask = async () => {
    waiting = 0;
    asked = Date.now();
    const address = new URL(list.dataset.news, location.href);
    address.searchParams.set("since", list.dataset.shownAt);
    address.searchParams.set("shown", numbers(list).join("."));
    try {
      const response = await fetch(address, { headers: { Accept: "application/json" } });
      if (response.ok && list.isConnected) tell(await response.json());
    } catch {
      // The next change asks again.
    }
  };

  await ready;
  notice.addEventListener("click", () => {
    if (!list.hasAttribute("data-later-page")) return show();
    const first = new URL(location.href);
    first.searchParams.delete("after");
    first.searchParams.delete("before");
    location.assign(first);
  });
  list.addEventListener("live", () => {
    waiting ||= setTimeout(ask, Math.max(0, asked + PAUSE - Date.now()));
    clearTimeout(later);
    later = setTimeout(() => (waiting ||= setTimeout(ask)), COUNTED_ANEW);
  });
  list.addEventListener("htmx:afterSettle", () => {
    list.dataset.shownAt = list.querySelector("[data-shown]")?.dataset.shown ?? list.dataset.shownAt;
  });
  // Counts of saved views that nobody has asked for lately are not part of the page.
  if ([...document.querySelectorAll(".views [data-count]")].some((place) => !place.textContent)) ask();
}
