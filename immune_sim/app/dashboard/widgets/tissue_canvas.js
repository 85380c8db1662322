// Draws one byte a site. The picture is kept as a small bitmap (one pixel a site) and copied to the visible canvas;
// Python is told when a frame is on the screen, so it never sends a second frame before the first is painted.

const NEAR = 7;        // from this many device pixels a site on, cells are drawn as shapes
const BESIDE_BAR = 130; // px of the width that are not the scale bar's: its edge and the buttons
const CLOSE = 6;       // zoom from which following a cell shows something

class Stage {
  constructor(model, el) {
    this.model = model;
    this.codes = null; this.lookup = new Uint32Array(256); this.dark = isDark(el);
    this.root = make("div", "tissue", el);
    this.box = make("div", "tissue-box", this.root);
    this.canvas = make("canvas", "tissue-canvas", this.box);
    this.canvas.tabIndex = 0;
    this.canvas.setAttribute("role", "img");
    this.view = new View(this.canvas, () => [this.width || 1, this.height || 1], () => this.paint());
    this.tip = new Tip(model, this.box);
    this.scale = make("div", "tissue-scale", this.box);
    this.note = new Note(model, this.box);
    this.buttons();
    this.small = document.createElement("canvas");
    this.middle = document.createElement("canvas");
    this.legend = new Legend(model, this.root);
    this.listen();
    this.watch = new ResizeObserver(() => this.fit());
    this.watch.observe(this.box);
    this.theme = onTheme(() => { if (isDark(this.root) !== this.dark) this.paletteChanged(); });
    this.label(); this.paletteChanged(); this.receive();
  }

  buttons() {
    const add = zoomButtons(this.box);
    this.keep = add("\u25ce", "Keep the cell in the middle", () => {
      this.view.centered = !this.view.centered;
      if (this.view.centered && this.view.zoom < CLOSE) this.view.zoom = CLOSE;
      this.paint();
    });
    add("+", "Zoom in", () => this.view.zoomBy(1.6));
    add("\u2212", "Zoom out", () => this.view.zoomBy(1 / 1.6));
    add("\u2922", "Whole tissue", () => this.view.home());
  }

  // ---- from Python -------------------------------------------------------------------------------------------------
  paletteChanged() {
    const key = this.model.get("key");
    this.dark = isDark(this.root);
    this.colors = colorsOf(key, this.root);
    this.shapes = key.shapes || [];
    this.filled = !!key.filled;  // a field covers everything: no shapes, no seams
    this.lookup.fill(0);
    this.colors.forEach((hex, code) => {
      if (!hex) return;
      const [r, g, b] = rgba(hex);
      this.lookup[code] = (255 << 24) | (b << 16) | (g << 8) | r;
    });
    this.legend.draw(key, this.colors);
    if (this.codes) { this.stamp(); this.paint(); }
  }

  async receive() {
    const view = this.model.get("frame");
    const [height, width] = this.model.get("shape");
    const number = this.model.get("number");
    if (!view || !view.byteLength) return;
    this.root.dataset.due = number;  // with data-painted it says whether what is on the screen is the newest picture
    const codes = await unpack(view, this.model.get("compressed"));
    if (codes.length !== height * width) return;
    const sized = width !== this.width || height !== this.height;
    this.codes = codes; this.height = height; this.width = width;
    if (sized) { this.view.zoom = 1; this.fit(); }
    this.stamp();
    this.legend.count();
    this.ask(number);
  }

  // One paint per screen refresh, always of the newest frame.
  ask(number) {
    this.number = number;
    if (this.pending) return;
    this.pending = requestAnimationFrame(() => {
      this.pending = 0;
      this.paint();
      this.root.dataset.painted = this.number;
      this.model.send({ kind: "painted", number: this.number });
      logPaint(this.number, this.model.get("begun"));
    });
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
    if (isDark(this.root) !== this.dark) this.paletteChanged();  // what was made beside the page knew no theme
    this.paint();
  }

  paint() {
    if (!this.codes || !this.canvas.width) return;
    const { view } = this, site = this.model.get("selected"), context = this.canvas.getContext("2d");
    this.keep.hidden = site < 0;
    this.keep.setAttribute("aria-pressed", !!view.centered);
    if (view.centered && site >= 0) view.center(site % this.width, Math.floor(site / this.width));
    const px = view.place();
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    const x = -view.left * px, y = -view.top * px, w = this.width * px, h = this.height * px;
    const style = getComputedStyle(this.root), ratio = window.devicePixelRatio || 1;
    context.fillStyle = style.getPropertyValue("--tissue-ground") || "#fff";
    context.fillRect(x, y, w, h);
    if (px >= NEAR && !this.filled) paintShapes(context, view, px, this);
    else this.paintSites(context, px, x, y, w, h);
    context.lineWidth = ratio;
    context.strokeStyle = style.getPropertyValue("--line") || "#ccc";
    context.strokeRect(x, y, w, h);
    paintTrack(context, view, px, typed(this.model.get("track"), Int16Array), style, ratio);
    paintMarks(context, view, px, this.model.get("marks"), style, ratio);
    if (site >= 0) this.paintRing(context, px, site, style, ratio);
    const aside = Math.max(0, x / ratio), below = Math.max(0, (this.canvas.height - y - h) / ratio);
    this.hold(aside, below);
    const room = this.canvas.width / ratio - 2 * aside - BESIDE_BAR;
    drawScaleBar(this.scale, px / ratio, this.model.get("site_size"), room);
    this.canvas.style.touchAction = view.zoom > 1 ? "none" : "pan-y";  // at first a finger scrolls the page past it
  }

  // The scale bar and the buttons lie within the tissue, also where it does not fill its place.
  hold(aside, below) {
    if (this.held === `${aside} ${below}`) return;  // a style that is set costs a layout, also one that is the same
    this.held = `${aside} ${below}`;
    this.box.style.setProperty("--aside", `${aside}px`);
    this.box.style.setProperty("--below", `${below}px`);
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

  paintRing(context, px, site, style, ratio) {
    const { view } = this, r = Math.max(px * 0.8, 6 * ratio);
    const cx = ((site % this.width) + 0.5 - view.left) * px, cy = (Math.floor(site / this.width) + 0.5 - view.top) * px;
    for (const [name, width] of [["--surface", 4.5], ["--text", 2]]) {
      context.beginPath(); context.arc(cx, cy, r, 0, 7);
      context.lineWidth = width * ratio; context.strokeStyle = style.getPropertyValue(name) || "#000"; context.stroke();
    }
  }

  // ---- pointer -----------------------------------------------------------------------------------------------------
  siteAt(x, y) {
    if (!this.codes) return -1;
    const [column, row] = this.view.at(x, y).map(Math.floor);
    return column >= 0 && row >= 0 && column < this.width && row < this.height ? row * this.width + column : -1;
  }

  // The nearest site that holds something: who picks by keyboard, or by finger, aims at no single site.
  nearest(site, reach) {
    if (site < 0) return site;
    const column = site % this.width, row = Math.floor(site / this.width);
    let best = site, least = Infinity;
    for (let y = Math.max(0, row - reach); y <= Math.min(this.height - 1, row + reach); y++)
      for (let x = Math.max(0, column - reach); x <= Math.min(this.width - 1, column + reach); x++) {
        const far = Math.hypot(x - column, y - row);
        if (this.codes[y * this.width + x] && far < least) { best = y * this.width + x; least = far; }
      }
    return best;
  }

  listen() {
    const { canvas, model } = this;
    this.view.listen({
      clicked: (x, y, byKey) => {
        const site = this.siteAt(x, y);
        this.tip.hide();
        model.send({ kind: "click", site: byKey && !this.filled ? this.nearest(site, 40) : site });
      },
      hovered: (event) => this.tip.over(event, this.siteAt(event.clientX, event.clientY)),
    });
    // Once at another size, for a picture that is taken away; the screen never shows it.
    canvas.addEventListener("paint-large", ({ detail }) => {
      const [wide, high] = [canvas.width, canvas.height];
      const at = (width, height) => { canvas.width = width; canvas.height = height; this.paint(); };
      at(Math.round(wide * detail.factor), Math.round(high * detail.factor));
      detail.take(canvas);
      at(wide, high);
    });
    canvas.addEventListener("pointerleave", () => { this.tip.hide(); this.tip.over(null, -1); });
  }

  close() { clearTimeout(this.note.patience); clearTimeout(this.tip.timer); this.watch.disconnect(); this.theme.disconnect(); }
}

function render({ model, el }) {
  const stage = new Stage(model, el);
  const on = (name, act) => model.on(`change:${name}`, act);
  on("number", () => stage.receive());
  on("key", () => stage.paletteChanged());
  on("clones", () => stage.legend.clonesChanged());
  on("busy", () => stage.note.show());
  on("description", () => stage.label());
  on("tip", () => stage.tip.show());
  for (const name of ["selected", "track", "marks"]) on(name, () => stage.paint());
  return () => stage.close();
}

export default { render };
