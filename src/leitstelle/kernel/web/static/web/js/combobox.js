// A field with a list below it: arrow keys choose, Enter takes, Escape closes. Focus stays in the field.
export class Combobox {
  constructor(input, list, take) {
    this.input = input;
    this.list = list;
    this.take = take;
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.pick(option);
    });
    input.addEventListener("blur", () => this.close());
  }

  get options() {
    return [...this.list.querySelectorAll("[role=option]")];
  }

  get active() {
    return this.list.hidden ? undefined : this.options.find((one) => one.getAttribute("aria-selected") === "true");
  }

  open(at = 0) {
    this.list.hidden = !this.options.length;
    this.input.setAttribute("aria-expanded", String(!this.list.hidden));
    this.choose(at);
  }

  close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  choose(at) {
    const { options } = this;
    if (!options.length) return;
    const index = (at + options.length) % options.length;
    options.forEach((option, i) => option.setAttribute("aria-selected", String(i === index)));
    this.input.setAttribute("aria-activedescendant", options[index].id);
    options[index].scrollIntoView({ block: "nearest" });
  }

  move(step) {
    if (this.list.hidden) return this.open(step > 0 ? 0 : -1);
    this.choose(this.options.findIndex((one) => one.getAttribute("aria-selected") === "true") + step);
  }

  pick(option) {
    this.close();
    this.take(option);
  }

  // Returns whether the key was for the list.
  key(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return false;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") this.move(event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Escape" && !this.list.hidden) this.close();
    else if (event.key === "Enter" && this.active) this.pick(this.active);
    else return false;
    event.preventDefault();
    return true;
  }
}
