// A long <select> becomes a field that finds its options by words of their names, in any order ("vpn netz").
import { Combobox } from "./combobox.js";

const SHOWN = 30;
const plain = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replaceAll("ß", "ss");

function option(source, id) {
  const item = document.createElement("div");
  item.role = "option";
  item.id = id;
  item.className = "combo-option";
  item.dataset.value = source.value;
  item.textContent = source.text;
  return item;
}

export function start(select) {
  const input = document.createElement("input");
  const list = document.createElement("div");
  const own = select.id;
  input.className = "input";
  input.type = "text";
  input.role = "combobox";
  input.autocomplete = "off";
  input.id = own;
  select.id = `${own}_value`;
  list.id = `${own}_list`;
  list.role = "listbox";
  list.className = "combo-list";
  list.hidden = true;
  list.setAttribute("aria-label", document.querySelector(`label[for="${own}"]`)?.textContent.trim() ?? "");
  for (const [name, value] of [["aria-controls", list.id], ["aria-expanded", "false"], ["aria-autocomplete", "list"]]) input.setAttribute(name, value);
  for (const name of ["aria-describedby", "aria-invalid"]) if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
  const box = document.createElement("div");
  box.className = "combo";
  select.before(box);
  box.append(input, list, select);
  select.hidden = true;

  const sources = [...select.options];
  const show = () => (input.value = select.selectedOptions[0]?.value ? select.selectedOptions[0].text : "");
  const combo = new Combobox(input, list, (item) => {
    select.value = item.dataset.value;
    show();
    select.dispatchEvent(new Event("input", { bubbles: true }));
  });
  const filter = () => {
    const words = plain(input.value).split(/\s+/).filter(Boolean);
    const fitting = sources.filter((one) => words.every((word) => plain(one.text).includes(word)));
    list.replaceChildren(...fitting.slice(0, SHOWN).map((one, index) => option(one, `${list.id}_${index}`)));
  };
  input.addEventListener("input", () => {
    filter();
    combo.open();
  });
  input.addEventListener("keydown", (event) => {
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && list.hidden) {
      list.replaceChildren(...sources.map((one, index) => option(one, `${list.id}_${index}`)));
      combo.open(Math.max(select.selectedIndex, 0));
      event.preventDefault();
    } else if ((event.key === "Tab" || (event.key === "Enter" && (event.ctrlKey || event.metaKey))) && combo.active && input.value) combo.pick(combo.active);
    else combo.key(event);
  });
  input.addEventListener("focus", () => input.select());
  // What is no option is not kept; an emptied field means none.
  input.addEventListener("blur", () => {
    if (!input.value.trim() && sources.some((one) => one.value === "")) select.value = "";
    show();
  });
  show();
}
