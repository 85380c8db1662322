// Cells close up: a shape for every code, so that color is never the only sign.

const SHAPES = {
  square: (path, cx, cy, r) => path.rect(cx - r * 1.14, cy - r * 1.14, r * 2.28 + 0.5, r * 2.28 + 0.5),
  diamond: (path, cx, cy, r) => {
    path.moveTo(cx, cy - r * 1.15); path.lineTo(cx + r * 1.15, cy);
    path.lineTo(cx, cy + r * 1.15); path.lineTo(cx - r * 1.15, cy); path.closePath();
  },
  triangle: (path, cx, cy, r) => {
    path.moveTo(cx, cy - r * 1.1); path.lineTo(cx + r * 1.1, cy + r * 0.9);
    path.lineTo(cx - r * 1.1, cy + r * 0.9); path.closePath();
  },
  cross: (path, cx, cy, r) => {
    const t = r * 0.36;
    path.moveTo(cx - t, cy - r);
    for (const [x, y] of [[t, -r], [t, -t], [r, -t], [r, t], [t, t], [t, r], [-t, r], [-t, t], [-r, t], [-r, -t], [-t, -t]])
      path.lineTo(cx + x, cy + y);
    path.closePath();
  },
  ring: (path, cx, cy, r) => {
    path.moveTo(cx + r, cy); path.arc(cx, cy, r, 0, 7);
    path.moveTo(cx + r * 0.5, cy); path.arc(cx, cy, r * 0.5, 7, 0, true);
  },
  circle: (path, cx, cy, r) => { path.moveTo(cx + r, cy); path.arc(cx, cy, r, 0, 7); },
};

// picture: {codes, width, height, colors, shapes}. One path a code, so that thousands of cells cost a few fills.
function paintShapes(context, view, px, picture) {
  const { codes, width, height, colors, shapes } = picture;
  const x0 = Math.max(0, Math.floor(view.left)), y0 = Math.max(0, Math.floor(view.top));
  const x1 = Math.min(width, Math.ceil(view.left + context.canvas.width / px));
  const y1 = Math.min(height, Math.ceil(view.top + context.canvas.height / px));
  const paths = new Map();
  for (let row = y0; row < y1; row++) for (let col = x0; col < x1; col++) {
    const code = codes[row * width + col];
    if (!colors[code]) continue;
    if (!paths.has(code)) paths.set(code, new Path2D());
    const draw = SHAPES[shapes[code]] || SHAPES.circle;
    draw(paths.get(code), (col + 0.5 - view.left) * px, (row + 0.5 - view.top) * px, px * 0.44);
  }
  for (const [code, path] of paths) { context.fillStyle = colors[code]; context.fill(path); }
}

// The way of the followed cell: track is column, row and distance from the slice for every hour, oldest first.
function paintTrack(context, view, px, track, style, ratio) {
  const n = track.length / 3;
  const at = (i) => [(track[3 * i] + 0.5 - view.left) * px, (track[3 * i + 1] + 0.5 - view.top) * px];
  context.lineJoin = context.lineCap = "round";
  for (const [name, width] of [["--surface", 4.5], ["--text", 2]]) {
    context.strokeStyle = style.getPropertyValue(name) || "#000";
    context.lineWidth = width * ratio;
    for (let i = 1; i < n; i++) {
      const [a, b] = [at(i - 1), at(i)];
      if (Math.hypot(a[0] - b[0], a[1] - b[1]) > 30 * px) continue;  // it left on one side and came in on the other
      const aside = Math.abs(track[3 * i + 2]) > 1 ? 0.35 : 1;
      context.globalAlpha = aside * (0.25 + 0.75 * (i / n));
      context.beginPath(); context.moveTo(...a); context.lineTo(...b); context.stroke();
    }
  }
  context.globalAlpha = 1;
}

// What happened to it on its way: a cross for a kill, a ring for a division, a bolt of a triangle for a hit.
function paintMarks(context, view, px, marks, style, ratio) {
  const looks = { kill: ["cross", "--tumor"], division: ["ring", "--text"], hit: ["triangle", "--ctl"], death: ["cross", "--text"] };
  for (const [column, row, what] of marks) {
    const [shape, name] = looks[what] || looks.hit;
    const cx = (column + 0.5 - view.left) * px, cy = (row + 0.5 - view.top) * px, path = new Path2D();
    SHAPES[shape](path, cx, cy, 5.5 * ratio);
    context.lineWidth = 3 * ratio; context.strokeStyle = style.getPropertyValue("--surface"); context.stroke(path);
    context.fillStyle = style.getPropertyValue(name); context.fill(path);
  }
}
