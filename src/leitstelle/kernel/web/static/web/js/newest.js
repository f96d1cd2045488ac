// A conversation opens at its newest entry and follows it, unless the person has scrolled up to read. New messages
// are said in the page's live region. On narrow screens the page scrolls instead of the conversation.
import { gettext, ready } from "./texts.js";
import { announce } from "./toast.js";

const NEAR = 120;
const messages = (box) => [...box.querySelectorAll(".msg")];

async function tell(before, box) {
  const fresh = messages(box).filter((message) => !before.has(message.id));
  if (!fresh.length) return;
  await ready;
  const name = fresh.at(-1).querySelector(".msg-head strong, .msg-head .to")?.textContent ?? "";
  announce(fresh.length === 1 ? gettext("New entry from %(name)s", { name }) : gettext("%(count)s new entries", { count: fresh.length }));
}

export function start(box) {
  const own = box.scrollHeight > box.clientHeight;
  const scroller = own ? box : box.closest(".main") ?? box;
  const toEnd = () => {
    if (own) scroller.scrollTop = scroller.scrollHeight;
    else box.querySelector(".thread > :last-child")?.scrollIntoView({ block: "end" });
  };
  const distance = () => {
    const last = box.querySelector(".thread > :last-child");
    return last ? last.getBoundingClientRect().bottom - scroller.getBoundingClientRect().bottom : 0;
  };
  // On a slow line this comes after somebody has begun to read.
  const untouched = scroller.scrollTop === 0 && !box.querySelector(":target");
  if (untouched && (own || distance() > 0)) toEnd();
  let atEnd = distance() < NEAR;
  scroller.addEventListener("scroll", () => (atEnd = distance() < NEAR));
  let before = new Set(messages(box).map((message) => message.id));
  box.addEventListener("htmx:afterSettle", () => {
    tell(before, box);
    before = new Set(messages(box).map((message) => message.id));
    if (atEnd && own) toEnd();
  });
}
