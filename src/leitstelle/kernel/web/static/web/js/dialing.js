// Numbers (tel:) are called by the telephone system where it can ring the agent's own telephone (data-dial names the
// address to ask). Where it does not take the call, its reason is said, and a second click dials on this device.
import { toast } from "./toast.js";

const HERE = "dialHere";

async function ask(address, link) {
  const data = new FormData();
  data.set("number", decodeURIComponent(link.getAttribute("href").slice(4)));
  const token = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"];
  link.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address, { method: "POST", body: data, headers: { "X-CSRFToken": token, Accept: "application/json" } });
    const { text } = await answer.json();
    toast(text, answer.ok ? "ok" : "crit");
    if (!answer.ok) link.dataset[HERE] = "";
  } catch {
    link.dataset[HERE] = "";
    link.click();
  } finally {
    link.removeAttribute("aria-busy");
  }
}

export function start(element) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.('a[href^="tel:"]');
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    if (HERE in link.dataset) {
      delete link.dataset[HERE];
      return;
    }
    event.preventDefault();
    if (!link.hasAttribute("aria-busy")) ask(element.dataset.dial, link);
  });
}
