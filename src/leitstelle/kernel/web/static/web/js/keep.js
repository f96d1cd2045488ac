// Live updates change what changed and nothing else: nodes that stay the same stay where they are, and with them the
// focus, what is selected, typed, open and scrolled. An HTMX extension, so that its way of swapping is "keep".
const KEPT = new Set(["open", "aria-selected", "data-live-count"]);
const FIELDS = "input, textarea, select";
const FOCUSABLE = "a[href], button, summary, input, select, textarea, [tabindex]";

const key = (node) => (node.nodeType === Node.ELEMENT_NODE ? node.id || node.dataset?.keep || node.dataset?.ticket || "" : "");
const blank = (node) => node.nodeType === Node.TEXT_NODE && !node.data.trim();
const alike = (one, other) => one.nodeType === other.nodeType && one.nodeName === other.nodeName && key(one) === key(other);

function touched(field) {
  if (field.type === "hidden") return false;
  if (field === document.activeElement) return true;
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (field.tagName === "SELECT") return [...field.options].some((option) => option.selected !== option.defaultSelected);
  return field.value !== field.defaultValue;
}

// Whether an attribute that HTMX reads has changed.
function attributes(old, fresh) {
  let wired = false;
  for (const { name, value } of fresh.attributes) {
    if (KEPT.has(name) || old.getAttribute(name) === value) continue;
    old.setAttribute(name, value);
    wired ||= name.startsWith("hx-");
  }
  for (const { name } of [...old.attributes]) {
    if (!KEPT.has(name) && !fresh.hasAttribute(name)) old.removeAttribute(name);
  }
  return wired;
}

function morph(old, fresh, added) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  // These are filled by scripts, or fetch what stands in them.
  if (old.matches("[data-presence], [data-fills-itself]") || old.isEqualNode(fresh)) return;
  if (old.matches(FIELDS) && touched(old)) return;
  if (attributes(old, fresh)) added.push(old);
  morphChildren(old, fresh, added);
}

function counterpart(at, wanted, keyed) {
  if (key(wanted)) {
    const found = keyed.get(key(wanted));
    return found && alike(found, wanted) ? found : null;
  }
  let similar = null;
  for (let node = at; node; node = node.nextSibling) {
    if (key(node)) continue;
    if (node.isEqualNode(wanted)) return node;
    if (node.nodeType === Node.ELEMENT_NODE && alike(node, wanted)) similar ??= node;
  }
  return similar;
}

function place(parent, node, before) {
  if (parent.moveBefore && node.isConnected) parent.moveBefore(node, before);
  else parent.insertBefore(node, before);
}

function morphChildren(parent, fresh, added) {
  const wantedKeys = new Set([...fresh.childNodes].map(key));
  const keyed = new Map();
  for (const node of [...parent.childNodes]) {
    if (!key(node)) continue;
    if (wantedKeys.has(key(node))) keyed.set(key(node), node);
    else node.remove();
  }
  // Blanks between elements stay as they are: they say nothing, and matching them would move what stands around them.
  const after = (node) => {
    while (node && blank(node)) node = node.nextSibling;
    return node;
  };
  let at = after(parent.firstChild);
  for (const wanted of [...fresh.childNodes]) {
    if (blank(wanted)) continue;
    const old = counterpart(at, wanted, keyed);
    if (!old) {
      parent.insertBefore(wanted, at);
      added.push(wanted);
      continue;
    }
    if (old === at) at = after(at.nextSibling);
    else place(parent, old, at);
    morph(old, wanted, added);
  }
  while (at) {
    const next = after(at.nextSibling);
    at.remove();
    at = next;
  }
}

// Where the focus goes when what had it is gone: to its like after it, else before it (from a row's link to the link of
// the next row, not to what stands between them), else to whatever is near.
function nextTo(list, active) {
  const at = list.indexOf(active);
  const usable = (element) => element.isConnected && element.checkVisibility();
  const like = (element) => usable(element) && element.tagName === active.tagName && element.className === active.className;
  const [after, before] = [list.slice(at + 1), list.slice(0, at)];
  return after.find(like) ?? before.findLast(like) ?? after.find(usable) ?? before.findLast(usable);
}

function keepingFocus(target, change) {
  const active = document.activeElement;
  if (!target.contains(active)) return change();
  const { selectionStart, selectionEnd } = active;
  const list = [...target.querySelectorAll(FOCUSABLE)];
  change();
  if (document.activeElement === active) return;
  const again = active.isConnected ? active : (active.id && document.getElementById(active.id)) || nextTo(list, active);
  again?.focus({ preventScroll: true });
  if (again === active && typeof selectionStart === "number") active.setSelectionRange(selectionStart, selectionEnd);
}

window.htmx.defineExtension("keep", {
  isInlineSwap: (style) => style === "keep",
  handleSwap(style, target, fragment) {
    if (style !== "keep") return false;
    const added = [];
    keepingFocus(target, () => {
      const single = fragment.nodeType === Node.DOCUMENT_FRAGMENT_NODE ? fragment.firstElementChild : fragment;
      // Beside the answer (out of band) the element itself arrives, otherwise what stands in it.
      if (single && target.id && single.id === target.id) morph(target, single, added);
      else morphChildren(target, fragment, added);
    });
    return added;
  },
});
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.requestConfig.triggeringEvent?.type === "live") event.detail.swapOverride = "keep";
});
