// Every declared parameter as a slider with its unit; meaning, evidence grade and source appear beside it on hover or focus.
// Rows of a group are built when the group is first opened.

function make(tag, className, parent, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  if (parent) parent.appendChild(node);
  return node;
}

function show(value) {
  if (typeof value !== "number") return String(value);
  if (value === 0) return "0";
  const size = Math.abs(value);
  return size >= 1e5 || size < 1e-3 ? value.toExponential(2) : String(Number(value.toPrecision(4)));
}

// A slider runs from 0 to 1; `power` bends it so that the default is not squeezed into a corner of a wide range.
const toValue = (p, t) => p.low + (p.high - p.low) * Math.pow(t, p.power);
const toSlider = (p, v) => Math.pow(Math.min(1, Math.max(0, (v - p.low) / (p.high - p.low))), 1 / p.power);

class Sheet {
  constructor(model, el) {
    this.model = model; this.rows = new Map(); this.groups = [];
    this.root = make("div", "sheet", el);
    const search = make("input", "sheet-search", this.root);
    search.type = "search"; search.placeholder = "Find a parameter"; search.setAttribute("aria-label", "Find a parameter");
    search.addEventListener("input", () => this.filter(search.value));
    this.list = make("div", "sheet-list", this.root);
    this.none = make("p", "sheet-none", this.root);
    this.none.setAttribute("role", "status");
    this.card = make("div", "sheet-card", document.body);
    this.card.setAttribute("role", "tooltip");
    this.build();
    this.list.addEventListener("scroll", () => this.hideCard());
  }

  build() {
    this.list.replaceChildren(); this.rows.clear(); this.groups = [];
    for (const group of this.model.get("groups")) {
      const box = make("details", "sheet-group", this.list);
      const head = make("summary", "", box);
      make("span", "sheet-title", head, group.title);
      const mark = make("span", "sheet-mark", head);
      const body = make("div", "sheet-rows", box);
      const entry = { group, box, mark, body, built: false };
      box.addEventListener("toggle", () => { if (box.open) this.fill(entry); });
      this.groups.push(entry);
    }
    this.refresh();
  }

  fill(entry) {
    if (entry.built) return;
    entry.built = true;
    for (const p of entry.group.parameters) this.row(p, entry.body);
    this.refresh();
  }

  row(p, body) {
    const box = make("div", "param", body), id = `p-${p.address.replace(".", "-")}`;
    box.dataset.address = p.address;
    const head = make("div", "param-head", box);
    const dot = make("span", `grade-dot is-${p.grade.replaceAll(" ", "-")}`, head);
    dot.title = p.grade;
    const label = make("label", "param-name", head, p.label);
    label.htmlFor = id;
    const wait = make("span", "param-wait", head, "at next reset");
    const undo = make("button", "param-undo", head, "\u21ba");
    undo.type = "button"; undo.setAttribute("aria-label", `Set ${p.label} back`);
    undo.addEventListener("click", () => this.model.send({ kind: "undo", address: p.address }));
    const line = make("div", "param-line", box);
    const row = { p, box, undo, wait };
    Object.assign(row, this.control(p, id, line, (text) => { row.note.textContent = text; }));
    make("span", "param-unit", line, p.unit);
    row.note = make("div", "param-note", box);
    row.note.setAttribute("role", "status");
    box.addEventListener("pointerenter", () => this.showCard(row));
    box.addEventListener("pointerleave", () => this.hideCard());
    box.addEventListener("focusin", () => this.showCard(row));
    box.addEventListener("focusout", () => this.hideCard());
    this.rows.set(p.address, row);
  }

  control(p, id, line, say) {
    const send = (value) => this.model.send({ kind: "set", address: p.address, value });
    if (p.kind === "bool") {
      const box = make("input", "param-switch", line);
      box.type = "checkbox"; box.id = id; box.setAttribute("role", "switch");
      box.addEventListener("change", () => send(box.checked));
      return { put: (value) => { box.checked = !!value; } };
    }
    if (p.kind === "str") {
      const choice = make("select", "param-choice", line);
      choice.id = id;
      for (const word of p.choices) make("option", "", choice, word).value = word;
      choice.addEventListener("change", () => send(choice.value));
      return { put: (value) => { choice.value = value; } };
    }
    return this.number(p, id, line, send, say);
  }

  // say(text): under the slider, what became of a number that could not be taken as it was typed; "" clears it.
  number(p, id, line, send, say) {
    const whole = (value) => (p.kind === "int" ? Math.round(value) : Number(value.toPrecision(4)));
    const slider = p.bounded ? make("input", "param-slider", line) : null;
    const field = make("input", "param-number", line);
    field.inputMode = "decimal"; field.setAttribute("aria-label", `${p.label}, number`);
    let timer = 0;
    if (slider) {
      slider.type = "range"; slider.min = 0; slider.max = 1; slider.step = 0.002; slider.id = id;
      slider.addEventListener("input", () => {
        const value = whole(toValue(p, Number(slider.value)));
        field.value = show(value); this.paint(slider, p); say("");
        clearTimeout(timer); timer = setTimeout(() => send(value), 150);
      });
    } else field.id = id;
    field.addEventListener("change", () => {
      const typed = field.value.trim(), given = Number(typed.replace(",", ".")), low = p.low ?? -Infinity, high = p.high ?? Infinity;
      if (typed === "" || Number.isNaN(given)) {
        const kept = this.model.get("values")[p.address];
        field.value = show(kept);
        say(typed ? `"${typed.slice(0, 20)}" is not a number. It stays ${show(kept)}.` : "");
        return;
      }
      const value = Math.min(high, Math.max(low, p.kind === "int" ? Math.round(given) : given));
      field.value = show(value);
      say(value === given ? "" : given < low ? `${show(low)} is the least.` : given > high ? `${show(high)} is the most.` : "Whole numbers only.");
      send(value);
    });
    const put = (value) => {
      if (document.activeElement !== field) field.value = show(value);
      if (slider && document.activeElement !== slider) { slider.value = toSlider(p, value); this.paint(slider, p); }
      else if (slider) { slider.setAttribute("aria-valuetext", `${show(value)} ${p.unit}`); }
    };
    return { put };
  }

  // The filled part runs from zero, where zero is inside the range, so that a sign is seen.
  paint(slider, p) {
    const zero = p.low < 0 && p.high > 0 ? toSlider(p, 0) : 0, value = Number(slider.value);
    slider.style.setProperty("--from", `${Math.min(zero, value) * 100}%`);
    slider.style.setProperty("--filled", `${Math.max(zero, value) * 100}%`);
  }

  // Values, marks of what differs from the scenario, and what waits for the next reset.
  refresh() {
    const values = this.model.get("values"), base = this.model.get("base"), waiting = new Set(this.model.get("waiting"));
    const differs = (address) => values[address] !== base[address];
    for (const [address, row] of this.rows) {
      row.put(values[address]);
      row.box.classList.toggle("is-changed", differs(address));
      row.wait.hidden = !(waiting.has(address) || !row.p.live);
      row.wait.classList.toggle("is-waiting", waiting.has(address));
      row.undo.hidden = !differs(address);
      row.undo.title = `Back to ${show(base[address])} ${row.p.unit}`;
    }
    for (const { group, mark } of this.groups) {
      const n = group.parameters.filter((p) => differs(p.address)).length;
      mark.textContent = n ? `${n} changed` : "";
    }
  }

  filter(text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    for (const entry of this.groups) {
      const hits = (p) => words.every((word) => `${p.label} ${p.address} ${p.about} ${entry.group.title} ${p.grade}`.toLowerCase().includes(word));
      const found = entry.group.parameters.filter(hits);
      if (words.length && found.length) this.fill(entry);
      for (const p of entry.group.parameters) {
        const row = this.rows.get(p.address);
        if (row) row.box.hidden = words.length > 0 && !found.includes(p);
      }
      entry.box.hidden = words.length > 0 && !found.length;
      if (words.length) entry.box.open = found.length > 0 && found.length <= 12;
      else entry.box.open = false;
    }
    const empty = this.groups.every((entry) => entry.box.hidden);
    this.none.textContent = empty ? `Nothing here is called \u201c${text.slice(0, 40)}\u201d. Try a shorter word, for example \u201ckill\u201d.` : "";
  }

  showCard({ p, box }) {
    const card = this.card, base = this.model.get("base")[p.address];
    card.className = `sheet-card ${box.closest(".theme--dark") ? "theme--dark" : "theme--light"}`;
    card.replaceChildren();
    make("div", "card-about", card, p.about[0].toUpperCase() + p.about.slice(1) + ".");
    const facts = make("dl", "", card);
    const fact = (name, text, className) => { make("dt", "", facts, name); make("dd", className || "", facts, text); };
    fact("Evidence", p.grade === "setting" ? "a choice of the experiment" : p.grade, "card-grade");
    fact("Source", p.source);
    fact("Scenario", `${show(base)} ${p.unit}`);
    if (p.bounded) fact("Range", `${show(p.low)} to ${show(p.high)} ${p.unit}`);
    fact("Takes effect", p.live ? "at once" : "at the next reset");
    fact("Name", p.address, "card-code");
    const at = box.getBoundingClientRect();
    card.classList.add("is-shown");
    const beside = at.right + 12 + card.offsetWidth < window.innerWidth;  // on a tablet the row leaves no room beside it
    card.style.left = `${beside ? at.right + 12 : Math.max(8, at.right - card.offsetWidth)}px`;
    const above = at.top - card.offsetHeight - 6, top = beside ? at.top - 8 : above > 8 ? above : at.bottom + 6;
    card.style.top = `${Math.max(8, Math.min(top, window.innerHeight - card.offsetHeight - 8))}px`;
  }

  hideCard() { this.card.classList.remove("is-shown"); }

  close() { this.card.remove(); }
}

function render({ model, el }) {
  const sheet = new Sheet(model, el);
  model.on("change:groups", () => sheet.build());
  for (const name of ["values", "base", "waiting"]) model.on(`change:${name}`, () => sheet.refresh());
  return () => sheet.close();
}

export default { render };
