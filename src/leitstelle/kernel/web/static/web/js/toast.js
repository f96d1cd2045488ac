// Notices leave after eight seconds, not while somebody reads or operates them; data-toast-keep stays.
const SECONDS = 8;

function leave(toast) {
  toast.classList.add("is-going");
  setTimeout(() => toast.remove(), 200);
}

export function start(toast) {
  let timer = 0;
  const wait = () => {
    clearTimeout(timer);
    if (!toast.hasAttribute("data-toast-keep")) timer = setTimeout(() => leave(toast), SECONDS * 1000);
  };
  toast.addEventListener("pointerenter", () => clearTimeout(timer));
  toast.addEventListener("focusin", () => clearTimeout(timer));
  toast.addEventListener("pointerleave", wait);
  toast.addEventListener("focusout", wait);
  toast.querySelector("[data-toast-close]")?.addEventListener("click", () => leave(toast));
  wait();
}

export function toast(text, tone = "crit") {
  const box = document.createElement("div");
  box.className = "toast";
  box.dataset.tone = tone;
  box.role = tone === "crit" ? "alert" : "status";
  const span = document.createElement("span");
  span.textContent = text;
  box.append(span);
  document.getElementById("toasts").append(box);
  start(box);
}

export function announce(text) {
  document.getElementById("announce").textContent = text;
}
