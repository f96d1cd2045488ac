// Put into a site by one line: a button, and behind it the chat in a frame of the desk's own origin. Nothing else of the
// site is touched or read. Styles are set through the object model, which every content security policy allows.
const here = document.currentScript;
const origin = new URL(here.src).origin;
const wanted = (here.dataset.lang || document.documentElement.lang || navigator.language || "de").slice(0, 2);
const language = LEITSTELLE_CHAT.words[wanted] ? wanted : "en";
const words = LEITSTELLE_CHAT.words[language];
const dress = (element, styles) => Object.assign(element.style, styles);

function start() {
  const narrow = matchMedia("(max-width: 480px)");
  const button = document.createElement("button");
  const badge = document.createElement("span");
  const box = document.createElement("div");
  let frame = null;
  let unread = 0;
  button.type = "button";
  dress(button, {
    position: "fixed", right: "20px", bottom: "20px", zIndex: "2147483000", width: "56px", height: "56px", padding: "0",
    border: "2px solid #fff", borderRadius: "50%", background: "#0b5f72", color: "#fff", cursor: "pointer",
    boxShadow: "0 2px 10px rgba(0, 0, 0, .35)", font: "600 24px/1 system-ui, sans-serif",
  });
  dress(badge, {
    position: "absolute", top: "-6px", right: "-6px", minWidth: "22px", height: "22px", borderRadius: "11px",
    background: "#a3161d", color: "#fff", font: "600 13px/22px system-ui, sans-serif", display: "none",
  });
  dress(box, {
    position: "fixed", zIndex: "2147482999", display: "none", overflow: "hidden", background: "#fff",
    boxShadow: "0 6px 30px rgba(0, 0, 0, .35)",
  });
  const icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const shape = document.createElementNS("http://www.w3.org/2000/svg", "path");
  for (const [name, value] of Object.entries({ viewBox: "0 0 24 24", width: "28", height: "28", "aria-hidden": "true", fill: "none", stroke: "currentColor", "stroke-width": "2" })) icon.setAttribute(name, value);
  dress(icon, { display: "block", margin: "auto" });
  icon.append(shape);
  button.append(icon, badge);

  function fit() {
    const wide = { right: "20px", bottom: "88px", left: "auto", top: "auto", width: "min(400px, calc(100vw - 40px))", height: "min(620px, calc(100vh - 120px))", borderRadius: "12px" };
    const full = { right: "0", bottom: "0", left: "0", top: "0", width: "100%", height: "100%", borderRadius: "0" };
    dress(box, narrow.matches ? full : wide);
    if (narrow.matches && isOpen()) dress(button, { top: "6px", right: "8px", bottom: "auto", width: "40px", height: "40px" });
    else dress(button, { top: "auto", right: "20px", bottom: "20px", width: "56px", height: "56px" });
  }

  const isOpen = () => box.style.display === "block";

  function name() {
    const open = isOpen();
    shape.setAttribute("d", open ? "M6 6l12 12M18 6L6 18" : "M4 5h16v11H10l-5 4v-4H4z");
    button.setAttribute("aria-expanded", String(open));
    button.setAttribute("aria-label", (open ? words.close : words.open) + (unread ? ` (${unread})` : ""));
    badge.textContent = unread || "";
    badge.style.display = unread ? "block" : "none";
  }

  function toggle(open) {
    if (open && !frame) {
      frame = document.createElement("iframe");
      frame.title = words.title;
      frame.src = `${origin}/chat/${LEITSTELLE_CHAT.door}/?lang=${language}&theme=${encodeURIComponent(here.dataset.theme || "")}`;
      dress(frame, { width: "100%", height: "100%", border: "0", display: "block" });
      box.append(frame);
    }
    box.style.display = open ? "block" : "none";
    if (open) unread = 0;
    fit();
    name();
    if (open) frame.focus();
    else button.focus();
  }

  button.addEventListener("click", () => toggle(!isOpen()));
  narrow.addEventListener("change", fit);
  addEventListener("message", (event) => {
    if (!frame || event.origin !== origin || event.source !== frame.contentWindow) return;
    if (event.data?.leitstelle === "close") toggle(false);
    if (event.data?.leitstelle === "news" && !isOpen()) {
      unread += event.data.count;
      name();
    }
  });
  box.addEventListener("keydown", (event) => event.key === "Escape" && toggle(false));
  fit();
  name();
  document.body.append(box, button);
}

if (document.body) start();
else addEventListener("DOMContentLoaded", start);
