// A drop area around a file field (data-drop), or a whole composer around its field (data-composer-files): dropped
// files join the chosen ones, every file is listed and can be taken out.
import { gettext, ready } from "./texts.js";

const size = (bytes) => (bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} KB` : `${(bytes / 1e6).toFixed(1)} MB`);

function set(input, files) {
  const transfer = new DataTransfer();
  for (const file of files) transfer.items.add(file);
  input.files = transfer.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

// What browsers show without running anything; the name beside it says what it is.
const SHOWN = new Set(["image/png", "image/jpeg", "image/gif", "image/webp"]);

function picture(file) {
  const image = document.createElement("img");
  image.className = "attach-thumb";
  image.alt = "";
  image.src = URL.createObjectURL(file);
  const done = () => URL.revokeObjectURL(image.src);
  image.addEventListener("load", done);
  image.addEventListener("error", () => (done(), image.remove()));
  return image;
}

function entry(input, file, index, max) {
  const item = document.createElement("li");
  item.className = "attach";
  if (SHOWN.has(file.type)) item.append(picture(file));
  const name = document.createElement("span");
  name.className = "truncate";
  name.textContent = file.name;
  const note = document.createElement("small");
  note.textContent = size(file.size);
  if (max && file.size > max) {
    item.dataset.tooBig = "";
    note.textContent = gettext("too big, at most %(size)s", { size: size(max) });
  }
  const remove = document.createElement("button");
  remove.type = "button";
  remove.className = "btn btn-quiet btn-sm btn-icon";
  remove.setAttribute("aria-label", gettext("Remove %(name)s", { name: file.name }));
  remove.textContent = "×";
  remove.addEventListener("click", () => set(input, [...input.files].filter((_, i) => i !== index)));
  item.append(name, note, remove);
  return item;
}

export async function start(element) {
  await ready;
  const area = element.matches("input") ? element.closest("form") : element;
  const input = element.matches("input") ? element : area.querySelector("input[type=file]");
  const list = area.querySelector("[data-file-list]") ?? area.closest("form").querySelector("[data-file-list]");
  const max = Number(area.dataset.maxBytes || 0);
  let chosen = [];
  input.addEventListener("change", () => {
    chosen = [...input.files];
    list.hidden = !chosen.length;
    list.replaceChildren(...chosen.map((file, index) => entry(input, file, index, max)));
  });
  area.addEventListener("dragover", (event) => {
    event.preventDefault();
    area.dataset.over = "";
  });
  area.addEventListener("dragleave", () => delete area.dataset.over);
  area.addEventListener("drop", (event) => {
    event.preventDefault();
    delete area.dataset.over;
    const dropped = [...event.dataTransfer.files];
    set(input, input.multiple ? [...chosen, ...dropped] : dropped.slice(0, 1));
  });
}
