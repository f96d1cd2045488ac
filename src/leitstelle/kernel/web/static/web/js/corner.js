// Cards in the corner that come and go (a telephone that rings): never focused by themselves. A card put away stays away in
// this browser, and a page opened while something stands there asks for it at once instead of waiting for news.
const PUT_AWAY = "leitstelle-corner-away";
const SEEN = "leitstelle-corner-seen";
const LASTS = 120000;

const read = (name) => {
  try {
    return localStorage.getItem(name) ?? "";
  } catch {
    return "";
  }
};

const write = (name, value) => {
  try {
    localStorage.setItem(name, value);
  } catch {
    // Without a store the card comes back on the next page.
  }
};

function tidy(corner) {
  const away = read(PUT_AWAY).split(" ");
  // Whoever is at what a card leads to needs no card for it.
  const isHere = (card) => (location.pathname + location.search).includes(card.dataset.cardOf);
  for (const card of corner.querySelectorAll("[data-card]")) if (away.includes(card.dataset.card) || isHere(card)) card.remove();
  if (corner.querySelector("[data-card]")) write(SEEN, String(Date.now()));
  else if (read(SEEN)) write(SEEN, "");
  // Nothing but spaces: the empty corner takes no place.
  if (!corner.firstElementChild) corner.replaceChildren();
}

export function start(corner) {
  corner.addEventListener("click", (event) => {
    const card = event.target.closest("[data-card-away]")?.closest("[data-card]");
    if (!card) return;
    write(PUT_AWAY, [card.dataset.card, ...read(PUT_AWAY).split(" ")].slice(0, 20).join(" "));
    tidy(corner);
  });
  corner.addEventListener("htmx:afterSwap", () => tidy(corner));
  if (Date.now() - Number(read(SEEN) || 0) < LASTS) window.htmx?.trigger(corner, "live");
}
