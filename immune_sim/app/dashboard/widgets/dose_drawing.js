// The picture of a schedule: the days of the run (color is blockade) above, the clock of the chosen days below.
// Loaded before dose_timeline.js, which makes it something that hands can change.

const DAY = 96, LEFT = 40, RIGHT = 46, DAYS_TOP = 20, DAYS_HIGH = 52, CLOCK_TOP = 124, CLOCK_HIGH = 146, HIGH = 298;
const SVG = "http://www.w3.org/2000/svg";

const clock = (q) => `${String(Math.floor(q / 4)).padStart(2, "0")}:${String((q % 4) * 15).padStart(2, "0")}`;
const shown = (amount) => String(+amount.toPrecision(3));

function make(name, attributes, parent, words) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (words !== undefined) node.textContent = words;
  if (parent) parent.appendChild(node);
  return node;
}

function tag(name, className, parent, words) {
  const node = document.createElement(name);
  if (className) node.className = className;
  if (words !== undefined) node.textContent = words;
  if (parent) parent.appendChild(node);
  return node;
}

// view: what Python holds, or what a hand has just made of it. svg, canvas, root: where it is drawn. chosen: a dose's
// quarter of the day. begin(event, drag), choose(q), daysKey, doseKey: what hands do there, see dose_timeline.js.
class Drawing {
  color(name) { return getComputedStyle(this.root).getPropertyValue(name).trim(); }

  bytes(name) { const all = this.model.get(name); return new Uint8Array(all.buffer, all.byteOffset, all.byteLength); }

  // One pixel an hour, stretched: days from left to right, midnight to midnight from top to bottom.
  heat() {
    const { days } = this.view, bytes = this.bytes("heat");
    Object.assign(this.canvas, { width: days, height: 24 });
    Object.assign(this.canvas.style, { left: `${LEFT}px`, top: `${DAYS_TOP}px`, width: `${this.inner}px`, height: `${DAYS_HIGH}px` });
    const pen = this.canvas.getContext("2d");
    pen.clearRect(0, 0, days, 24);
    pen.fillStyle = this.color("--drug");
    for (let day = 0; day < days; day++) {
      for (let hour = 0; hour < 24; hour++) {
        pen.globalAlpha = (bytes[day * 24 + hour] || 0) / 100;
        pen.fillRect(day, hour, 1, 1);
      }
    }
  }

  dayX(day) { return LEFT + (day / this.view.days) * this.inner; }

  days() {
    const { days, first, last, now } = this.view, bottom = DAYS_TOP + DAYS_HIGH;
    make("text", { x: LEFT, y: 12, class: "timeline-title" }, this.svg, "Days of the run");
    make("text", { x: LEFT + 96, y: 12, class: "timeline-soft" }, this.svg, "each column is a day from midnight to midnight, color is blockade; click or drag to choose days");
    for (const [hour, y] of [["0 h", DAYS_TOP + 8], ["24 h", bottom]]) make("text", { x: LEFT - 5, y, class: "timeline-soft is-end" }, this.svg, hour);
    const step = [1, 2, 7, 14, 28, 56].find((each) => days / each <= 14) || 91;
    for (let day = 0; day <= days; day += step) {
      make("line", { x1: this.dayX(day), x2: this.dayX(day), y1: bottom, y2: bottom + 4, class: "timeline-axis" }, this.svg);
      const hidden = now > 0 && Math.abs(this.dayX(day) - this.dayX(now) - 15) < 24;  // by the word "now"
      if (!hidden) make("text", { x: this.dayX(day), y: bottom + 15, class: "timeline-soft is-middle" }, this.svg, day);
    }
    make("rect", { x: LEFT, y: DAYS_TOP, width: this.inner, height: DAYS_HIGH, class: "timeline-frame" }, this.svg);
    if (now > 0 && now < days) {
      make("rect", { x: LEFT, y: DAYS_TOP, width: this.dayX(now) - LEFT, height: DAYS_HIGH, class: "timeline-past" }, this.svg);
      make("line", { x1: this.dayX(now), x2: this.dayX(now), y1: DAYS_TOP - 4, y2: bottom + 4, class: "timeline-now" }, this.svg);
      make("text", { x: this.dayX(now) + 4, y: bottom + 15, class: "timeline-soft is-now" }, this.svg, "now");
    }
    const all = first === 0 && last === days - 1;
    if (!all) make("rect", { x: this.dayX(first), y: DAYS_TOP - 2, width: Math.max(4, this.dayX(last + 1) - this.dayX(first)), height: DAYS_HIGH + 4, class: "timeline-chosen" }, this.svg);
    const lane = make("rect", {
      x: LEFT, y: DAYS_TOP, width: this.inner, height: DAYS_HIGH, class: "timeline-lane", tabindex: 0, "data-part": "days",
      role: "slider", "aria-label": "Chosen days", "aria-valuemin": 0, "aria-valuemax": days - 1, "aria-valuenow": last, "aria-valuetext": this.daysWords(),
    }, this.svg);
    lane.addEventListener("pointerdown", (event) => { lane.focus(); this.begin(event, { kind: "choose", from: this.dayAt(event) }); });
    lane.addEventListener("keydown", (event) => this.daysKey(event));
  }

  daysWords() {
    const { first, last, days } = this.view;
    return first === 0 && last === days - 1 ? "every day" : first === last ? `day ${first}` : `days ${first} to ${last}`;
  }

  hourX(q) { return LEFT + (q / DAY) * this.inner; }
  get base() { return CLOCK_TOP + CLOCK_HIGH; }
  amountY(amount) { return this.base - (amount / this.view.top) * CLOCK_HIGH; }

  courses() {
    const lines = this.bytes("lines"), course = this.model.get("course"), base = this.base;
    const count = lines.length / (DAY + 1), y = (percent) => base - (percent / 100) * CLOCK_HIGH;
    const path = (values, to) => values.map((value, i) => `${i ? "L" : "M"}${this.hourX(i).toFixed(1)} ${to(value).toFixed(1)}`).join("");
    for (let i = 0; i < count; i++) {
      const values = [...lines.subarray(i * (DAY + 1), (i + 1) * (DAY + 1))];
      const d = path(values, y);
      make("path", { d: `${d}L${this.hourX(DAY)} ${base}L${LEFT} ${base}Z`, class: "timeline-area", style: `opacity:${0.26 / count + 0.02}` }, this.svg);
      make("path", { d, class: "timeline-line", style: `opacity:${Math.max(0.25, 1 / count)}` }, this.svg);
      if (i === count - 1) values.forEach((value, q) => q < DAY && value < 50 && make("rect", { x: this.hourX(q), y: base + 1, width: this.inner / DAY + 0.5, height: 6, class: "timeline-free" }, this.svg));
    }
    const level = course.level || [], most = Math.max(...level, 0);
    if (most > 0) {
      make("path", { d: path(level, (value) => base - (value / most) * CLOCK_HIGH * 0.92), class: "timeline-level" }, this.svg);
      make("text", { x: LEFT + this.inner + 5, y: base - CLOCK_HIGH * 0.92 + 4, class: "timeline-soft" }, this.svg, most < 1000 ? `${shown(most)} nM` : `${shown(most / 1000)} \u00b5M`);
    }
    this.legend(most > 0);
  }

  legend(drugged) {
    const right = LEFT + this.inner, y = CLOCK_TOP - 14;
    const entry = (x, words, className, high) => {
      make("rect", { x, y: y - 4 - high / 2, width: 14, height: high, class: className }, this.svg);
      make("text", { x: x + 18, y, class: "timeline-soft" }, this.svg, words);
    };
    entry(right - 284, "blocked", "timeline-key", 9);
    make("line", { x1: right - 212, x2: right - 198, y1: y - 4, y2: y - 4, class: "timeline-level" }, this.svg);
    make("text", { x: right - 194, y, class: "timeline-soft" }, this.svg, "in plasma");
    const { free, day } = this.model.get("course");
    entry(right - 130, `free, ${shown(Math.round(free * 2) / 2)} h ${drugged ? `on day ${day}` : "of the day"}`, "timeline-free", 6);
  }

  grid() {
    const base = this.base;
    for (const [percent, y] of [["100 %", CLOCK_TOP + 4], ["50 %", base - CLOCK_HIGH / 2 + 4], ["0", base]]) make("text", { x: LEFT - 5, y, class: "timeline-soft is-end" }, this.svg, percent);
    for (let hour = 0; hour <= 24; hour += 3) {
      make("line", { x1: this.hourX(hour * 4), x2: this.hourX(hour * 4), y1: CLOCK_TOP, y2: base, class: "timeline-grid" }, this.svg);
      make("text", { x: this.hourX(hour * 4), y: base + 20, class: "timeline-soft is-middle" }, this.svg, `${String(hour % 24).padStart(2, "0")}:00`);
    }
  }

  clockLane() {
    const base = this.base;
    make("text", { x: LEFT, y: CLOCK_TOP - 14, class: "timeline-title" }, this.svg, `Hours of ${this.daysWords()}`);
    make("line", { x1: LEFT, x2: LEFT + this.inner, y1: base - CLOCK_HIGH / 2, y2: base - CLOCK_HIGH / 2, class: "timeline-half" }, this.svg);
    make("line", { x1: LEFT, x2: LEFT + this.inner, y1: base, y2: base, class: "timeline-axis" }, this.svg);
    for (const q of this.view.others) make("line", { x1: this.hourX(q), x2: this.hourX(q), y1: base - 14, y2: base, class: "timeline-other" }, this.svg);
    this.ghost = make("line", { x1: 0, x2: 0, y1: CLOCK_TOP, y2: base, class: "timeline-ghost" }, this.svg);
    const lane = make("rect", { x: LEFT, y: CLOCK_TOP, width: this.inner, height: CLOCK_HIGH, class: "timeline-lane is-clock" }, this.svg);
    lane.addEventListener("pointerdown", (event) => this.begin(event, { kind: "add" }));
    lane.addEventListener("pointermove", (event) => { const x = this.hourX(this.quarterAt(event)); this.ghost.setAttribute("x1", x); this.ghost.setAttribute("x2", x); this.ghost.classList.add("is-shown"); });
    lane.addEventListener("pointerleave", () => this.ghost.classList.remove("is-shown"));
  }

  dose(q, amount, count) {
    const of = this.view.last - this.view.first + 1;
    const group = make("g", {
      class: `dose-mark${count < of ? " is-some" : ""}${this.chosen === q ? " is-chosen" : ""}`, tabindex: 0, role: "slider", "data-part": "dose", "data-clock": q,
      "aria-label": "Dose", "aria-valuemin": 0, "aria-valuemax": DAY - 1, "aria-valuenow": q,
      "aria-valuetext": `${clock(q)}, ${shown(amount)} ${this.view.unit}, on ${count} of ${of} days`,
    }, this.svg);
    const hold = make("rect", { class: "dose-hold", width: 18, y: CLOCK_TOP - 8, height: CLOCK_HIGH + 8 }, group);
    const stem = make("line", { class: "dose-stem", y2: this.base }, group);
    const knob = make("circle", { class: "dose-knob", r: 6.5 }, group);
    const label = make("text", { class: "dose-label" }, group);
    group.place = (at, much, gone) => {
      const x = this.hourX(at), y = this.amountY(much), late = at > 84;
      hold.setAttribute("x", x - 9);
      for (const [key, value] of [["x1", x], ["x2", x], ["y1", y]]) stem.setAttribute(key, value);
      knob.setAttribute("cx", x); knob.setAttribute("cy", y);
      label.setAttribute("x", late ? x - 11 : x + 11); label.setAttribute("y", Math.max(y + 4, CLOCK_TOP + 8));
      label.classList.toggle("is-end", late);
      label.textContent = gone ? "remove" : `${clock(at)} \u00b7 ${shown(much)} ${this.view.unit}${count < of ? ` \u00b7 ${count} of ${of} days` : ""}`;
      group.classList.toggle("is-gone", gone);
    };
    group.place(q, amount, false);
    const begin = (kind) => (event) => { event.stopPropagation(); this.chosen = q; group.focus(); this.begin(event, { kind, q, amount, group }); };
    for (const part of [hold, stem, label]) part.addEventListener("pointerdown", begin("move"));
    knob.addEventListener("pointerdown", begin("amount"));
    group.addEventListener("focus", () => this.choose(q));
    group.addEventListener("keydown", (event) => this.doseKey(event, q, amount));
  }
}
