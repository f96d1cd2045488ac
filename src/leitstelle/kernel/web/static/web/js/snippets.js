// "::" in a text offers text templates (data-snippets="address"); what follows narrows them, arrows choose, Enter or Tab
// inserts, Escape closes. The button beside types "::" for whoever does not know.
const MARK = /(^|\s)::([\p{L}\p{N}-]{0,40})$/u;
const WAIT = 150;

export function start(text) {
  const form = text.closest("form");
  const list = form.querySelector("[data-snippet-list]");
  let timer = 0;
  let asked = 0;

  const options = () => [...list.querySelectorAll("[role=option]")];
  const chosen = () => list.querySelector("[aria-selected=true]");
  const typed = () => MARK.exec(text.value.slice(0, text.selectionStart));

  function close() {
    asked += 1;
    list.hidden = true;
    text.removeAttribute("aria-activedescendant");
  }

  function choose(option) {
    for (const one of options()) one.setAttribute("aria-selected", String(one === option));
    text.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  async function offer(words) {
    const mine = ++asked;
    const answer = await fetch(`${text.dataset.snippets}?${new URLSearchParams({ q: words })}`).catch(() => null);
    if (!answer?.ok || mine !== asked) return;
    const page = await answer.text();
    if (mine !== asked) return;
    list.innerHTML = page;
    list.hidden = false;
    if (options()[0]) choose(options()[0]);
  }

  function insert(option) {
    const found = typed();
    if (!found || !option) return close();
    text.setRangeText(option.dataset.snippet, text.selectionStart - found[2].length - 2, text.selectionStart, "end");
    close();
    text.dispatchEvent(new Event("input", { bubbles: true }));
    text.focus();
  }

  text.addEventListener("input", () => {
    clearTimeout(timer);
    const found = typed();
    if (!found) return close();
    timer = setTimeout(() => offer(found[2]), WAIT);
  });
  text.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const all = options();
    const at = all.indexOf(chosen());
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (all.length && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      choose(all[(at + (event.key === "ArrowDown" ? 1 : all.length - 1)) % all.length]);
    } else if (all.length && (event.key === "Enter" || event.key === "Tab") && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      insert(chosen());
    }
  });
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    insert(event.target.closest("[role=option]"));
  });
  text.addEventListener("blur", close);
  form.querySelector("[data-snippet-open]")?.addEventListener("click", () => {
    text.focus();
    const before = text.value.slice(0, text.selectionStart);
    if (!typed()) text.setRangeText(/(^|\s)$/.test(before) ? "::" : " ::", text.selectionStart, text.selectionEnd, "end");
    text.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
