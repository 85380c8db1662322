// Curves that grow. Plotly comes once per page, from the file the plotly Python package ships; afterwards only new
// points travel (32-bit floats), and Plotly.extendTraces adds them without touching what is already drawn.

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
    this.label();
  }

  dark() { return !!this.root.closest(".theme--dark"); }

  // Colors come from the page's own variables, so light and dark need nothing from Python.
  look() {
    const text = css(this.root, "--text-soft", "#666"), grid = css(this.root, "--line", "#ddd");
    const layout = structuredClone(this.model.get("frame"));
    layout.paper_bgcolor = layout.plot_bgcolor = css(this.root, "--surface", "#fff");
    layout.font = { family: css(this.root, "--font", "sans-serif"), size: 11, color: text };
    layout.hoverlabel = { bgcolor: css(this.root, "--surface-raised", "#fff"), bordercolor: grid, font: { color: css(this.root, "--text", "#222") } };
    for (const [name, axis] of Object.entries(layout)) {
      if (!/^[xy]axis\d*$/.test(name)) continue;
      Object.assign(axis, { gridcolor: grid, linecolor: grid, zerolinecolor: grid, tickcolor: grid, spikecolor: text });
    }
    const shade = this.dark() ? 1 : 0;
    for (const note of layout.annotations || []) {
      if (note.colors) note.text = note.colors.reduce((out, pair, i) => out.replaceAll(`{${i}}`, pair[shade]), note.template);
      note.font = { ...(note.font || {}), color: css(this.root, "--text", "#222") };
    }
    return layout;
  }

  traces(x, columns) {
    const shade = this.dark() ? 1 : 0;
    return this.model.get("traces").map((trace, i) => ({
      ...trace, x: x.slice(), y: columns[i].slice(), line: { ...trace.line, color: trace.colors[shade] },
      ...(trace.fills ? { fillcolor: trace.fills[shade] } : {}),
    }));
  }

  // The whole history: when the page opens, after a reset, or when points were missed.
  async replace(epoch, x, columns) {
    this.epoch = epoch; this.count = x.length;
    const config = { displayModeBar: false, responsive: false, doubleClick: "reset" };
    await this.plotly.react(this.root, this.traces(x, columns), this.look(), config);
    this.drawn = true;
    this.told();
  }

  async extend(epoch, start, x, columns) {
    if (!this.drawn || epoch !== this.epoch || start !== this.count) { this.model.send({ kind: "ready" }); return; }
    const began = performance.now();
    this.count += x.length;
    await this.plotly.extendTraces(this.root, { x: columns.map(() => x), y: columns }, columns.map((_, i) => i));
    const spent = performance.now() - began, log = (window.__immune_sim_curves ||= { ms: [] });
    log.ms.push(spent);
    if (log.ms.length > 300) log.ms.shift();
    // Curves may take a quarter of the page's time; the tissue is what moves.
    this.told(3 * spent);
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
    const [x, columns] = read(content, buffers, model.get("traces").length);
    if (content.kind === "replace") curves.replace(content.epoch, x, columns);
    else curves.extend(content.epoch, content.start, x, columns);
  };
  model.on("msg:custom", receive);
  model.on("change:description", () => curves.label());
  model.send({ kind: "ready" });
  return () => { model.off("msg:custom", receive); curves.close(); };
}

export default { render };
