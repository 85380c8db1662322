// The pictures of a run, drawn one by one with legend and day below, and handed over as one animated GIF (see gif.js).

const GRAYS = 16, SIDE = 600, SPEED = 1 / 8, LAST = 1.5;  // s a picture is seen

function rgb(color, context) {
  context.clearRect(0, 0, 1, 1); context.fillStyle = "#000"; context.fillStyle = color; context.fillRect(0, 0, 1, 1);
  return [...context.getImageData(0, 0, 1, 1).data.subarray(0, 3)];
}

async function unpacked(view) {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).arrayBuffer());
}

function mark(context, shape, x, y, size) {
  const r = size / 2;
  context.beginPath();
  if (shape === "diamond") { context.moveTo(x, y - r); context.lineTo(x + r, y); context.lineTo(x, y + r); context.lineTo(x - r, y); }
  else if (shape === "triangle") { context.moveTo(x, y - r); context.lineTo(x + r, y + r); context.lineTo(x - r, y + r); }
  else if (shape === "cross") { context.rect(x - r, y - r / 3, size, size / 3); context.rect(x - r / 3, y - r, size / 3, size); }
  else if (shape === "square") context.rect(x - r, y - r, size, size);
  else context.arc(x, y, shape === "ring" ? r * 0.7 : r, 0, 7);
  if (shape === "ring") { context.lineWidth = r * 0.6; context.stroke(); } else context.fill();
}

class Film {
  // reel: {name, key, shape: [rows, columns], title}
  constructor(reel, page) {
    const [rows, columns] = reel.shape, style = getComputedStyle(page);
    this.reel = reel; this.dark = !!page.closest(".theme--dark");
    this.scale = Math.max(1, Math.floor(SIDE / Math.max(rows, columns)));
    this.left = Math.max(0, Math.floor((400 - columns * this.scale) / 2));
    this.width = columns * this.scale + 2 * this.left; this.top = rows * this.scale; this.line = 20;
    this.height = this.top + Math.round(4.4 * this.line);
    this.canvas = Object.assign(document.createElement("canvas"), { width: this.width, height: this.height });
    this.context = this.canvas.getContext("2d", { willReadFrequently: true });
    this.inks = { text: style.getPropertyValue("--text").trim(), surface: style.getPropertyValue("--surface").trim(), ground: style.getPropertyValue("--tissue-ground").trim() };
    this.font = style.getPropertyValue("--font").trim() || "sans-serif";
    this.colors = reel.key.palette[this.dark ? "dark" : "light"];
    this.palette = this.makePalette();
    this.near = new Map();
    this.gif = new Gif(this.width, this.height, this.palette);
    this.count = 0;
  }

  // ground, shades from the page to its text for letters, then the codes; a long scale keeps as many shades as fit.
  makePalette() {
    const probe = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const surface = rgb(this.inks.surface, probe), text = rgb(this.inks.text, probe);
    const palette = [rgb(this.inks.ground, probe)];
    for (let i = 0; i < GRAYS; i++) palette.push(surface.map((c, k) => Math.round(c + (text[k] - c) * i / (GRAYS - 1))));
    const free = 256 - palette.length, codes = this.colors.length - 1, kept = Math.min(free, codes);
    this.index = new Uint8Array(256);
    for (let i = 0; i < kept; i++) palette.push(rgb(this.colors[1 + Math.round(i * (codes - 1) / Math.max(1, kept - 1))] || "#000", probe));
    for (let code = 1; code <= codes; code++) this.index[code] = GRAYS + 1 + Math.round((code - 1) * (kept - 1) / Math.max(1, codes - 1));
    return palette;
  }

  nearest(r, g, b) {
    const at = (r >> 2) << 12 | (g >> 2) << 6 | b >> 2;
    if (this.near.has(at)) return this.near.get(at);
    let best = 0, least = Infinity;
    this.palette.forEach(([pr, pg, pb], i) => {
      const far = (pr - r) ** 2 + (pg - g) ** 2 + (pb - b) ** 2;
      if (far < least) { least = far; best = i; }
    });
    this.near.set(at, best);
    return best;
  }

  words(shot) {
    const context = this.context, edge = 10, line = this.line;
    context.fillStyle = this.inks.surface;
    context.fillRect(0, this.top, this.width, this.height - this.top);
    context.fillStyle = this.inks.text;
    context.textBaseline = "middle";
    context.font = `600 15px ${this.font}`;
    context.fillText(shot.when, edge, this.top + line * 0.8);
    const wide = context.measureText(shot.when).width;
    context.font = `12px ${this.font}`;
    context.fillText(this.reel.title, edge + Math.max(wide, 118) + 12, this.top + line * 0.8, this.width - Math.max(wide, 118) - 32);
    if (this.reel.key.kind === "classes") this.classes(shot, edge, this.top + line * 1.9);
    else this.ramp(edge, this.top + line * 1.9);
  }

  classes(shot, edge, top) {
    const context = this.context, step = (this.width - 2 * edge) / 4;
    this.reel.key.entries.forEach((entry, i) => {
      const x = edge + (i % 4) * step, y = top + Math.floor(i / 4) * this.line * 1.1, count = shot.counts[String(entry.code)] ?? 0;
      context.fillStyle = context.strokeStyle = this.colors[entry.code];
      mark(context, entry.shape, x + 6, y, 10);
      context.fillStyle = this.inks.text;
      context.fillText(`${entry.label} ${count.toLocaleString("en-US")}`, x + 16, y, step - 20);
    });
  }

  ramp(edge, top) {
    const context = this.context, wide = this.width - 2 * edge, bar = context.createLinearGradient(edge, 0, edge + wide, 0);
    for (let i = 0; i <= 32; i++) bar.addColorStop(i / 32, this.colors[1 + Math.round(i / 32 * (this.reel.key.shades - 1))]);
    context.fillText(this.reel.key.title, edge, top, wide);
    context.fillStyle = bar;
    context.fillRect(edge, top + 11, wide, 9);
    context.fillStyle = this.inks.text;
    for (const tick of this.reel.key.ticks) {
      const half = context.measureText(tick.text).width / 2;
      context.fillText(tick.text, Math.min(edge + wide - 2 * half, Math.max(edge, edge + tick.at * wide - half)), top + 31);
    }
  }

  // shot: {when, counts}; codes: one byte a site. last: the picture that stays.
  add(shot, codes, last) {
    const [rows, columns] = this.reel.shape, { width, height, scale, left } = this, pixels = new Uint8Array(width * height);
    for (let row = 0, at = 0; row < rows; row++) {
      const start = row * scale * width;
      for (let column = 0; column < columns; column++) {
        const ink = this.index[codes[at++]], x = start + left + column * scale;
        for (let k = 0; k < scale; k++) pixels[x + k] = ink;
      }
      for (let k = 1; k < scale; k++) pixels.copyWithin(start + k * width, start, start + width);
    }
    this.words(shot);
    const strip = this.context.getImageData(0, this.top, width, height - this.top).data;
    for (let i = 0, at = this.top * width; at < pixels.length; i += 4) pixels[at++] = this.nearest(strip[i], strip[i + 1], strip[i + 2]);
    this.gif.add(pixels, last ? LAST : SPEED);
    this.count++;
  }

  give() {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(this.gif.finish());
    link.download = this.reel.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }
}

function render({ model }) {
  let film = null, number = 0, queue = Promise.resolve();
  const act = async (content, buffers, mine) => {
    if (mine !== number) return;  // given up meanwhile
    if (content.kind === "reel") film = new Film(content.reel, document.querySelector(".lab"));
    else if (content.kind === "shot") {
      const codes = await unpacked(buffers[0]);
      if (mine !== number) return;
      film.add(content.shot, codes, content.last);
      if (content.last) { film.give(); film = null; model.send({ kind: "given" }); }
      await new Promise((resolve) => setTimeout(resolve));  // the page stays alive between two pictures
    }
  };
  const receive = (content, buffers) => {
    if (content.kind === "reel" || content.kind === "cut") { number++; film = null; }
    const mine = number;
    queue = queue.then(() => act(content, buffers, mine)).catch((error) => {
      if (mine === number) { number++; model.send({ kind: "failed", words: String(error) }); }
    });
  };
  model.on("msg:custom", receive);
  return () => { number++; model.off("msg:custom", receive); };
}

export default { render };
