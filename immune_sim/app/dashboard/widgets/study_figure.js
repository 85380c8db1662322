// A figure of a study. Plotly comes once per page, from the file the plotly Python package ships (as in curve_plot.js).

function loadPlotly(url) {
  if (window.Plotly) return Promise.resolve(window.Plotly);
  window.__immune_sim_plotly ||= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => { window.__immune_sim_plotly = null; reject(new Error(`cannot load ${url}`)); };
    document.head.appendChild(script);
  });
  return window.__immune_sim_plotly;
}

// Nothing of a study may leave this machine by a click: not to Plotly's cloud either.
const CONFIG = { responsive: false, displaylogo: false, displayModeBar: "hover", modeBarButtonsToRemove: ["lasso2d", "select2d", "autoScale2d", "sendChartToCloud"] };

// The figure as this page wants it: light as it came, dark with what differs.
function dressed(model, dark) {
  const figure = structuredClone(model.get("figure"));
  if (dark) for (const [path, value] of model.get("dark")) {
    path.slice(0, -1).reduce((tree, step) => tree[step], figure)[path[path.length - 1]] = value;
  }
  delete figure.layout.width;
  figure.layout.font = { ...figure.layout.font, family: getComputedStyle(document.body).fontFamily };
  return figure;
}

// With hover over a whole x, a click names a mark of every curve; meant is the one next to the pointer.
function nearest(event) {
  const at = event.event, box = event.points[0].xaxis?._offset !== undefined ? at.target.closest(".plotly")?.getBoundingClientRect() : null;
  if (event.points.length === 1 || !box) return event.points[0];
  const far = (point) => Math.abs(point.yaxis._offset + point.yaxis.l2p(point.y) - (at.clientY - box.top));
  return event.points.filter((point) => Number.isFinite(point.y)).sort((a, b) => far(a) - far(b))[0] || event.points[0];
}

function plain(value) { return Array.isArray(value) || ArrayBuffer.isView(value) ? Array.from(value) : value === undefined || value === null ? [] : [value]; }

async function render({ model, el }) {
  const root = document.createElement("div");
  root.className = "study-figure";
  root.setAttribute("role", "group"); // it holds the buttons of its bar
  el.appendChild(root);
  let plotly;
  try { plotly = await loadPlotly(model.get("plotly_url")); } catch (error) { el.textContent = "The figure could not be loaded: " + error.message; return; }
  const isDark = () => !!document.querySelector("#app.theme--dark"); // the root itself may not be in the page yet
  let shade = null, gone = false, wide = 0;
  const draw = async () => {
    shade = isDark();
    const { data, layout } = dressed(model, shade);
    root.style.height = layout.height + "px";
    root.setAttribute("aria-label", model.get("description"));
    root.classList.toggle("is-pickable", model.get("pickable"));
    wide = root.clientWidth;
    await plotly.react(root, data, layout, CONFIG);
    if (gone) return;
    root.dataset.drawn = String(data.length);
    fit();
    if (root.dataset.listening) return;
    root.dataset.listening = "yes";
    root.on("plotly_click", (event) => {
      const point = nearest(event);
      if (!model.get("pickable")) return;
      model.send({ kind: "picked", x: point.x ?? null, group: point.data.legendgroup || "", custom: plain(point.customdata) });
    });
  };
  const theme = new MutationObserver(() => { if (shade !== isDark()) draw(); });
  const app = document.getElementById("app");
  if (app) theme.observe(app, { attributes: true, attributeFilter: ["class"] });
  const fit = () => {
    if (!root.dataset.drawn || !root.clientWidth || root.clientWidth === wide) return;
    wide = root.clientWidth;
    plotly.Plots.resize(root);
  };
  const size = new ResizeObserver(fit);
  size.observe(root);
  model.on("change:figure", draw);
  await draw();
  return () => { gone = true; theme.disconnect(); size.disconnect(); plotly.purge(root); };
}

export default { render };
