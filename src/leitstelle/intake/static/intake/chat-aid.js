// Level 0 in the visitor's chat: what may help is offered, then asked question by question. Before there is a chat, the
// state of a dialogue waits in the browser's store and goes along with every answer; in a chat the server has it. Either
// way closing the page, a break of the connection and a guide published anew lose nothing.
const WAIT = 500;

export function level0(chat) {
  const { data, texts, find, field, kept, keep, ask, say, fill } = chat;
  const box = find("aid");
  const first = JSON.parse(data.offers || "[]");
  let offers = first;
  let frame = { state: "" };
  let drawn = "";
  let busy = null;
  let typing = 0;
  let searched = false;

  const own = () => kept().aid ?? null;
  const waits = () => frame.state === "waiting";
  const run = () => (kept().token ? (waits() ? frame.aid : null) : own()?.run) ?? null;
  const isReady = () => !kept().token && Boolean(own()) && (own().ready || !own().run.question) && !own().run.solved;
  const asks = () => Boolean(run()?.question) && !run().solved && !isReady();

  function make(tag, text, values = {}) {
    const element = document.createElement(tag);
    if (text) element.textContent = text;
    return Object.assign(element, values);
  }

  function button(text, act, quiet = false) {
    const found = make("button", text, { type: "button", className: quiet ? "lchat-quiet" : "lchat-choice" });
    found.addEventListener("click", act);
    return found;
  }

  function offered() {
    const head = make("p", texts.maybe, { id: "lchat-maybe" });
    const list = make("ul");
    list.setAttribute("aria-labelledby", "lchat-maybe");
    for (const one of offers) {
      const item = make("li");
      item.append(button(one.title, () => step("begin", { key: one.key })));
      list.append(item);
    }
    return [head, list];
  }

  function question(now) {
    const group = make("div", "", { className: "lchat-ask", tabIndex: -1 });
    group.dataset.ask = "";
    group.setAttribute("role", "group");
    group.setAttribute("aria-labelledby", "lchat-ask");
    const words = make("p", "", { id: "lchat-ask" });
    if (now.kind === "hint") words.append(make("small", texts.try));
    words.append(now.ask);
    if (now.kind === "text" && !now.required) words.append(` (${texts.optional})`);
    group.append(words);
    if (now.note) group.append(make("p", now.note, { className: "lchat-soft" }));
    for (const one of now.answers) group.append(button(one.words, () => step("answer", { question: now.key, given: one.key })));
    if (now.kind === "text" && !now.required) group.append(button(texts.skip, () => step("answer", { question: now.key, given: "" }), true));
    return group;
  }

  function ways(now) {
    const bar = make("div", "", { className: "lchat-ways" });
    if (now.solved) {
      bar.append(button(texts.not_after_all, person, true), button(texts.other, forget, true));
    } else {
      // A hint asks itself whether it helped.
      if (!isReady() && now.question?.kind !== "hint") bar.append(button(texts.solved, () => step("solved"), true));
      if (!isReady()) bar.append(button(texts.person, person, true));
      bar.append(button(texts.back, back, true));
    }
    return bar;
  }

  function dialogue(now) {
    const parts = [make("h2", fill(texts.begun, now))];
    const said = make("ol", "", { className: "lchat-log" });
    for (const one of now.steps) {
      for (const [by, text] of [["agent", one.ask], ["visitor", one.told]]) {
        if (!text) continue;
        const item = make("li");
        item.dataset.by = by;
        item.append(make("p", text));
        said.append(item);
      }
    }
    if (now.steps.length) parts.push(said);
    if (now.solved || isReady()) {
      const end = make("p", now.solved ? texts.helped : texts.ready, { tabIndex: -1, className: "lchat-ask" });
      end.dataset.ask = "";
      parts.push(end);
    } else if (now.question) parts.push(question(now.question));
    return [...parts, ways(now)];
  }

  // Drawn anew only when something changed: focus stays where it is.
  function draw(focus = false) {
    const now = run();
    const open = !now && offers.length && (kept().token ? waits() && !frame.aided : true);
    const wanted = JSON.stringify([now, open && offers, isReady()]);
    if (wanted !== drawn) {
      drawn = wanted;
      box.replaceChildren(...(now ? dialogue(now) : open ? offered() : []));
      box.hidden = !box.childElementCount;
      if (now) bringUp();
    }
    chat.dress();
    if (focus) (box.querySelector("[data-ask]") ?? field).focus();
  }

  // The newest is at the bottom, but a question is read from its beginning.
  function bringUp() {
    const scroll = find("scroll");
    const asked = box.querySelector("[data-ask]");
    scroll.scrollTop = scroll.scrollHeight;
    const above = scroll.getBoundingClientRect().top + 8 - (asked?.getBoundingClientRect().top ?? Infinity);
    if (above > 0) scroll.scrollTop -= above;
  }

  function step(name, more = {}) {
    busy ??= asked(name, more).finally(() => (busy = null));
    return busy;
  }

  async function asked(name, more) {
    box.setAttribute("aria-busy", "true");
    const body = new FormData();
    for (const [key, value] of Object.entries({ step: name, ...more })) body.set(key, value);
    const within = Boolean(kept().token);
    body.set(...(within ? ["after", String(chat.last())] : ["state", own()?.state ?? ""]));
    try {
      const answer = await ask(within ? data.step : data.help, body);
      if (answer.ok) {
        say("");
        if (within) chat.merge(answer);
        else if (!kept().token) {
          // Words typed before are for a person, not an answer: they come back when one is asked for.
          const words = own() ? own().words : field.value;
          if (!own()) field.value = "";
          if (answer.aid) kept().aid = { state: answer.state, run: answer.aid, ready: false, words };
          else giveBack();
          keep();
        }
        draw(true);
      } else if (answer.code !== "not_an_answer" || !within) say(answer.error || texts.failed, false);
      return answer;
    } catch {
      say(texts.offline, false);
      return null;
    } finally {
      box.removeAttribute("aria-busy");
    }
  }

  function giveBack() {
    const words = own()?.words ?? "";
    kept().aid = null;
    if (words && !field.value) field.value = words;
  }

  function forget() {
    giveBack();
    keep();
    offers = first;
    draw(true);
  }

  function back() {
    if (!isReady() || !own().run.question) return step("back");
    own().ready = false;
    keep();
    return draw(true);
  }

  function person() {
    if (kept().token) return step("person");
    own().ready = true;
    own().run.solved = false;
    if (!field.value) field.value = own().words ?? "";
    own().words = "";
    keep();
    draw();
    return chat.person();
  }

  async function search(text) {
    try {
      const answer = await ask(`${data.help}?q=${encodeURIComponent(text.slice(0, 200))}`);
      if (answer.ok) offers = answer.offers;
      draw();
    } catch {
      // Without a connection there is nothing to offer.
    }
  }

  field.addEventListener("input", () => {
    clearTimeout(typing);
    if (kept().token || own()) return;
    typing = setTimeout(() => {
      if (kept().token || own()) return;
      if (field.value.trim()) search(field.value.trim());
      else {
        offers = first;
        draw();
      }
    }, WAIT);
  });

  return {
    asks,
    draw,
    // What is typed while a question is on its way is no answer yet.
    settled: () => busy,
    isOpen: () => Boolean(run()),
    isSolved: () => Boolean(run()?.solved),
    // What goes along with the first words.
    brings: () => (isReady() ? own().state : ""),
    title: () => own()?.run.title ?? "",
    show(told) {
      frame = told;
      if (waits() && !frame.aid && !frame.aided && !searched) {
        searched = true;
        offers = [];
        search(chat.words());
      }
      draw();
    },
    reset() {
      searched = false;
      offers = first;
      frame = { state: "" };
      draw();
    },
    // What is typed while a question is asked is its answer; in a chat what is none goes to whoever comes.
    async takes(text) {
      const within = Boolean(kept().token);
      const answer = await step("answer", { question: run().question.key, typed: text });
      if (answer?.ok) return "answered";
      return within && answer?.code === "not_an_answer" ? "words" : "kept";
    },
  };
}
