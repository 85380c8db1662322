// The hours of a run as a strip: what was kept, where doses fall, where the drug blocks, and the branches that left it.
// Only hours and small lists travel; everything is drawn here as SVG in the page's own colors.
// It stands behind branches.js, whose functions it uses.

const HEIGHT = 46, LANES = [3.5, 8.5, 13.5], TOP = 18, BOTTOM = 31, TEXT = 43, EDGE = 9;
const SPANS = [2, 4, 7, 14, 21, 30, 45, 60, 90, 120, 180, 270, 365].map((days) => 24 * days);
const LABEL_STEPS = [24, 48, 120, 168, 240, 480, 720, 1440];
const PATIENCE = 4000; // ms after which a wanted hour that never came is given up

function draw(tag, className, parent, attributes) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  if (className) node.setAttribute("class", className);
  for (const [name, value] of Object.entries(attributes || {})) node.setAttribute(name, value);
  if (parent) parent.appendChild(node);
  return node;
}

function length(hours) {
  const days = Math.floor(hours / 24), rest = hours % 24;
  return [days ? `${days} d` : "", rest || !days ? `${rest} h` : ""].filter(Boolean).join(" ");
}

class Strip {
  constructor(model, el) {
    this.model = model; this.wanted = null; this.since = 0;
    this.root = make("div", "strip", el);
    const words = make("div", "strip-words", this.root);
    make("div", "strip-title", words, "Time travel");
    this.state = make("div", "strip-state", words);
    this.axis = make("div", "strip-axis", this.root);
    this.axis.tabIndex = 0;
    this.axis.setAttribute("role", "slider");
    this.axis.setAttribute("aria-label", "Hour shown");
    this.svg = draw("svg", "strip-svg", this.axis, { height: HEIGHT, "aria-hidden": "true" });
    this.still = draw("g", "", this.svg);
    this.thumb = draw("g", "strip-thumb", this.svg);
    draw("line", "", this.thumb, { x1: 0, x2: 0, y1: TOP - 3, y2: BOTTOM + 4 });
    draw("circle", "", this.thumb, { cx: 0, cy: (TOP + BOTTOM) / 2, r: 6.5 });
    this.tip = make("div", "strip-tip", this.axis);
    this.menu = new Branches(model, this.root);
    this.listen();
    this.size = new ResizeObserver(() => this.redraw());
    this.size.observe(this.axis);
    this.redraw();
  }

  // ---- where an hour lies ----

  get last() { return this.model.get("tip"); }

  get span() {
    const end = Math.max(this.model.get("end"), this.last);
    // The axis grows in steps with the hours that are kept: the first days are not squeezed into a corner.
    const furthest = Math.max(this.last, ...this.model.get("branches").map((each) => each.tip));
    return Math.min(Math.max(end, 24), SPANS.find((each) => each >= furthest * 1.04) || end);
  }

  x(hour) { return EDGE + (hour / this.span) * (this.width - 2 * EDGE); }

  hourAt(event) {
    const x = event.clientX - this.axis.getBoundingClientRect().left;
    return Math.min(this.last, Math.max(0, Math.round(((x - EDGE) / (this.width - 2 * EDGE)) * this.span)));
  }

  // ---- what a person does ----

  listen() {
    let dragging = false;
    this.axis.addEventListener("pointerdown", (event) => {
      const lane = event.target.closest?.("[data-branch]");
      if (lane) { this.model.send({ kind: "show", number: Number(lane.dataset.branch) }); return; }
      if (event.button) return;
      dragging = true;
      this.axis.setPointerCapture(event.pointerId);
      this.go(this.hourAt(event));
    });
    this.axis.addEventListener("pointermove", (event) => {
      if (dragging) this.go(this.hourAt(event));
      this.hover(event);
    });
    const end = () => { dragging = false; };
    this.axis.addEventListener("pointerup", end);
    this.axis.addEventListener("pointercancel", end);
    this.axis.addEventListener("pointerleave", () => { if (!dragging) this.tip.classList.remove("is-shown"); });
    this.axis.addEventListener("keydown", (event) => {
      const step = event.shiftKey ? 24 : 1, now = this.shown;
      const to = { ArrowLeft: now - step, ArrowRight: now + step, PageUp: now - 24, PageDown: now + 24, Home: 0, End: this.last }[event.key];
      if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      event.stopPropagation();
      this.go(Math.min(this.last, Math.max(0, to)));
    });
  }

  go(hour) {
    if (hour === this.shown) return;
    this.wanted = hour; this.since = performance.now();
    this.model.send({ kind: "go", hour });
    this.place();
  }

  hover(event) {
    const lane = event.target.closest?.("[data-branch]");
    const branch = lane && this.model.get("branches").find((each) => each.number === Number(lane.dataset.branch));
    const mark = event.target.closest?.("[data-words]");
    const hour = this.hourAt(event);
    this.tip.textContent = branch ? `${branch.title} (press to show)` : mark ? mark.dataset.words : clock(hour);
    this.tip.classList.add("is-shown");
    const x = branch || mark ? event.clientX - this.axis.getBoundingClientRect().left : this.x(hour);
    this.tip.style.left = `${Math.min(this.width - this.tip.offsetWidth / 2, Math.max(this.tip.offsetWidth / 2, x))}px`;
  }

  // ---- drawing ----

  get shown() {
    const hour = this.model.get("hour");
    if (this.wanted !== null && (this.wanted === hour || performance.now() - this.since > PATIENCE)) this.wanted = null;
    return this.wanted ?? hour;
  }

  place() {
    const hour = this.shown, back = this.last - hour;
    this.thumb.setAttribute("transform", `translate(${this.x(hour)} 0)`);
    this.state.textContent = back ? `${length(back)} back` : "at the newest hour";
    this.root.classList.toggle("is-back", back > 0);
    for (const [name, value] of Object.entries({ valuemin: 0, valuemax: this.last, valuenow: hour, valuetext: clock(hour) }))
      this.axis.setAttribute(`aria-${name}`, String(value));
    this.root.dataset.hour = String(this.model.get("hour")); this.root.dataset.tip = String(this.last);
  }

  redraw() {
    this.width = this.axis.clientWidth;
    if (!this.width) return;
    this.svg.setAttribute("width", this.width);
    this.still.replaceChildren();
    this.drawDays(); this.drawKept(); this.drawDoses(); this.drawBranches();
    this.place();
    this.menu.refresh();
  }

  drawDays() {
    const room = 46, step = LABEL_STEPS.find((each) => (this.x(each) - this.x(0)) >= room) || 2880;
    const fine = this.span <= 96 ? 6 : this.span <= 24 * 60 ? 24 : 168;
    let path = "";
    for (let hour = 0; hour <= this.span; hour += fine) path += `M${this.x(hour)} ${BOTTOM}v${hour % step ? 2.5 : 4.5}`;
    draw("path", "strip-ticks", this.still, { d: path });
    draw("path", "strip-line", this.still, { d: `M${this.x(0)} ${BOTTOM}H${this.x(this.span)}` });
    for (let hour = 0; hour <= this.span; hour += step) {
      const edge = hour === 0 ? "start" : this.x(hour) > this.width - 20 ? "end" : "middle";
      const at = hour === 0 ? this.x(0) - 3 : this.x(hour);
      draw("text", "strip-day", this.still, { x: at, y: TEXT, "text-anchor": edge }).textContent = hour ? String(hour / 24) : "day 0";
    }
  }

  drawKept() {
    const right = Math.max(this.x(this.last), this.x(0) + 1);
    draw("rect", "strip-kept", this.still, { x: this.x(0), y: TOP, width: right - this.x(0), height: BOTTOM - TOP });
    const view = this.model.get("blockade"), values = view ? new Uint8Array(view.buffer, view.byteOffset, view.byteLength) : [];
    const n = Math.min(values.length, this.last + 1);
    if (n > 1) {
      let path = `M${this.x(0)} ${BOTTOM}`;
      for (let hour = 0; hour < n; hour++) path += `L${this.x(hour).toFixed(1)} ${(BOTTOM - (values[hour] / 255) * (BOTTOM - TOP)).toFixed(1)}`;
      draw("path", "strip-blocked", this.still, { d: `${path}L${this.x(n - 1)} ${BOTTOM}Z` });
    }
    draw("path", "strip-known", this.still, { d: `M${this.x(0)} ${BOTTOM}H${right}` });
  }

  drawDoses() {
    let given = "", planned = "";
    for (const hour of this.model.get("doses")) {
      if (hour > this.span) break;
      const path = `M${this.x(hour)} ${BOTTOM}v-4.5`;
      if (hour < this.last) given += path; else planned += path;
    }
    draw("path", "strip-dose", this.still, { d: given });
    draw("path", "strip-dose is-planned", this.still, { d: planned });
    for (const each of this.model.get("marks")) {
      const mark = draw("path", `strip-mark is-${each.kind}`, this.still, { d: `M${this.x(each.hour)} ${TOP + 1}l4 4.5l-4 4.5l-4 -4.5z` });
      mark.dataset.words = `${clock(each.hour)}: ${each.words}`;
    }
  }

  drawBranches() {
    const branches = new Map(this.model.get("branches").map((each) => [each.number, each]));
    const here = [...branches.values()].find((each) => each.here);
    if (!here || branches.size < 2) return;
    // Hour up to which a branch is one with the line on the screen.
    const shared = new Map([[here.number, Infinity]]);
    for (let child = here; child.parent !== null; child = branches.get(child.parent)) shared.set(child.parent, child.fork);
    const lanes = new Map(), ends = LANES.map(() => -1);
    const others = [...branches.values()].filter((each) => !each.here);
    for (const each of others) {
      const start = shared.has(each.number) ? shared.get(each.number) : each.fork;
      const onLine = shared.has(each.number) || (shared.has(each.parent) && each.fork <= shared.get(each.parent));
      let lane = [2, 1, 0].find((i) => ends[i] <= start);
      if (lane === undefined) lane = 0;
      ends[lane] = each.tip + this.span * 0.02;
      lanes.set(each.number, lane);
      const from = onLine ? TOP : LANES[lanes.get(each.parent) ?? 2];
      const x = this.x(start), end = Math.max(this.x(each.tip), x + 8), y = LANES[lane];
      const path = `M${x} ${from}Q${x + 1} ${y} ${x + 6} ${y}H${end}`;
      const group = draw("g", "strip-branch", this.still);
      group.dataset.branch = each.number;
      draw("path", "strip-hit", group, { d: path });
      draw("path", "strip-lane", group, { d: path });
      draw("circle", "strip-end", group, { cx: end, cy: y, r: 2.6 });
      if (onLine) draw("circle", "strip-fork", this.still, { cx: x, cy: TOP, r: 2.6 });
    }
  }

  close() { this.size.disconnect(); this.menu.close(); }
}

function render({ model, el }) {
  const strip = new Strip(model, el);
  // Traits that come together are drawn together.
  let due = false;
  const later = () => { if (!due) { due = true; requestAnimationFrame(() => { due = false; strip.redraw(); }); } };
  const place = () => strip.place();
  const names = ["tip", "end", "doses", "marks", "blockade", "branches", "note", "fingerprint", "comparable"].map((name) => `change:${name}`);
  for (const name of names) model.on(name, later);
  model.on("change:hour", place);
  return () => { for (const name of names) model.off(name, later); model.off("change:hour", place); strip.close(); };
}

export default { render };
