// Starts the modules that the page needs: one per data- hook, loaded when an element with its hook appears.
// A module exports start(element); it is called once per element, also for what HTMX swaps in later.
const modules = {
  "data-theme-switch": () => import("./display.js"),
  "data-density-switch": () => import("./display.js"),
  "data-keys-switch": () => import("./display.js"),
  "data-opens": () => import("./dialog.js"),
  "data-modal": () => import("./dialog.js"),
  "data-menu": () => import("./menu.js"),
  "data-remember": () => import("./remember.js"),
  "data-shortcuts": () => import("./keys.js"),
  "data-inbox": () => import("./to-list.js"),
  "data-to-list": () => import("./to-list.js"),
  "data-list": () => import("./list.js"),
  "data-select": () => import("./select.js"),
  "data-news": () => import("./news.js"),
  "data-tabs": () => import("./tabs.js"),
  "data-palette-dialog": () => import("./palette.js"),
  "data-toast": () => import("./toast.js"),
  "data-live": () => import("./live.js"),
  "data-newest": () => import("./newest.js"),
  "data-drop": () => import("./files.js"),
  "data-composer-files": () => import("./files.js"),
  "data-ago": () => import("./ago.js"),
  "data-composer": () => import("./composer.js"),
  "data-send-key": () => import("./send.js"),
  "data-draft": () => import("./draft.js"),
  "data-snippets": () => import("./snippets.js"),
  "data-callers": () => import("./callers.js"),
  "data-choose": () => import("./choose.js"),
  "data-copy": () => import("./copy.js"),
  "data-print": () => import("./print.js"),
  "data-error-summary": () => import("./summary.js"),
  "data-back": () => import("./back.js"),
  "data-why": () => import("./why.js"),
  "data-corner": () => import("./corner.js"),
  "data-dial": () => import("./dialing.js"),
  "data-pane": () => import("./pane.js"),
};
const started = new WeakMap();

async function scan(root) {
  // Fetched side by side, started one after the other.
  for (const [hook, load] of Object.entries(modules)) if (root.matches?.(`[${hook}]`) || root.querySelector(`[${hook}]`)) load();
  for (const [hook, load] of Object.entries(modules)) {
    const found = [...root.querySelectorAll(`[${hook}]`)];
    if (root.matches?.(`[${hook}]`)) found.unshift(root);
    const fresh = found.filter((element) => !started.get(element)?.has(hook));
    if (!fresh.length) continue;
    for (const element of fresh) started.set(element, (started.get(element) ?? new Set()).add(hook));
    const module = await load();
    for (const element of fresh) if (element.isConnected) module.start(element);
  }
}

import("./keep.js");
scan(document.body);
document.addEventListener("htmx:load", (event) => scan(event.detail.elt));
import("./requests.js");
