// The legend of a picture: classes with their counts, a scale with how many cells lie in each of its ranges, or clones.

class Legend {
  constructor(model, parent) {
    this.model = model;
    this.root = make("div", "tissue-legend", parent);
    this.rows = new Map(); this.key = {}; this.colors = [];
    this.room = new ResizeObserver(() => this.count());  // beside the picture it stands upright, below it it lies
    this.room.observe(this.root);
  }

  get upright() { return getComputedStyle(this.root).getPropertyValue("--upright").trim() === "1"; }

  draw(key, colors) {
    this.key = key; this.colors = colors;
    this.rows.clear(); this.bars = null; this.strip = null;
    this.root.replaceChildren();
    this.root.classList.toggle("has-clones", key.kind === "clones");
    if (key.kind === "scale") this.drawScale();
    else if (key.kind === "clones") this.drawClones();
    else this.drawClasses();
    this.count();
  }

  drawClasses() {
    let group = "";
    for (const entry of this.key.entries || []) {
      if (entry.group && entry.group !== group) make("div", "legend-group", this.root).textContent = group = entry.group;
      this.rows.set(entry.code, this.item(entry, this.root));
    }
  }

  item(entry, parent) {
    const row = make("div", "legend-item", parent);
    if (entry.about) row.title = entry.about;
    const swatch = make("span", `legend-swatch is-${entry.shape || "circle"}`, row);
    swatch.style.setProperty("--swatch", entry.code ? this.colors[entry.code] : "var(--text-soft)");
    make("span", "legend-label", row).textContent = entry.label;
    const count = make("span", "legend-count", row);
    if (entry.about) make("span", "legend-about", row).textContent = entry.about;
    return count;
  }

  drawScale() {
    const { key } = this, box = make("div", "legend-scale", this.root);
    box.title = key.about || "";
    const head = make("div", "legend-head", box);
    make("span", "legend-label", head).textContent = key.title;
    this.total = make("span", "legend-count", head);
    this.ranges = make("div", "legend-ranges", box);
    this.bars = make("canvas", "legend-bars", box);
    const ramp = make("div", "legend-ramp", box);
    const picked = this.colors.slice(1, key.shades + 1);
    const stops = Array.from({ length: 17 }, (_, i) => picked[Math.round((i / 16) * (picked.length - 1))]);
    ramp.style.background = `linear-gradient(var(--ramp, to right), ${stops.join(",")})`;
    const ticks = make("div", "legend-ticks", box);
    for (const tick of key.ticks || []) {
      const mark = make("span", "", ticks);
      mark.style.setProperty("--at", `${tick.at * 100}%`); mark.textContent = tick.text;
    }
    this.spans = (key.ticks || []).slice(1).map((tick, i) => {
      const from = key.ticks[i].at, node = make("span", "", this.ranges);
      node.style.setProperty("--at", `${50 * (from + tick.at)}%`);
      const said = tick.at === 1 ? `${key.ticks[i].text} to ${tick.text}` : `${key.ticks[i].text} to less than ${tick.text}`;
      return { from, to: tick.at, node, said };
    });
  }

  drawClones() {
    const told = this.model.get("clones") || {};
    const list = make("div", "legend-clones", this.root);
    for (const entry of told.entries || []) this.item(entry, list).textContent = entry.count.toLocaleString("en-US");
    const box = make("div", "legend-course", this.root);
    box.title = "Shares of the largest clones since the start; neighbors in number differ in color and, close up, in shape";
    this.strip = make("canvas", "legend-strip", box);
    this.since = make("div", "legend-since", box);
    this.drawStrip(told);
  }

  clonesChanged() {
    if (this.key.kind === "clones") { this.root.replaceChildren(); this.drawClones(); }
  }

  // Shares piled up over the hours: how clones take the place of others.
  drawStrip(told) {
    const hours = told.hours || [], shares = typed(this.model.get("shares"), Uint8Array);
    const canvas = this.strip, ratio = window.devicePixelRatio || 1, n = hours.length;
    canvas.width = Math.max(1, canvas.clientWidth * ratio); canvas.height = Math.max(1, canvas.clientHeight * ratio);
    if (n < 2) { this.since.textContent = "shares over time: from the next hours on"; return; }
    const day = (hour) => `day ${(hour / 24).toFixed(hour % 24 ? 1 : 0)}`;
    this.since.replaceChildren(make("span"), make("span"));
    this.since.firstChild.textContent = day(hours[0]); this.since.lastChild.textContent = day(hours[n - 1]);
    const context = canvas.getContext("2d"), style = getComputedStyle(this.root);
    const x = (i) => ((hours[i] - hours[0]) / (hours[n - 1] - hours[0])) * canvas.width;
    const base = new Float64Array(n), other = style.getPropertyValue("--line") || "#ccc";
    const codes = told.entries.map((entry) => entry.code);
    for (let k = 0; k < shares.length / n; k++) {
      const top = base.map((low, i) => low + shares[k * n + i] / 255);
      context.beginPath();
      for (let i = 0; i < n; i++) context.lineTo(x(i), (1 - top[i]) * canvas.height);
      for (let i = n - 1; i >= 0; i--) context.lineTo(x(i), (1 - base[i]) * canvas.height);
      context.closePath();
      context.fillStyle = codes[k] ? this.colors[codes[k]] : other;
      context.fill();
      base.set(top);
    }
  }

  // tally: how many cells (or sites) of the whole tissue have each code.
  count() {
    const tally = typed(this.model.get("tally"), Uint32Array);
    if (tally.length < 256) return;
    for (const [code, node] of this.rows) {
      const text = tally[code].toLocaleString("en-US");
      if (node.textContent !== text) node.textContent = text;
    }
    if (this.bars) this.drawBars(tally);
  }

  drawBars(tally) {
    const canvas = this.bars, ratio = window.devicePixelRatio || 1, shades = this.key.shades;
    canvas.width = Math.max(1, canvas.clientWidth * ratio); canvas.height = Math.max(1, canvas.clientHeight * ratio);
    const bins = 51, sums = new Float64Array(bins);
    let all = 0;
    for (let code = 1; code <= shades; code++) {
      sums[Math.min(bins - 1, Math.floor(((code - 1) / shades) * bins))] += tally[code]; all += tally[code];
    }
    const { upright } = this, [along, across] = upright ? [canvas.height, canvas.width] : [canvas.width, canvas.height];
    const peak = Math.max(...sums, 1), context = canvas.getContext("2d"), step = along / bins, thick = Math.max(1, step - ratio);
    context.fillStyle = getComputedStyle(this.root).getPropertyValue("--text-soft") || "#888";
    for (let i = 0; i < bins; i++) {
      const tall = sums[i] ? Math.max(ratio, (sums[i] / peak) * across) : 0;
      if (upright) context.fillRect(across - tall, along - (i + 1) * step, tall, thick);
      else context.fillRect(i * step, across - tall, thick, tall);
    }
    const noun = this.key.noun || "cells";
    this.total.textContent = all ? `${all.toLocaleString("en-US")} ${noun}` : `no ${noun} now`;
    this.countRanges(tally, shades);
  }

  // A range begins with the value of its first tick and ends before that of its second; the last one holds its end too.
  countRanges(tally, shades) {
    const codeOf = (at) => 1 + Math.round(at * (shades - 1));  // as values are turned into codes
    for (const { from, to, node, said } of this.spans) {
      const stop = to === 1 ? shades + 1 : codeOf(to);
      let sum = 0;
      for (let code = codeOf(from); code < stop; code++) sum += tally[code];
      const text = sum ? sum.toLocaleString("en-US") : "\u00b7";
      if (node.textContent !== text) { node.textContent = text; node.title = `${said}: ${text} ${this.key.noun || "cells"}`; }
    }
  }
}
