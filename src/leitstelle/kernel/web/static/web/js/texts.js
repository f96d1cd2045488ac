// Translated texts for the modules: gettext("…") with the English text as key. Await `ready` before the first use.
const texts = new Map();

export const ready = fetch(document.body.dataset.messages, { headers: { Accept: "application/json" } })
  .then((response) => response.json())
  .then((found) => Object.entries(found).forEach(([key, value]) => texts.set(key, value)))
  .catch(() => {});

export function gettext(key, values = {}) {
  const text = texts.get(key) || key;
  return text.replace(/%\((\w+)\)s/g, (whole, name) => values[name] ?? whole);
}
