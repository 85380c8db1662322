// Which part of a picture is seen, and the hands that move it: wheel, drag, pinch, keys. It draws nothing.

const MAX_ZOOM = 40;

class View {
  // size(): [columns, rows] of the picture; changed(): called when another part is to be seen.
  constructor(canvas, size, changed) {
    this.canvas = canvas; this.size = size; this.changed = changed;
    this.zoom = 1; this.left = 0; this.top = 0;   // left, top: sites at the upper left corner of the view
    this.pointers = new Map();
    this.moved = false;
  }

  get base() {
    const [columns, rows] = this.size();
    return Math.min(this.canvas.width / columns, this.canvas.height / rows);
  }

  // Device pixels a site. The whole tissue is centered; a part of it may be anywhere, as long as the middle of the
  // view lies in the tissue, so that the site under the pointer keeps its place while one zooms in.
  place() {
    const [columns, rows] = this.size(), px = this.base * this.zoom;
    const put = (room, sites, start) =>
      this.zoom <= 1 ? (sites - room / px) / 2 : Math.min(Math.max(start, -room / px / 2), sites - room / px / 2);
    this.left = put(this.canvas.width, columns, this.left);
    this.top = put(this.canvas.height, rows, this.top);
    return px;
  }

  home() { this.zoom = 1; this.centered = false; this.changed(); }

  center(column, row) {
    const px = this.base * this.zoom;
    this.left = column + 0.5 - this.canvas.width / px / 2;
    this.top = row + 0.5 - this.canvas.height / px / 2;
  }

  // Place on the picture, in sites, of a point of the window.
  at(x, y) {
    const box = this.canvas.getBoundingClientRect(), ratio = this.canvas.width / box.width, px = this.place();
    return [this.left + ((x - box.left) * ratio) / px, this.top + ((y - box.top) * ratio) / px];
  }

  zoomBy(factor, x, y) {
    const box = this.canvas.getBoundingClientRect();
    if (x === undefined) { x = box.left + box.width / 2; y = box.top + box.height / 2; }
    const ratio = this.canvas.width / box.width, [column, row] = this.at(x, y);
    this.zoom = Math.min(MAX_ZOOM, Math.max(1, this.zoom * factor));
    const px = this.base * this.zoom;
    this.left = column - ((x - box.left) * ratio) / px; this.top = row - ((y - box.top) * ratio) / px;
    this.changed();
  }

  panBy(dx, dy) {
    const ratio = this.canvas.width / this.canvas.clientWidth, px = this.place();
    this.left -= (dx * ratio) / px; this.top -= (dy * ratio) / px;
    this.centered = false;
    this.changed();
  }

  // clicked(x, y): a press that did not move; hovered(event): the pointer passes.
  listen({ clicked, hovered }) {
    const { canvas, pointers } = this;
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoomBy(Math.exp(-event.deltaY * 0.0015), event.clientX, event.clientY);
    }, { passive: false });
    canvas.addEventListener("dblclick", () => this.home());
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      if (pointers.size === 0) { this.moved = false; this.start = [event.clientX, event.clientY]; }
      pointers.set(event.pointerId, [event.clientX, event.clientY]);
      if (pointers.size > 1) this.moved = true;
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!pointers.has(event.pointerId)) return hovered(event);
      this.dragTo(event);
    });
    const lift = (event, still) => {
      const held = pointers.delete(event.pointerId);
      if (held && still && pointers.size === 0 && !this.moved) clicked(event.clientX, event.clientY);
    };
    canvas.addEventListener("pointerup", (event) => lift(event, true));
    canvas.addEventListener("pointercancel", (event) => lift(event, false));
    canvas.addEventListener("keydown", (event) => this.key(event, clicked));
  }

  // One pointer moves the picture, two turn their distance into zoom around the point between them.
  dragTo(event) {
    const { pointers } = this, before = [...pointers.values()];
    const was = pointers.get(event.pointerId), now = [event.clientX, event.clientY];
    if (pointers.size === 1) {
      if (!this.moved && Math.hypot(now[0] - this.start[0], now[1] - this.start[1]) <= 4) return;
      const from = this.moved ? was : this.start;
      this.moved = true;
      pointers.set(event.pointerId, now);
      if (this.zoom > 1) this.panBy(now[0] - from[0], now[1] - from[1]);
      return;
    }
    pointers.set(event.pointerId, now);
    const after = [...pointers.values()];
    const spread = ([a, b]) => Math.hypot(a[0] - b[0], a[1] - b[1]) || 1;
    const middle = ([a, b]) => [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
    const [x0, y0] = middle(before), [x1, y1] = middle(after);
    if (this.zoom > 1) this.panBy(x1 - x0, y1 - y0);
    this.zoomBy(spread(after) / spread(before), x1, y1);
  }

  // Arrow keys belong to the clock, except for who came here by keyboard and looks at a part of the tissue.
  key(event, clicked) {
    const pan = this.zoom > 1 && this.canvas.matches(":focus-visible") && !event.shiftKey;
    const acts = {
      "+": () => this.zoomBy(1.6), "-": () => this.zoomBy(1 / 1.6), "0": () => this.home(),
      Enter: () => {
        const box = this.canvas.getBoundingClientRect();
        clicked(box.left + box.width / 2, box.top + box.height / 2, true);
      },
      ...(pan && {
        ArrowLeft: () => this.panBy(60, 0), ArrowRight: () => this.panBy(-60, 0),
        ArrowUp: () => this.panBy(0, 60), ArrowDown: () => this.panBy(0, -60),
      }),
    };
    if (!acts[event.key]) return;
    event.preventDefault();
    acts[event.key]();
  }
}
