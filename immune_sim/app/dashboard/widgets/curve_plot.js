// Curves that grow. Plotly comes once per page, from the file the plotly Python package ships; afterwards only new
// points travel (32-bit floats), and Plotly.extendTraces adds them without touching what is already drawn.

const MANY = 12;  // curves of one run are fewer
const PROJECTOR = "(min-width: 1700px) and (min-height: 900px)";  // as in style/everyone.css: read from the last row
let loading = null;

function loadPlotly(url) {
  if (window.Plotly) return Promise.resolve(window.Plotly);
  loading ||= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => { loading = null; reject(new Error(`cannot load ${url}`)); };
    document.head.appendChild(script);
  });
  return loading;
}

function css(el, name, otherwise) {
  return getComputedStyle(el).getPropertyValue(name).trim() || otherwise;
}

class Curves {
  constructor(model, el, plotly) {
    this.model = model; this.plotly = plotly; this.epoch = -1; this.count = 0;
    this.root = document.createElement("div");
    this.root.className = "curves";
    this.root.setAttribute("role", "img");
    el.appendChild(this.root);
    this.theme = new MutationObserver(() => this.recolor());
    const app = document.getElementById("app");
    if (app) this.theme.observe(app, { attributes: true, attributeFilter: ["class"] });
    this.size = new ResizeObserver(() => this.drawn && plotly.Plots.resize(this.root));
    this.size.observe(this.root);
    this.now = document.createElement("div");
    this.now.className = "curves-now";
    this.label();
  }

  dark() { return !!this.root.closest(".theme--dark"); }

  // Colors come from the page's own variables, so light and dark need nothing from Python.
  look() {
    const text = css(this.root, "--text-soft", "#666"), grid = css(this.root, "--line", "#ddd");
    const layout = structuredClone(this.model.get("frame"));
    layout.paper_bgcolor = layout.plot_bgcolor = css(this.root, "--surface", "#fff");
    const large = window.matchMedia(PROJECTOR).matches ? 1.25 : 1;
    layout.font = { family: css(this.root, "--font", "sans-serif"), size: 11 * large, color: text };
    layout.margin.l *= large; layout.margin.r *= large; layout.margin.b *= large; layout.margin.t *= large;
    layout.hoverlabel = { bgcolor: css(this.root, "--surface-raised", "#fff"), bordercolor: grid, font: { color: css(this.root, "--text", "#222") } };
    for (const [name, axis] of Object.entries(layout)) {
      if (!/^[xy]axis\d*$/.test(name)) continue;
      Object.assign(axis, { gridcolor: grid, linecolor: grid, zerolinecolor: grid, tickcolor: grid, spikecolor: text });
    }
    const shade = this.dark() ? 1 : 0;
    for (const note of layout.annotations || []) {
      if (note.colors) note.text = note.colors.reduce((out, pair, i) => out.replaceAll(`{${i}}`, pair[shade]), note.template);
      note.font = { ...(note.font || {}), size: (note.font?.size || 11) * large, color: css(this.root, "--text", "#222") };
      note.xshift = (note.xshift || 0) * large;
    }
    return layout;
  }

  traces(x, columns) {
    const shade = this.dark() ? 1 : 0;
    return this.model.get("traces").map((trace, i) => ({
      ...trace, x: x.slice(), y: columns[i].slice(), line: { ...trace.line, color: trace.colors[shade] },
      ...(trace.fills ? { fillcolor: trace.fills[shade] } : {}),
    })).concat(this.fanTraces(x.length ? x[x.length - 1] : 0));
  }

  // ---- other seeds: a band and a line behind the curves, as far as the run itself has come ----

  fanTraces(until) {
    if (!this.fan) return [];
    const n = this.fanShown = this.fanUntil(until), ink = css(this.root, "--tumor", "#c8502f"), x = this.fan.x.slice(0, n);
    const common = { type: "scatter", mode: "lines", xaxis: "x", yaxis: "y", zorder: -1, connectgaps: false };
    const edge = { ...common, line: { width: 0, color: ink }, hoverinfo: "skip" };
    return [
      { ...edge, name: "other seeds, low", x, y: this.fan.edges[0].slice(0, n) },
      { ...edge, name: "other seeds, high", x, y: this.fan.edges[2].slice(0, n), fill: "tonexty", fillcolor: ink + "26" },
      { ...common, name: "other seeds", x, y: this.fan.edges[1].slice(0, n), line: { width: 1.2, color: ink + "99", dash: "dash" }, hovertemplate: "%{y:.4~g}" },
    ];
  }

  fanUntil(day) {
    const beyond = this.fan.x.findIndex((each) => each > day);
    return beyond < 0 ? this.fan.x.length : beyond;
  }

  // What is already drawn of the fan stays; only the points that the run has passed since are added.
  fanSince(day) {
    if (!this.fan) return null;
    const from = this.fanShown, to = this.fanUntil(day);
    if (to <= from) return null;
    this.fanShown = to;
    const part = (values) => values.slice(from, to), [low, middle, high] = this.fan.edges.map(part);
    return { x: [low, high, middle].map(() => part(this.fan.x)), y: [low, high, middle] };
  }

  async setFan(x, edges) {
    this.fan = x.length ? { x, edges } : null;
    this.root.dataset.fan = String(x.length);
    if (!this.drawn) return;
    const first = this.own, drawn = this.root.data.length > first, own = this.root.data[0].x;
    const traces = this.fanTraces(own.length ? own[own.length - 1] : 0), places = [first, first + 1, first + 2];
    if (drawn && this.fan) await this.plotly.restyle(this.root, { x: traces.map((t) => t.x), y: traces.map((t) => t.y) }, places);
    else if (drawn) await this.plotly.deleteTraces(this.root, places);
    else if (this.fan) await this.plotly.addTraces(this.root, traces);
  }

  // ---- the hour that the tissue shows, where it lies before the end of the curves ----

  mark() {
    const day = this.model.get("now"), axis = this.root._fullLayout?.xaxis, place = this.root._fullLayout?._size;
    const inside = axis && day >= 0 && day >= axis.range[0] && day <= axis.range[1];
    this.now.style.display = inside ? "block" : "none";
    if (!inside) return;
    if (this.now.parentNode !== this.root) this.root.appendChild(this.now);
    Object.assign(this.now.style, { left: `${axis._offset + axis.d2p(day)}px`, top: `${place.t}px`, height: `${place.h}px` });
  }

  // The whole history: when the page opens, after a reset, or when points were missed.
  async replace(epoch, x, columns) {
    this.epoch = epoch; this.count = x.length;
    this.own = columns.length;  // curves of the arms in the drawing; the model may know of another arm already
    const config = { displayModeBar: false, responsive: false, doubleClick: "reset" };
    await this.plotly.react(this.root, this.traces(x, columns), this.look(), config);
    if (!this.drawn) this.root.on("plotly_afterplot", () => this.mark());
    this.drawn = true;
    this.mark();
    this.told();
  }

  async extend(epoch, start, x, columns) {
    if (!this.drawn || epoch !== this.epoch || start !== this.count || columns.length !== this.own) { this.model.send({ kind: "ready" }); return; }
    const began = performance.now();
    this.count += x.length;
    const fan = this.fanSince(x[x.length - 1]), xs = columns.map(() => x).concat(fan ? fan.x : []);
    const ys = columns.concat(fan ? fan.y : []);
    await this.plotly.extendTraces(this.root, { x: xs, y: ys }, ys.map((_, i) => i));
    const spent = performance.now() - began, log = (window.__immune_sim_curves ||= { ms: [] });
    log.ms.push(spent);
    if (log.ms.length > 300) log.ms.shift();
    // Curves may take a quarter of the page's time, those of several arms an eighth; the tissue is what moves.
    this.told((columns.length > MANY ? 7 : 3) * spent);
  }

  told(pause = 0) {
    this.root.dataset.points = String(this.count);
    setTimeout(() => this.model.send({ kind: "drawn" }), pause);
  }

  recolor() {
    if (!this.drawn || this.shade === this.dark()) return;
    this.shade = this.dark();
    const index = this.shade ? 1 : 0, traces = this.model.get("traces");
    const change = { "line.color": traces.map((trace) => trace.colors[index]) };
    if (traces.some((trace) => trace.fills)) change.fillcolor = traces.map((trace) => (trace.fills || ["", ""])[index]);
    if (this.fan) {
      const [, high, middle] = this.fanTraces(this.fan.x[this.fanShown - 1] ?? 0);
      change["line.color"].push(high.line.color, high.line.color, middle.line.color);
      change.fillcolor ||= traces.map(() => "");
      change.fillcolor.push("", high.fillcolor, "");
    }
    this.plotly.update(this.root, change, this.look());
  }

  label() { this.root.setAttribute("aria-label", this.model.get("description")); }

  close() { this.theme.disconnect(); this.size.disconnect(); this.plotly.purge(this.root); }
}

function read(content, buffers, curves) {
  const view = buffers[0], all = new Float32Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
  const n = content.n, columns = [];
  for (let i = 1; i <= curves; i++) columns.push(Array.from(all.subarray(i * n, (i + 1) * n), (v) => (Number.isNaN(v) ? null : v)));
  return [Array.from(all.subarray(0, n)), columns];
}

async function render({ model, el }) {
  let curves;
  try {
    curves = new Curves(model, el, await loadPlotly(model.get("plotly_url")));
  } catch (error) {
    el.textContent = "The curves could not be loaded: " + error.message;
    return;
  }
  curves.shade = curves.dark();
  const receive = (content, buffers) => {
    const [x, columns] = read(content, buffers, content.kind === "fan" ? 3 : model.get("traces").length);
    if (content.kind === "fan") curves.setFan(x, columns);
    else if (content.kind === "replace") curves.replace(content.epoch, x, columns);
    else curves.extend(content.epoch, content.start, x, columns);
  };
  model.on("msg:custom", receive);
  model.on("change:description", () => curves.label());
  model.on("change:now", () => curves.mark());
  model.send({ kind: "ready" });
  return () => { model.off("msg:custom", receive); curves.close(); };
}

export default { render };
