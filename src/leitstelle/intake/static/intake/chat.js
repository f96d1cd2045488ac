// The visitor's chat. What the server has is the truth: lines are numbered, and whatever connection there is, the script
// asks for those after the last it has. What is typed waits here under a key of its own until it came back as a line, so
// sending it twice gives one line. The WebSocket only brings the same answers sooner; without it the script asks.
import { level0 } from "./chat-aid.js";

const POLL = 3000;
// A connection can be gone without anybody hearing of it: now and then the script asks beside an open socket.
const BESIDE = 60000;
const SLOWEST = 30000;

function start(root) {
  const data = root.dataset;
  const texts = JSON.parse(data.texts);
  const find = (name) => root.querySelector(`[data-${name}]`);
  const form = find("form");
  const field = form.elements.text;
  const log = find("log");
  const upload = find("upload");
  const name = `leitstelle-chat-${data.chat}`;
  const fill = (text, values) => text.replace(/%\((\w+)\)s/g, (_, key) => values[key]);
  let files = [];
  let uploads = new Map();
  let kept = recall();
  let last = 0;
  let socket = null;
  let hears = false;
  let timer = 0;
  let again = 0;
  let tries = 0;
  let sending = false;
  let writes = 0;
  let live = false;
  let aid = null;
  // What is known of the chat; where only its place in the queue changed, the server says only that.
  let shown = { state: "" };

  function recall() {
    try {
      return JSON.parse(localStorage.getItem(name)) ?? { token: "", pending: [] };
    } catch {
      return { token: "", pending: [] };
    }
  }

  function keep() {
    try {
      localStorage.setItem(name, JSON.stringify(kept));
    } catch {
      // Without a store the chat lasts as long as the page.
    }
  }

  const uuid = () =>
    crypto.randomUUID?.() ??
    "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) => (c ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (c / 4)))).toString(16));

  async function ask(address, body) {
    const headers = { "X-Language": data.language, Accept: "application/json" };
    if (kept.token) headers.Authorization = `Bearer ${kept.token}`;
    const response = await fetch(address, { method: body ? "POST" : "GET", body, headers, credentials: "omit", cache: "no-store" });
    if (response.status >= 500) throw new Error(response.status);
    const found = response.status === 204 ? {} : await response.json().catch(() => ({}));
    return { ok: response.ok, status: response.status, ...found };
  }

  function bubble(line) {
    const item = document.createElement("li");
    item.dataset.by = line.who;
    const words = document.createElement("p");
    words.textContent = line.text;
    if (line.who === "note") {
      item.append(words);
      return item;
    }
    const head = document.createElement("small");
    const who = line.who === "visitor" ? texts.you : line.name || texts.desk;
    const time = line.at ? new Date(line.at).toLocaleTimeString(data.language, { hour: "2-digit", minute: "2-digit" }) : texts.pending;
    head.textContent = `${who}, ${time}`;
    item.append(head);
    if (line.text) item.append(words);
    for (const file of line.files ?? []) {
      const link = document.createElement(file.url ? "a" : "span");
      if (file.url) Object.assign(link, { href: file.url, download: "" });
      link.textContent = file.size ? `${file.name} (${file.size})` : file.name;
      item.append(link, document.createElement("br"));
    }
    return item;
  }

  function waitingBubble(entry) {
    if (log.querySelector(`[data-key="${entry.key}"]`)) return;
    const names = (uploads.get(entry.key) ?? []).map((file) => ({ name: file.name, url: "" }));
    const item = bubble({ who: "visitor", text: entry.text || entry.title, at: "", files: names });
    item.dataset.key = entry.key;
    item.dataset.pending = "";
    log.append(item);
    down();
  }

  const down = () => (find("scroll").scrollTop = find("scroll").scrollHeight);

  function drop(key) {
    kept.pending = kept.pending.filter((entry) => entry.key !== key);
    uploads.delete(key);
    log.querySelector(`[data-pending][data-key="${key}"]`)?.remove();
    keep();
  }

  function merge(frame) {
    let news = 0;
    for (const line of frame.lines ?? []) {
      if (line.n <= last) continue;
      last = line.n;
      drop(line.key);
      const item = bubble(line);
      log.insertBefore(item, log.querySelector("[data-pending]"));
      if (line.who === "agent") news += 1;
    }
    if (frame.lines?.length) down();
    shown = { ...shown, ...frame };
    if (news && parent !== window) parent.postMessage({ leitstelle: "news", count: news }, "*");
    show(shown);
  }

  // Which parts of the form are needed now.
  function dress() {
    const begun = Boolean(kept.token);
    const asks = aid.asks();
    for (const name of ["who-fields", "greeting", "away"]) if (find(name)) find(name).hidden = begun || (name === "who-fields" ? asks : aid.isOpen());
    find("label").textContent = asks ? texts.your_answer : find("label").dataset.plain;
    find("send").textContent = asks ? texts.answer : begun ? texts.send : find("send").dataset.plain;
    find("attach").hidden = asks && !begun;
    form.hidden = aid.isSolved() || (begun && !live && Boolean(shown.state));
  }

  function show(frame) {
    live = frame.state === "waiting" || frame.state === "active";
    const begun = Boolean(kept.token);
    find("state").textContent =
      frame.state === "waiting" ? fill(texts.waiting, { n: frame.position })
      : frame.state === "active" ? fill(texts.agent, { name: frame.agent })
      : begun && frame.state ? texts.ended : "";
    find("writes").textContent = live && frame.typing ? fill(texts.typing, { name: frame.agent || texts.desk }) : "";
    find("finish").hidden = !live;
    find("over").hidden = !begun || live || !frame.state;
    find("mail").hidden = !frame.mail;
    if (frame.mail) {
      find("mail-label").hidden = Boolean(frame.mail.to);
      find("mail-send").textContent = frame.mail.to ? fill(texts.mail_to, frame.mail) : texts.mail;
    }
    aid.show(frame);
    if (begun && !live && frame.state) rest();
  }

  function rest() {
    clearTimeout(timer);
    clearTimeout(again);
    const open = socket;
    socket = null;
    hears = false;
    open?.close();
  }

  function say(text, focus = true) {
    find("error").textContent = text;
    find("error").hidden = !text;
    if (text && focus) find("error").focus();
  }

  function forget() {
    rest();
    kept = { token: "", pending: [] };
    keep();
    last = 0;
    log.replaceChildren();
    aid.reset();
    shown = { state: "" };
    show({ state: "" });
  }

  // One after the other, in the order they were typed.
  async function flush() {
    if (sending) return;
    sending = true;
    try {
      while (kept.pending.length) {
        const entry = kept.pending[0];
        const body = new FormData();
        for (const [key, value] of Object.entries({ ...entry, after: String(last) })) body.set(key, value);
        for (const file of uploads.get(entry.key) ?? []) body.append("files", file);
        if (!kept.token) body.set("who", data.who);
        const answer = await ask(kept.token ? data.lines : data.start, body);
        tries = 0;
        if (answer.status === 429) {
          say(answer.error, false);
          return later();
        }
        if (!answer.ok) {
          refuse(entry, answer);
          return;
        }
        say("");
        if (answer.token) {
          kept.token = answer.token;
          kept.aid = null;
          keep();
          connect();
        }
        merge(answer);
        drop(entry.key);
      }
    } catch {
      say(texts.offline, false);
      later();
    } finally {
      sending = false;
    }
  }

  function later() {
    clearTimeout(again);
    again = setTimeout(flush, Math.min(SLOWEST, 1000 * 2 ** tries++));
  }

  // The server will not have it: the words go back to where they can be changed.
  function refuse(entry, answer) {
    const back = kept.pending.map((one) => one.text).filter(Boolean).join("\n");
    files = [...(uploads.get(entry.key) ?? []), ...files];
    for (const one of [...kept.pending]) drop(one.key);
    field.value = [back, field.value].filter(Boolean).join("\n");
    listFiles();
    const wrong = Object.keys(answer.fields ?? {});
    for (const input of form.querySelectorAll("input, textarea")) input.setAttribute("aria-invalid", String(wrong.includes(input.name)));
    say([...new Set([answer.error, ...Object.values(answer.fields ?? {})])].filter(Boolean).join(" ") || texts.failed);
    if (answer.status === 401) {
      forget();
    } else if (answer.code === "chat_over") {
      poll();
    }
  }

  async function poll() {
    clearTimeout(timer);
    if (!kept.token) return;
    try {
      const answer = await ask(`${data.lines}?after=${last}`);
      if (answer.status === 401) return forget();
      if (answer.ok) {
        merge(answer);
        if (find("error").textContent === texts.offline && !kept.pending.length) say("");
        if (kept.pending.length) flush();
      }
    } catch {
      say(texts.offline, false);
    }
    wait();
  }

  function wait() {
    clearTimeout(timer);
    if (kept.token && (live || !last)) timer = setTimeout(poll, hears ? BESIDE : POLL);
  }

  let retries = 0;
  function connect() {
    if (!kept.token || !data.socket || socket) return;
    const opened = new WebSocket(new URL(data.socket, location.href.replace(/^http/, "ws")));
    socket = opened;
    wait();
    opened.addEventListener("open", () => opened.send(JSON.stringify({ token: kept.token, after: last })));
    opened.addEventListener("message", (event) => {
      if (socket !== opened) return;
      hears = true;
      retries = 0;
      merge(JSON.parse(event.data));
      if (socket === opened) wait();
      if (kept.pending.length) flush();
    });
    opened.addEventListener("close", () => {
      if (socket !== opened) return;
      socket = null;
      hears = false;
      poll();
      setTimeout(() => live && connect(), Math.min(SLOWEST, 1000 * 2 ** retries++));
    });
  }

  function listFiles() {
    const list = find("files");
    list.hidden = !files.length;
    list.replaceChildren(
      ...files.map((file, index) => {
        const item = document.createElement("li");
        const remove = document.createElement("button");
        remove.type = "button";
        remove.textContent = "×";
        remove.setAttribute("aria-label", fill(texts.remove, { name: file.name }));
        remove.addEventListener("click", () => {
          files = files.filter((_, i) => i !== index);
          listFiles();
          upload.focus();
        });
        item.append(file.name, remove);
        return item;
      }),
    );
  }

  const wanting = () => [...form.elements].filter((input) => input.closest("[data-who-fields]") && !input.closest("[hidden]") && !input.checkValidity());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    await aid.settled();
    const text = field.value.trim();
    if (aid.asks() && text && !files.length) {
      const taken = await aid.takes(text);
      if (taken === "answered" && field.value.trim() === text) field.value = "";
      if (taken !== "words") return;
    } else if (aid.asks() && !kept.token) return find("aid").querySelector("button")?.focus();
    const [wrong] = wanting();
    if (wrong) {
      wrong.setAttribute("aria-invalid", "true");
      say(wrong.type === "email" ? texts.need_email : texts.need_name, false);
      wrong.focus();
      return;
    }
    const brought = kept.token ? "" : aid.brings();
    if (!text && !files.length && !brought) return field.focus();
    for (const input of form.querySelectorAll("[aria-invalid]")) input.removeAttribute("aria-invalid");
    const entry = { key: uuid(), text };
    if (brought) Object.assign(entry, { aid: brought, title: aid.title() });
    if (!kept.token) Object.assign(entry, { name: form.elements.name?.value ?? "", email: form.elements.email?.value ?? "" });
    uploads.set(entry.key, files);
    files = [];
    listFiles();
    kept.pending.push(entry);
    keep();
    field.value = "";
    field.focus();
    waitingBubble(entry);
    flush();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  const tell = (writing) => {
    const body = new FormData();
    body.set("writing", writing);
    ask(data.typing, body).catch(() => {});
  };
  field.addEventListener("input", () => {
    if (!kept.token || !live || Date.now() - writes < 10000) return;
    writes = Date.now();
    tell("1");
  });
  upload.addEventListener("change", () => {
    files = [...files, ...upload.files];
    upload.value = "";
    listFiles();
  });
  // Browsers show no dialog of their own out of a frame: the button itself asks.
  const calm = () => (find("finish").textContent = texts.end);
  find("finish").addEventListener("blur", calm);
  find("finish").addEventListener("click", async () => {
    if (find("finish").textContent !== texts.sure) return (find("finish").textContent = texts.sure);
    calm();
    const body = new FormData();
    body.set("after", String(last));
    try {
      const answer = await ask(data.end, body);
      if (answer.ok) merge(answer);
      find("again").focus();
    } catch {
      say(texts.offline);
    }
  });
  find("mail").addEventListener("submit", async (event) => {
    event.preventDefault();
    const address = find("mail").elements.email;
    if (!find("mail-label").hidden && !address.checkValidity()) {
      find("mail-error").textContent = texts.need_email;
      return address.focus();
    }
    const body = new FormData();
    body.set("email", address.value);
    body.set("after", String(last));
    try {
      const answer = await ask(data.transcript, body);
      find("mail-error").textContent = answer.ok ? "" : Object.values(answer.fields ?? {})[0] ?? answer.error ?? texts.failed;
      if (!answer.ok) return;
      merge({ ...answer, mail: null });
      find("again").focus();
    } catch {
      find("mail-error").textContent = texts.offline;
    }
  });
  find("again").addEventListener("click", () => {
    forget();
    field.focus();
  });
  addEventListener("online", () => {
    const old = socket;
    socket = null;
    hears = false;
    old?.close();
    poll().then(connect);
    flush();
  });
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && parent !== window) parent.postMessage({ leitstelle: "close" }, "*");
  });
  for (const name of ["send", "label"]) find(name).dataset.plain = find(name).textContent;
  const chat = {
    data, texts, find, field, keep, ask, say, fill, merge, dress, down,
    kept: () => kept,
    last: () => last,
    // Sent at once where nothing else has to be given.
    person: () => {
      const open = wanting()[0];
      return open ? open.focus() : form.requestSubmit();
    },
    words: () => log.querySelector('[data-by="visitor"] p')?.textContent ?? "",
  };
  aid = level0(chat);
  aid.draw();
  for (const entry of kept.pending) waitingBubble(entry);
  if (kept.token) {
    poll().then(connect);
  }
  flush();
}

for (const root of document.querySelectorAll("[data-chat]")) start(root);
