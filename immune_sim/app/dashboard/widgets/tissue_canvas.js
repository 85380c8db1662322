// Draws one byte a site. The picture is kept as a small bitmap (one pixel a site) and copied to the visible canvas;
// Python is told when a frame is on the screen, so it never sends a second frame before the first is painted.

const NEAR = 7;        // from this many device pixels a site on, cells are drawn as shapes
const MAX_ZOOM = 40;

function make(tag, className, parent) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (parent) parent.appendChild(node);
  return node;
}

function rgba(hex) {
  const n = parseInt(hex.slice(1), 16);
  return [(n >> 16) & 255, (n >> 8) & 255, n & 255];
}

function isDark(el) {
  return !!el.closest(".theme--dark");
}

async function unpack(view, compressed) {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  if (!compressed) return bytes;
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

class Stage {
  constructor(model, el) {
    this.model = model;
    this.zoom = 1; this.left = 0; this.top = 0;   // left, top: sites at the upper left corner of the view
    this.codes = null; this.lookup = new Uint32Array(256); this.dark = isDark(el);
    this.root = make("div", "tissue", el);
    this.box = make("div", "tissue-box", this.root);
    this.canvas = make("canvas", "tissue-canvas", this.box);
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "img");
    this.tip = make("div", "tissue-tip", this.box);
    this.scale = make("div", "tissue-scale", this.box);
    this.note = make("div", "tissue-note", this.box);
    this.buttons();
    this.small = document.createElement("canvas");
    this.middle = document.createElement("canvas");
    this.legend = make("div", "tissue-legend", this.root);
    this.listen();
    this.watch = new ResizeObserver(() => this.fit());
    this.watch.observe(this.box);
    this.theme = new MutationObserver(() => this.recolor());
    const app = document.getElementById("app");
    if (app) this.theme.observe(app, { attributes: true, attributeFilter: ["class"] });
    this.label(); this.busy(); this.paletteChanged(); this.receive();
  }

  buttons() {
    const bar = make("div", "tissue-zoom", this.box);
    const add = (text, label, act) => {
      const button = make("button", "", bar);
      button.type = "button"; button.textContent = text; button.title = label;
      button.setAttribute("aria-label", label);
      button.addEventListener("click", act);
    };
    add("+", "Zoom in", () => this.zoomBy(1.6));
    add("\u2212", "Zoom out", () => this.zoomBy(1 / 1.6));
    this.home = () => { this.zoom = 1; this.left = 0; this.top = 0; this.paint(); };
    add("\u2922", "Whole tissue", this.home);
  }

  // ---- from Python -------------------------------------------------------------------------------------------------
  paletteChanged() {
    const key = this.model.get("key");
    this.dark = isDark(this.root);
    this.colors = (key.palette || {})[this.dark ? "dark" : "light"] || [];
    this.shapes = key.shapes || [];
    this.filled = key.kind === "scale" && this.shapes[1] === "square";  // a field covers everything: no shapes, no seams
    this.lookup.fill(0);
    this.colors.forEach((hex, code) => {
      if (!hex) return;
      const [r, g, b] = rgba(hex);
      this.lookup[code] = (255 << 24) | (b << 16) | (g << 8) | r;
    });
    this.drawLegend(key);
    if (this.codes) { this.stamp(); this.paint(); }
  }

  recolor() {
    if (isDark(this.root) !== this.dark) this.paletteChanged();
  }

  async receive() {
    const view = this.model.get("frame");
    const [height, width] = this.model.get("shape");
    const number = this.model.get("number");
    if (!view || !view.byteLength) return;
    const codes = await unpack(view, this.model.get("compressed"));
    if (codes.length !== height * width) return;
    const sized = width !== this.width || height !== this.height;
    this.codes = codes; this.height = height; this.width = width;
    if (sized) { this.zoom = 1; this.left = 0; this.top = 0; this.fit(); }
    this.stamp();
    this.count();
    this.ask(number);
  }

  // One paint per screen refresh, always of the newest frame.
  ask(number) {
    this.number = number;
    if (this.pending) return;
    this.pending = requestAnimationFrame(() => {
      this.pending = 0;
      this.paint();
      this.model.send({ kind: "painted", number: this.number });
      const log = (window.__immune_sim ||= { painted: 0, times: [] });
      log.painted += 1; log.number = this.number; log.times.push(performance.now());
      if (log.times.length > 600) log.times.shift();
    });
  }

  // Short work says nothing; long work says why.
  busy() {
    const text = this.model.get("busy");
    clearTimeout(this.patience);
    if (!text) { this.note.classList.remove("is-shown"); return; }
    const say = (words) => { this.note.textContent = words; this.note.classList.add("is-shown"); };
    this.patience = setTimeout(() => {
      say(`${text} \u2026`);
      this.patience = setTimeout(() => say(`${text} \u2026\n\nThe first start after installation compiles the model.\nThat takes up to a minute, once.`), 2500);
    }, 250);
  }

  label() { this.canvas.setAttribute("aria-label", this.model.get("description")); }

  // ---- drawing -----------------------------------------------------------------------------------------------------
  stamp() {
    const { small, width, height, codes, lookup } = this;
    if (small.width !== width || small.height !== height) { small.width = width; small.height = height; }
    const context = small.getContext("2d");
    const image = context.createImageData(width, height);
    const pixels = new Uint32Array(image.data.buffer);
    for (let i = 0; i < codes.length; i++) pixels[i] = lookup[codes[i]];
    context.putImageData(image, 0, 0);
  }

  fit() {
    const ratio = window.devicePixelRatio || 1;
    const wide = this.box.clientWidth, high = this.box.clientHeight;
    if (!wide || !high) return;
    this.canvas.width = Math.round(wide * ratio); this.canvas.height = Math.round(high * ratio);
    this.paint();
  }

  // Device pixels a site, and where the tissue begins, centered while it is smaller than the view.
  geometry() {
    const px = Math.min(this.canvas.width / this.width, this.canvas.height / this.height) * this.zoom;
    const seen = (room, sites, start) => {
      const free = room - sites * px;
      return free >= 0 ? -free / 2 / px : Math.min(Math.max(start, 0), sites - room / px);
    };
    this.left = seen(this.canvas.width, this.width, this.left);
    this.top = seen(this.canvas.height, this.height, this.top);
    return px;
  }

  paint() {
    if (!this.codes || !this.canvas.width) return;
    const context = this.canvas.getContext("2d");
    const px = this.geometry();
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    const x = -this.left * px, y = -this.top * px, w = this.width * px, h = this.height * px;
    const style = getComputedStyle(this.root);
    context.fillStyle = style.getPropertyValue("--tissue-ground") || "#fff";
    context.fillRect(x, y, w, h);
    if (px >= NEAR && !this.filled) this.paintShapes(context, px);
    else this.paintSites(context, px, x, y, w, h);
    context.lineWidth = window.devicePixelRatio || 1;
    context.strokeStyle = style.getPropertyValue("--line") || "#ccc";
    context.strokeRect(x, y, w, h);
    this.paintRing(context, px);
    this.paintScale(px);
  }

  // Enlarged by a whole factor first, then fitted: every site gets the same size, and edges stay crisp.
  paintSites(context, px, x, y, w, h) {
    const factor = Math.ceil(px);
    context.imageSmoothingEnabled = false;
    if (Math.abs(px - Math.round(px)) < 1e-3 || factor * this.width > 4000 || factor > 6) {
      context.drawImage(this.small, x, y, w, h);
      return;
    }
    const { middle } = this;
    if (middle.width !== this.width * factor || middle.height !== this.height * factor) {
      middle.width = this.width * factor; middle.height = this.height * factor;
    }
    const inner = middle.getContext("2d");
    inner.imageSmoothingEnabled = false;
    inner.clearRect(0, 0, middle.width, middle.height);
    inner.drawImage(this.small, 0, 0, middle.width, middle.height);
    context.imageSmoothingEnabled = true;
    context.imageSmoothingQuality = "high";
    context.drawImage(middle, x, y, w, h);
  }

  // Close up, one path a color: round tumor cells, diamonds for immune cells, so that color is never the only sign.
  paintShapes(context, px) {
    const x0 = Math.max(0, Math.floor(this.left)), y0 = Math.max(0, Math.floor(this.top));
    const x1 = Math.min(this.width, Math.ceil(this.left + this.canvas.width / px));
    const y1 = Math.min(this.height, Math.ceil(this.top + this.canvas.height / px));
    const paths = new Map();
    for (let row = y0; row < y1; row++) for (let col = x0; col < x1; col++) {
      const code = this.codes[row * this.width + col];
      if (!this.colors[code]) continue;
      if (!paths.has(code)) paths.set(code, new Path2D());
      const path = paths.get(code), cx = (col + 0.5 - this.left) * px, cy = (row + 0.5 - this.top) * px;
      const shape = this.shapes[code] || "circle", r = px * 0.44;
      if (shape === "square") path.rect(cx - px / 2, cy - px / 2, px + 0.5, px + 0.5);
      else if (shape === "diamond") {
        path.moveTo(cx, cy - r * 1.15); path.lineTo(cx + r * 1.15, cy);
        path.lineTo(cx, cy + r * 1.15); path.lineTo(cx - r * 1.15, cy); path.closePath();
      } else if (shape === "triangle") {
        path.moveTo(cx, cy - r * 1.1); path.lineTo(cx + r * 1.1, cy + r * 0.9);
        path.lineTo(cx - r * 1.1, cy + r * 0.9); path.closePath();
      } else if (shape === "cross") {
        path.rect(cx - r, cy - r * 0.3, r * 2, r * 0.6); path.rect(cx - r * 0.3, cy - r, r * 0.6, r * 2);
      } else if (shape === "ring") {
        path.moveTo(cx + r, cy); path.arc(cx, cy, r, 0, 7); path.moveTo(cx + r * 0.5, cy); path.arc(cx, cy, r * 0.5, 7, 0, true);
      } else { path.moveTo(cx + r, cy); path.arc(cx, cy, r, 0, 7); }
    }
    for (const [code, path] of paths) { context.fillStyle = this.colors[code]; context.fill(path); }
  }

  paintRing(context, px) {
    const site = this.model.get("selected");
    if (site < 0) return;
    const cx = ((site % this.width) + 0.5 - this.left) * px, cy = (Math.floor(site / this.width) + 0.5 - this.top) * px;
    const ratio = window.devicePixelRatio || 1, r = Math.max(px * 0.8, 6 * ratio);
    const style = getComputedStyle(this.root);
    for (const [name, width] of [["--surface", 4.5], ["--text", 2]]) {
      context.beginPath(); context.arc(cx, cy, r, 0, 7);
      context.lineWidth = width * ratio; context.strokeStyle = style.getPropertyValue(name) || "#000"; context.stroke();
    }
  }

  paintScale(px) {
    const ratio = window.devicePixelRatio || 1, size = this.model.get("site_size");
    const pick = [50, 100, 200, 500, 1000, 2000, 5000].findLast((um) => (um / size) * px / ratio < 150) || 20;
    const text = pick >= 1000 ? `${pick / 1000} mm` : `${pick} \u00b5m`;
    this.scale.style.width = `${(pick / size) * px / ratio}px`;
    if (this.scale.textContent !== text) this.scale.textContent = text;
  }

  // ---- legend ------------------------------------------------------------------------------------------------------
  drawLegend(key) {
    this.legend.replaceChildren();
    this.rows = new Map(); this.bars = null;
    if (key.kind === "scale") return this.drawScale(key);
    for (const entry of key.entries || []) {
      const row = make("div", "legend-item", this.legend);
      if (entry.about) row.title = entry.about;
      const swatch = make("span", `legend-swatch is-${entry.shape || "circle"}`, row);
      swatch.style.setProperty("--swatch", this.colors[entry.code]);
      make("span", "legend-label", row).textContent = entry.label;
      this.rows.set(entry.code, make("span", "legend-count", row));
    }
    this.count();
  }

  drawScale(key) {
    const box = make("div", "legend-scale", this.legend);
    box.title = key.about || "";
    const head = make("div", "legend-head", box);
    make("span", "legend-label", head).textContent = key.title;
    this.total = make("span", "legend-count", head);
    this.bars = make("canvas", "legend-bars", box);
    const ramp = make("div", "legend-ramp", box);
    const picked = this.colors.slice(1).filter(Boolean);
    const stops = Array.from({ length: 17 }, (_, i) => picked[Math.round((i / 16) * (picked.length - 1))]);
    ramp.style.background = `linear-gradient(to right, ${stops.join(",")})`;
    const ticks = make("div", "legend-ticks", box);
    for (const tick of key.ticks || []) {
      const mark = make("span", "", ticks);
      mark.style.left = `${tick.at * 100}%`; mark.textContent = tick.text;
    }
    this.key = key;
    this.count();
  }

  count() {
    if (!this.codes) return;
    const tally = new Uint32Array(256);
    for (let i = 0; i < this.codes.length; i++) tally[this.codes[i]]++;
    const told = this.model.get("counts");
    for (const [code, node] of this.rows) {
      const text = (told[code] ?? tally[code]).toLocaleString("en-US");
      if (node.textContent !== text) node.textContent = text;
    }
    if (this.bars) this.drawBars(tally);
  }

  // How many sites have which color, over the color ramp itself.
  drawBars(tally) {
    const canvas = this.bars, ratio = window.devicePixelRatio || 1;
    canvas.width = Math.max(1, canvas.clientWidth * ratio); canvas.height = Math.max(1, canvas.clientHeight * ratio);
    const bins = 51, sums = new Float64Array(bins);
    let all = 0;
    for (let code = 1; code < 256; code++) {
      sums[Math.min(bins - 1, Math.floor(((code - 1) / 255) * bins))] += tally[code]; all += tally[code];
    }
    const peak = Math.max(...sums, 1), context = canvas.getContext("2d"), step = canvas.width / bins;
    context.fillStyle = getComputedStyle(this.root).getPropertyValue("--text-soft") || "#888";
    for (let i = 0; i < bins; i++) {
      const tall = sums[i] ? Math.max(ratio, (sums[i] / peak) * canvas.height) : 0;
      context.fillRect(i * step, canvas.height - tall, Math.max(1, step - ratio), tall);
    }
    this.total.textContent = `${all.toLocaleString("en-US")} ${this.key.noun || "cells"}`;
  }

  // ---- pointer -----------------------------------------------------------------------------------------------------
  siteAt(event) {
    if (!this.codes) return -1;
    const box = this.canvas.getBoundingClientRect(), ratio = this.canvas.width / box.width, px = this.geometry();
    const col = Math.floor(this.left + ((event.clientX - box.left) * ratio) / px);
    const row = Math.floor(this.top + ((event.clientY - box.top) * ratio) / px);
    return col >= 0 && row >= 0 && col < this.width && row < this.height ? row * this.width + col : -1;
  }

  zoomBy(factor, event) {
    if (!this.codes) return;
    const box = this.canvas.getBoundingClientRect(), ratio = this.canvas.width / box.width, before = this.geometry();
    const x = event ? (event.clientX - box.left) * ratio : this.canvas.width / 2;
    const y = event ? (event.clientY - box.top) * ratio : this.canvas.height / 2;
    const col = this.left + x / before, row = this.top + y / before;
    this.zoom = Math.min(MAX_ZOOM, Math.max(1, this.zoom * factor));
    const px = Math.min(this.canvas.width / this.width, this.canvas.height / this.height) * this.zoom;
    this.left = col - x / px; this.top = row - y / px;
    this.paint();
  }

  listen() {
    const { canvas, model } = this;
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoomBy(Math.exp(-event.deltaY * 0.0015), event);
    }, { passive: false });
    canvas.addEventListener("dblclick", this.home);
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.drag = { x: event.clientX, y: event.clientY, left: this.left, top: this.top, moved: false };
    });
    canvas.addEventListener("pointermove", (event) => this.move(event));
    canvas.addEventListener("pointerup", (event) => {
      const still = this.drag && !this.drag.moved;
      this.drag = null;
      this.tip.classList.remove("is-shown"); clearTimeout(this.timer);
      if (still) model.send({ kind: "click", site: this.siteAt(event) });
    });
    canvas.addEventListener("pointerleave", () => { this.tip.classList.remove("is-shown"); this.hover(-1); });
    canvas.addEventListener("keydown", (event) => {
      const act = { "+": () => this.zoomBy(1.6), "-": () => this.zoomBy(1 / 1.6), "0": this.home }[event.key];
      if (act) { event.preventDefault(); act(); }
    });
  }

  move(event) {
    if (this.drag) {
      const dx = event.clientX - this.drag.x, dy = event.clientY - this.drag.y;
      if (Math.hypot(dx, dy) > 4) this.drag.moved = true;
      if (!this.drag.moved) return;
      const px = this.geometry(), ratio = this.canvas.width / this.canvas.clientWidth;
      this.left = this.drag.left - (dx * ratio) / px; this.top = this.drag.top - (dy * ratio) / px;
      this.paint();
      return;
    }
    const box = this.box.getBoundingClientRect();
    const x = event.clientX - box.left, y = event.clientY - box.top;
    this.tip.style.transform = `translate(${Math.min(x + 14, box.width - 200)}px, ${Math.min(y + 16, box.height - 64)}px)`;
    this.hover(this.siteAt(event));
  }

  // Python is asked once the pointer rests: at most eight questions a second.
  hover(site) {
    if (site === this.site) return;
    this.site = site;
    this.tip.classList.remove("is-shown");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.model.send({ kind: "hover", site }), 120);
  }

  showTip() {
    const { site, lines } = this.model.get("tip");
    const shown = site === this.site && site >= 0 && lines && lines.length;
    this.tip.classList.toggle("is-shown", !!shown);
    if (!shown) return;
    this.tip.replaceChildren(...lines.map((text, i) => {
      const line = document.createElement("div");
      line.className = i ? "tip-line" : "tip-head"; line.textContent = text;
      return line;
    }));
  }

  close() { clearTimeout(this.patience); this.watch.disconnect(); this.theme.disconnect(); clearTimeout(this.timer); }
}

function render({ model, el }) {
  const stage = new Stage(model, el);
  const on = (name, act) => model.on(`change:${name}`, act);
  on("number", () => stage.receive());
  on("key", () => stage.paletteChanged());
  on("busy", () => stage.busy());
  on("description", () => stage.label());
  on("tip", () => stage.showTip());
  on("selected", () => stage.paint());
  return () => stage.close();
}

export default { render };
