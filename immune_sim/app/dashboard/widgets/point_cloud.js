// A solid tissue as a cloud of balls that can be turned: drag to turn, wheel or pinch to zoom, click to read a cell.

const MOST_PIXELS = 700_000;   // beyond that the picture is drawn coarser: turning must stay smooth
const STILL = { yaw: -0.6, pitch: 0.45 };
const SLOW = 0.25;             // rad/s by itself
const FRAME = 1000 / 24;

class Cloud {
  constructor(model, el) {
    this.model = model;
    this.root = make("div", "tissue", el);
    this.box = make("div", "tissue-box", this.root);
    this.canvas = make("canvas", "cloud-canvas", this.box);
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "img");
    Object.assign(this, STILL, { zoom: 1, shiftX: 0, shiftY: 0, n: 0, turning: !LESS_MOTION.matches, pointers: new Map() });
    this.spheres = new Spheres();
    this.tip = new Tip(model, this.box);
    this.scale = make("div", "tissue-scale", this.box);
    this.thin = make("div", "cloud-thin", this.box);
    this.note = new Note(model, this.box);
    const add = zoomButtons(this.box);
    this.spin = add("\u27f3", "Turn by itself", () => { this.turning = !this.turning; this.turn(); });
    add("+", "Zoom in", () => this.zoomBy(1.4));
    add("\u2212", "Zoom out", () => this.zoomBy(1 / 1.4));
    add("\u2922", "Whole tissue", () => this.home());
    this.legend = new Legend(model, this.root);
    this.listen();
    this.watch = new ResizeObserver(() => this.paletteChanged());
    this.watch.observe(this.box);
    this.calm = () => { if (LESS_MOTION.matches) this.hold(); };
    LESS_MOTION.addEventListener("change", this.calm);
    this.theme = onTheme(() => { if (isDark(this.root) !== this.dark) this.paletteChanged(); });
    this.label(); this.paletteChanged(); this.receive(); this.turn();
  }

  home() { Object.assign(this, STILL, { zoom: 1, shiftX: 0, shiftY: 0 }); this.ask(); }

  // ---- from Python -------------------------------------------------------------------------------------------------
  label() { this.canvas.setAttribute("aria-label", this.model.get("description")); }

  paletteChanged() {
    this.key = this.model.get("key");
    this.dark = isDark(this.root);
    this.colors = colorsOf(this.key, this.root);
    const ground = getComputedStyle(this.root).getPropertyValue("--tissue-ground").trim() || "#ffffff";
    this.spheres.ink(this.colors, ground);
    this.legend.draw(this.key, this.colors);
    this.ask();
  }

  async receive() {
    const number = this.model.get("number"), view = this.model.get("points");
    const bytes = view && view.byteLength ? await unpack(view, true) : new Uint8Array(0);
    const n = this.n = bytes.length / 4, step = this.model.get("step");
    this.extent = this.model.get("extent");
    const axis = (k) => Float32Array.from(bytes.subarray(k * n, (k + 1) * n), (v) => (v + 0.5) * step - this.extent[k] / 2);
    this.at = [axis(0), axis(1), axis(2)];
    this.codes = bytes.slice(3 * n);
    this.place = [new Float32Array(n), new Float32Array(n), new Float32Array(n)];
    const every = this.model.get("shown");
    this.thin.textContent = every > 1 ? `1 of ${every} cells drawn` : "";
    this.legend.count();
    this.ask(number);
  }

  ask(number) {
    if (number !== undefined) this.number = number;
    if (this.pending) return;
    this.pending = requestAnimationFrame(() => {
      this.pending = 0;
      this.paint();
      if (this.number === this.told) return;
      this.told = this.number;
      this.model.send({ kind: "painted", number: this.number });
      logPaint(this.number);
    });
  }

  // By itself the cloud turns slowly until somebody takes hold of it, and never for who asked for less motion.
  turn() {
    this.spin.setAttribute("aria-pressed", this.turning);
    let last = performance.now();
    const tick = (now) => {
      if (!this.turning || !this.root.isConnected) return;
      requestAnimationFrame(tick);
      if (now - last < FRAME || !this.box.clientWidth || document.hidden) return;
      this.yaw += SLOW * Math.min((now - last) / 1000, 0.1); last = now;
      this.ask();
    };
    if (this.turning) requestAnimationFrame(tick);
  }

  // ---- drawing -----------------------------------------------------------------------------------------------------
  project(turn, px, x, y, z) {
    const [a, b, c] = turn.map((row) => px * (row[0] * x + row[1] * y + row[2] * z));
    return [a + this.middle[0], b + this.middle[1], c];
  }

  paint() {
    const wide = this.box.clientWidth, high = this.box.clientHeight;
    if (!wide || !high || !this.extent) return;
    const begun = performance.now(), ratio = Math.min(window.devicePixelRatio || 1, Math.sqrt(MOST_PIXELS / (wide * high)));
    const width = Math.round(wide * ratio), height = Math.round(high * ratio), { canvas, spheres } = this;
    if (canvas.width !== width || canvas.height !== height) { canvas.width = width; canvas.height = height; }
    spheres.resize(width, height);
    const longest = Math.hypot(...this.extent), px = (1.12 * Math.min(width, height) * this.zoom) / longest;
    this.middle = [width / 2 + this.shiftX * px, height / 2 + this.shiftY * px];
    const turn = rotation(this.yaw, this.pitch), context = canvas.getContext("2d"), style = getComputedStyle(this.root);
    this.turnPoints(turn, px);
    const ball = spheres.sprite(px * 0.56), dot = spheres.sprite(Math.max(px * 0.26, 0.6));
    const radius = Array(256).fill(ball);
    for (const code of this.key.ghosts || []) radius[code] = dot;
    spheres.clear();
    spheres.draw(this.place, this.codes, radius, (px * Math.max(...this.extent)) / 2, (-px * Math.max(...this.extent)) / 2);
    context.clearRect(0, 0, width, height);
    this.paintAround(context, turn, px, style, false);
    context.drawImage(spheres.canvas, 0, 0);
    this.paintAround(context, turn, px, style, true);
    drawScaleBar(this.scale, px / ratio, this.model.get("site_size"));
    const log = (window.__immune_sim_cloud ||= { times: [], took: [], points: 0 });
    log.points = this.n; log.times.push(performance.now()); log.took.push(performance.now() - begun);
    for (const list of [log.times, log.took]) if (list.length > 400) list.shift();
  }

  turnPoints(turn, px) {
    const { place, n, middle } = this, [x, y, z] = this.at, shift = [middle[0], middle[1], 0];
    for (let k = 0; k < 3; k++) {
      const [a, b, c] = turn[k].map((v) => v * px), out = place[k], add = shift[k];
      for (let i = 0; i < n; i++) out[i] = a * x[i] + b * y[i] + c * z[i] + add;
    }
  }

  // At the back behind the cells, in front thin over them; the plane of the cut where what is left lies behind it.
  paintAround(context, turn, px, style, front) {
    const half = this.extent.map((each) => each / 2), ratio = this.canvas.width / this.canvas.clientWidth;
    const project = (x, y, z) => this.project(turn, px, x, y, z), cut = this.model.get("plane");
    context.lineWidth = ratio; context.strokeStyle = style.getPropertyValue("--line") || "#ccc";
    paintEdges(context, project, half, front);
    if (cut.length && turn[2][cut[0]] > 0 === front) {
      context.strokeStyle = style.getPropertyValue("--accent") || "#088";
      paintPlane(context, project, half, cut);
    }
    const track = front ? typed(this.model.get("track"), Int16Array) : [];
    if (track.length) paintWay(context, project, half, track, style, ratio, this.model.get("followed") ? px * 0.9 : 0);
  }

  // ---- hands -------------------------------------------------------------------------------------------------------
  zoomBy(factor, x, y) {
    const box = this.canvas.getBoundingClientRect(), before = this.zoom;
    this.zoom = Math.min(14, Math.max(0.6, this.zoom * factor));
    if (x !== undefined) {  // what is under the pointer stays there
      const longest = Math.hypot(...this.extent), unit = (1.12 * Math.min(box.width, box.height)) / longest;
      const away = 1 / (this.zoom * unit) - 1 / (before * unit);
      this.shiftX += (x - box.left - box.width / 2) * away; this.shiftY += (y - box.top - box.height / 2) * away;
    }
    this.ask();
  }

  turnBy(dx, dy) {
    this.yaw -= dx * 0.008;
    this.pitch = Math.min(1.5, Math.max(-1.5, this.pitch + dy * 0.008));
    this.ask();
  }

  // The site of the cell that a point of the window shows, -1 where there is none.
  siteAt(x, y) {
    if (!this.spheres.owner) return -1;
    const box = this.canvas.getBoundingClientRect(), { width, height, owner } = this.spheres;
    const column = Math.floor(((x - box.left) / box.width) * width), row = Math.floor(((y - box.top) / box.height) * height);
    const i = column >= 0 && row >= 0 && column < width && row < height ? owner[row * width + column] : -1;
    if (i < 0 || this.model.get("step") > 1) return -1;
    const [w, h] = this.extent, place = this.at.map((axis, k) => Math.floor(axis[i] + this.extent[k] / 2));
    return (place[2] * h + place[1]) * w + place[0];
  }

  hold() { if (this.turning) { this.turning = false; this.turn(); } }

  listen() {
    const { canvas, model, pointers } = this;
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoomBy(Math.exp(-event.deltaY * 0.0015), event.clientX, event.clientY);
    }, { passive: false });
    canvas.addEventListener("dblclick", () => this.home());
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      if (!pointers.size) this.moved = 0;
      pointers.set(event.pointerId, [event.clientX, event.clientY]);
      this.hold(); this.tip.hide();
    });
    canvas.addEventListener("pointermove", (event) => this.drag(event));
    for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, (event) => {
      const held = pointers.delete(event.pointerId);
      if (held && name === "pointerup" && !pointers.size && this.moved < 5)
        model.send({ kind: "click", site: this.siteAt(event.clientX, event.clientY) });
    });
    canvas.addEventListener("pointerleave", () => { this.tip.hide(); this.tip.over(null, -1); });
    canvas.addEventListener("keydown", (event) => this.key_(event));
  }

  drag(event) {
    const { pointers } = this, was = pointers.get(event.pointerId), now = [event.clientX, event.clientY];
    if (!was) return this.tip.over(event, this.siteAt(...now));
    const [dx, dy] = [now[0] - was[0], now[1] - was[1]];
    this.moved += Math.hypot(dx, dy);
    const spread = () => { const [a, b] = [...pointers.values()]; return Math.hypot(a[0] - b[0], a[1] - b[1]) || 1; };
    if (pointers.size === 1) { pointers.set(event.pointerId, now); return this.turnBy(dx, dy); }
    const before = spread();
    pointers.set(event.pointerId, now);
    this.moved += 5;
    this.zoomBy(spread() / before);
  }

  key_(event) {
    const turn = this.canvas.matches(":focus-visible") && !event.shiftKey;
    const acts = {
      "+": () => this.zoomBy(1.4), "-": () => this.zoomBy(1 / 1.4), "0": () => this.home(),
      ...(turn && {
        ArrowLeft: () => this.turnBy(-18, 0), ArrowRight: () => this.turnBy(18, 0),
        ArrowUp: () => this.turnBy(0, -18), ArrowDown: () => this.turnBy(0, 18),
      }),
    };
    if (!acts[event.key]) return;
    event.preventDefault();
    this.hold();
    acts[event.key]();
  }

  close() {
    this.turning = false;
    LESS_MOTION.removeEventListener("change", this.calm);
    clearTimeout(this.note.patience); clearTimeout(this.tip.timer); this.watch.disconnect(); this.theme.disconnect();
  }
}

function render({ model, el }) {
  const cloud = new Cloud(model, el);
  const on = (name, act) => model.on(`change:${name}`, act);
  on("number", () => cloud.receive());
  on("key", () => cloud.paletteChanged());
  on("clones", () => cloud.legend.clonesChanged());
  on("busy", () => cloud.note.show());
  on("description", () => cloud.label());
  on("tip", () => cloud.tip.show());
  for (const name of ["track", "plane", "followed"]) on(name, () => cloud.ask());
  return () => cloud.close();
}

export default { render };
