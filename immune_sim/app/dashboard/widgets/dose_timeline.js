// Doses on a timeline. Python holds the plan; here it is drawn, and a hand's doings are sent when it lets go.
// Two lanes: the days of the run (color is blockade, choose days by click or drag), and the clock of the chosen days.

// An amount with two digits: 0.1134 becomes 0.11.
const nice = (amount, top) => +Math.max(top / 200, Math.min(top, amount)).toPrecision(2);

class Timeline extends Drawing {
  constructor(model, el) {
    super();
    this.model = model; this.chosen = null; this.drag = null;
    this.turn = this.started = Date.now() % 1e9;  // of the last thing that was sent; older answers are not drawn
    this.root = tag("div", "timeline", el);
    this.canvas = tag("canvas", "timeline-heat", this.root);
    this.svg = make("svg", { class: "timeline-svg", role: "group", "aria-label": "Doses on a timeline" }, this.root);
    this.row = tag("div", "timeline-row", this.root);
    this.size = new ResizeObserver(() => this.draw());
    this.size.observe(this.root);
    this.theme = new MutationObserver(() => this.draw());
    const app = document.getElementById("app");
    if (app) this.theme.observe(app, { attributes: true, attributeFilter: ["class"] });
    this.svg.addEventListener("pointermove", (event) => this.moved(event));
    this.svg.addEventListener("pointerup", (event) => this.released(event));
    this.svg.addEventListener("pointercancel", () => { this.drag = null; this.draw(); });
  }

  // What a hand does is drawn at once and sent; so quick keys build on each other and not on an old answer.
  send(kind, told) {
    const { clock: q, to, amount, first, last } = told, view = { ...this.view };
    const others = view.handles.filter(([each]) => each !== q), own = view.handles.find(([each]) => each === q);
    if (kind === "choose") Object.assign(view, { first, last });
    else if (kind === "remove") view.handles = others;
    else if (kind === "amount") view.handles = [...others, [q, amount, own[2]]];
    else if (kind === "move") view.handles = [...others.filter(([each]) => each !== to), [to, own[1], own[2]]];
    this.model.send({ kind, turn: ++this.turn, ...told });
    this.draw(view);
  }

  draw(local) {
    const told = this.model.get("view"), width = this.root.clientWidth;
    const late = this.turn !== this.started && told.turn !== this.turn;
    if (!width || !told.days || this.drag) return;
    const view = local || (late ? this.view : told);
    const focus = this.svg.contains(document.activeElement) ? document.activeElement.dataset.part : null;
    this.view = view; this.width = width; this.inner = width - LEFT - RIGHT;
    this.svg.setAttribute("viewBox", `0 0 ${width} ${HIGH}`);
    this.svg.style.height = `${HIGH}px`;
    this.svg.replaceChildren();
    this.heat();
    this.days();
    this.grid();
    this.courses();
    this.clockLane();
    view.handles.forEach((each) => this.dose(...each));
    this.editor();
    const wanted = focus === "dose" ? this.svg.querySelector(`[data-clock="${this.chosen}"]`) : focus && this.svg.querySelector(`[data-part="${focus}"]`);
    if (wanted) wanted.focus();
  }

  choose(q) {
    this.chosen = q;
    for (const each of this.svg.querySelectorAll(".dose-mark")) each.classList.toggle("is-chosen", +each.dataset.clock === q);
    this.editor();
  }

  // ---- the row below: the chosen dose in figures ---------------------------------------------------------------------

  editor() {
    const view = this.view, found = view.handles.find(([q]) => q === this.chosen);
    if (this.row.contains(document.activeElement) && document.activeElement.tagName === "INPUT" && this.typing) return;
    this.row.replaceChildren();
    const button = (words, act, title, off) => {
      const node = tag("button", "timeline-button", this.row, words);
      node.type = "button"; node.title = title; node.disabled = !!off;
      node.addEventListener("click", act);
    };
    const all = view.first === 0 && view.last === view.days - 1;
    button("Every day", () => this.send("choose", { first: 0, last: view.days - 1 }), "Choose all days of the run", all);
    button("Add a dose", () => this.addFree(), `Add a dose on ${this.daysWords()}`);
    tag("span", "timeline-gap", this.row);
    if (!found) { tag("span", "timeline-hint", this.row, "Click to add a dose. Drag it in time, its knob for the amount, out of the lane to remove."); return; }
    const [q, amount] = found;
    const field = (label, type, value, rest, use) => {
      const wrap = tag("label", "timeline-field", this.row, label), input = tag("input", "", wrap);
      Object.assign(input, { type, value, ...rest, ariaLabel: label });
      input.addEventListener("focus", () => { this.typing = true; });
      input.addEventListener("change", () => { this.typing = false; use(input.value); });
      input.addEventListener("blur", () => { this.typing = false; });
      input.addEventListener("keydown", (event) => event.stopPropagation());
      return wrap;
    };
    field("Time", "text", clock(q), { inputMode: "numeric", maxLength: 5 }, (value) => { const [h, m] = value.split(":").map(Number); if (h >= 0) this.moveTo(q, Math.min(DAY - 1, Math.round(h * 4 + (m || 0) / 15))); });
    const wrap = field("Amount", "number", shown(amount), { min: 0, step: "any" }, (value) => { if (+value > 0) this.send("amount", { clock: q, amount: +value }); });
    tag("span", "timeline-unit", wrap, view.unit);
    button("Remove", () => this.remove(q), `Remove this dose on ${this.daysWords()}`);
  }

  add(q) { this.chosen = q; this.send("add", { clock: q }); }

  addFree() {
    const taken = new Set(this.view.handles.map(([q]) => q));
    const free = [88, 32, 56, 80, 24, 48, 0, ...Array(DAY).keys()].find((q) => !taken.has(q));
    if (free !== undefined) this.add(free);
  }

  moveTo(q, to) { if (to !== q) { this.chosen = to; this.send("move", { clock: q, to }); } else this.draw(); }

  remove(q) { this.chosen = null; this.send("remove", { clock: q }); }

  // ---- hands -------------------------------------------------------------------------------------------------------

  at(event) {
    const box = this.svg.getBoundingClientRect();
    return [(event.clientX - box.left) * (this.width / box.width), (event.clientY - box.top) * (HIGH / box.height)];
  }
  quarterAt(event) { return Math.max(0, Math.min(DAY - 1, Math.round(((this.at(event)[0] - LEFT) / this.inner) * DAY))); }
  dayAt(event) { return Math.max(0, Math.min(this.view.days - 1, Math.floor(((this.at(event)[0] - LEFT) / this.inner) * this.view.days))); }

  begin(event, drag) {
    if (event.button) return;
    this.svg.setPointerCapture(event.pointerId);
    const [x, y] = this.at(event);
    this.drag = { ...drag, x, y, quarter: this.quarterAt(event) };
    event.preventDefault();
  }

  moved(event) {
    const drag = this.drag;
    if (!drag) return;
    const [x, y] = this.at(event);
    if (Math.hypot(x - drag.x, y - drag.y) > 4) drag.far = true;
    if (drag.kind === "move") {
      drag.to = Math.max(0, Math.min(DAY - 1, drag.q + Math.round(((x - drag.x) / this.inner) * DAY)));
      drag.gone = y < CLOCK_TOP - 34 || y > this.base + 34;
      drag.group.place(drag.to, drag.amount, drag.gone);
    } else if (drag.kind === "amount" && drag.far) {
      drag.much = nice(((this.base - y) / CLOCK_HIGH) * this.view.top, this.view.top);
      drag.group.place(drag.q, drag.much, false);
    } else if (drag.kind === "choose") {
      drag.to = this.dayAt(event);
      this.brush ||= make("rect", { y: DAYS_TOP - 2, height: DAYS_HIGH + 4, class: "timeline-chosen" }, this.svg);
      const [first, last] = [drag.from, drag.to].sort((a, b) => a - b);
      this.brush.setAttribute("x", this.dayX(first));
      this.brush.setAttribute("width", this.dayX(last + 1) - this.dayX(first));
    }
  }

  released(event) {
    const drag = this.drag;
    if (!drag) return;
    this.drag = null; this.brush = null;
    if (drag.kind === "choose") this.send("choose", { first: drag.from, last: drag.to ?? drag.from });
    else if (drag.kind === "add" && !drag.far) this.add(drag.quarter);
    else if (drag.kind === "move" && drag.gone) this.remove(drag.q);
    else if (drag.kind === "move" && drag.far) this.moveTo(drag.q, drag.to);
    else if (drag.kind === "amount" && drag.much) this.send("amount", { clock: drag.q, amount: drag.much });
    else this.draw();
  }

  daysKey(event) {
    const { first, last, days } = this.view, step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === "a" || event.key === "Home") this.send("choose", { first: 0, last: days - 1 });
    else if (step && event.shiftKey) this.send("choose", { first, last: Math.max(first, Math.min(days - 1, last + step)) });
    else if (step) { const all = first === 0 && last === days - 1, day = all ? (step > 0 ? 0 : days - 1) : Math.max(0, Math.min(days - 1, first + step)); this.send("choose", { first: day, last: day }); }
    else return;
    event.preventDefault(); event.stopPropagation();
  }

  doseKey(event, q, amount) {
    const wide = event.shiftKey ? 4 : 1, unit = 10 ** (Math.floor(Math.log10(amount)) - 1) * (event.shiftKey ? 10 : 1);
    if (event.key === "ArrowLeft") this.moveTo(q, Math.max(0, q - wide));
    else if (event.key === "ArrowRight") this.moveTo(q, Math.min(DAY - 1, q + wide));
    else if (event.key === "ArrowUp") this.send("amount", { clock: q, amount: +(amount + unit).toPrecision(3) });
    else if (event.key === "ArrowDown") this.send("amount", { clock: q, amount: +Math.max(unit / 10, amount - unit).toPrecision(3) });
    else if (event.key === "Delete" || event.key === "Backspace") this.remove(q);
    else return;
    event.preventDefault(); event.stopPropagation();
  }

  close() { this.size.disconnect(); this.theme.disconnect(); }
}

function render({ model, el }) {
  const timeline = new Timeline(model, el), redraw = () => requestAnimationFrame(() => timeline.draw());
  const watched = ["view", "heat", "lines", "course"].map((name) => `change:${name}`);
  watched.forEach((name) => model.on(name, redraw));
  redraw();
  return () => { watched.forEach((name) => model.off(name, redraw)); timeline.close(); };
}

export default { render };
