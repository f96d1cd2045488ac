// A conversation opens at its newest entry and follows it, unless the person has scrolled up to read.
const NEAR = 120;

export function start(box) {
  const scroller = box.scrollHeight > box.clientHeight ? box : box.closest(".main") ?? box;
  let atEnd = true;
  const toEnd = () => (scroller.scrollTop = scroller.scrollHeight);
  if (scroller === box && !box.querySelector(":target")) toEnd();
  scroller.addEventListener("scroll", () => {
    atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR;
  });
  box.addEventListener("htmx:afterSettle", () => {
    if (atEnd && scroller === box) toEnd();
  });
}
