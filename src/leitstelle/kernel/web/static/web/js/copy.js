// Copies data-copy and says so.
import { gettext, ready } from "./texts.js";
import { toast } from "./toast.js";

export function start(button) {
  button.addEventListener("click", async () => {
    await ready;
    await navigator.clipboard.writeText(button.dataset.copy);
    toast(gettext("Copied"), "ok");
  });
}
