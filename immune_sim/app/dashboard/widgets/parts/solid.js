// What stands around a cloud: the edges of the tissue, the plane of a cut, the way of a followed cell. project(x, y, z)
// gives the place on the canvas and the nearness of a point, in sites from the middle of the tissue.

// Those edges that lie at the back (or in front) of the middle; half: half the extent along x, y, z.
function paintEdges(context, project, half, front) {
  context.globalAlpha = front ? 0.55 : 1;
  for (let axis = 0; axis < 3; axis++) for (const a of [-1, 1]) for (const b of [-1, 1]) {
    const from = [0, 0, 0], [u, v] = [(axis + 1) % 3, (axis + 2) % 3];
    from[u] = a * half[u]; from[v] = b * half[v]; from[axis] = -half[axis];
    const to = [...from]; to[axis] = half[axis];
    const p = project(...from), q = project(...to);
    if (p[2] + q[2] > 0 !== front) continue;
    context.beginPath(); context.moveTo(p[0], p[1]); context.lineTo(q[0], q[1]); context.stroke();
  }
  context.globalAlpha = 1;
}

// The frame of a cut, [axis, place].
function paintPlane(context, project, half, [axis, at]) {
  const [u, v] = [(axis + 1) % 3, (axis + 2) % 3];
  context.beginPath();
  for (const [a, b] of [[-1, -1], [1, -1], [1, 1], [-1, 1]]) {
    const corner = [0, 0, 0];
    corner[axis] = at - half[axis]; corner[u] = a * half[u]; corner[v] = b * half[v];
    const [x, y] = project(...corner);
    context.lineTo(x, y);
  }
  context.closePath();
  context.stroke();
}

// track: x, y, z of every hour, oldest first; radius: of the ring around the cell, 0 for one that is gone.
function paintWay(context, project, half, track, style, ratio, radius) {
  const n = track.length / 3, part = (i, k) => track[3 * i + k];
  const at = (i) => project(...[0, 1, 2].map((k) => part(i, k) + 0.5 - half[k]));
  context.lineJoin = "round";
  for (const [name, width] of [["--surface", 4], ["--text", 1.8]]) {
    context.strokeStyle = style.getPropertyValue(name); context.lineWidth = width * ratio;
    context.beginPath();
    for (let i = 0; i < n; i++) {
      const far = !i || [0, 1, 2].some((k) => Math.abs(part(i, k) - part(i - 1, k)) > 30);  // round the edge of the tissue
      const [x, y] = at(i);
      if (far) context.moveTo(x, y); else context.lineTo(x, y);
    }
    context.stroke();
    if (!radius) continue;
    const [x, y] = at(n - 1);
    context.beginPath(); context.arc(x, y, Math.max(radius, 6 * ratio), 0, 7); context.stroke();
  }
}

// Rows: screen x (right), screen y (down), nearness. z of the tissue goes up.
function rotation(yaw, pitch) {
  const [c, s, p, q] = [Math.cos(yaw), Math.sin(yaw), Math.cos(pitch), Math.sin(pitch)];
  return [[c, s, 0], [-s * q, c * q, -p], [-s * p, c * p, q]];
}
