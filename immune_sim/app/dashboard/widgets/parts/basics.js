// Shared by the widgets that draw a tissue: making nodes, reading colors, unpacking what Python sends.

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

// The colors of a key for the present theme, and what to call when the theme changes.
function colorsOf(key, el) {
  return (key.palette || {})[isDark(el) ? "dark" : "light"] || [];
}

function onTheme(act) {
  const watch = new MutationObserver(act);
  const app = document.getElementById("app");
  if (app) watch.observe(app, { attributes: true, attributeFilter: ["class"] });
  return watch;
}

async function unpack(view, compressed) {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  if (!compressed) return bytes;
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// Bytes of Python may begin anywhere; typed arrays of more than one byte want an even start.
function typed(view, Kind) {
  if (!view || !view.byteLength) return new Kind(0);
  return new Kind(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
}

const LESS_MOTION = matchMedia("(prefers-reduced-motion: reduce)");

// One line in the page's own record, so that a test can see that pictures are painted.
// begun: when the engine began the picture, s since 1970; lags: ms from there to the screen, told on one machine only.
function logPaint(number, begun = NaN) {
  const log = (window.__immune_sim ||= { painted: 0, times: [], lags: [] });
  log.painted += 1; log.number = number; log.times.push(performance.now()); log.lags.push(Date.now() - 1000 * begun);
  if (log.times.length > 600) { log.times.shift(); log.lags.shift(); }
}
