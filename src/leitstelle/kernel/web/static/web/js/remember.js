// A <details data-remember="key"> stays as the person left it, on every page that has the same key.
export function start(details) {
  const key = `section:${details.dataset.remember}`;
  const kept = localStorage.getItem(key);
  if (kept) details.open = kept === "open";
  details.addEventListener("toggle", () => localStorage.setItem(key, details.open ? "open" : "closed"));
}
