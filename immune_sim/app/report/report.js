"use strict";
// The curves of the report and its two themes; every trace brings its ink for both in meta.
(() => {
  const { figures, themes } = JSON.parse(document.getElementById("curves").textContent);
  const plots = Object.entries(figures).map(([name, figure]) => [document.getElementById("figure-" + name), figure]);
  const order = ["light", "dark"];
  const PAGE = 660; // px that fit on A4 and on letter paper
  const veiled = (color, share) => `rgba(${[1, 3, 5].map((i) => parseInt(color.slice(i, i + 2), 16)).join(",")},${share})`;

  for (const [place, figure] of plots) {
    Plotly.newPlot(place, figure.data, figure.layout, { responsive: true, displaylogo: false, displayModeBar: "hover", modeBarButtonsToRemove: ["lasso2d", "select2d", "autoScale2d", "sendChartToCloud"] });
  }

  function dress(theme) {
    document.documentElement.dataset.theme = theme;
    const which = order.indexOf(theme);
    for (const [place, figure] of plots) {
      const inks = figure.data.map((trace) => trace.meta.ink[which]);
      const fills = figure.data.map((trace, i) => (trace.fill || trace.stackgroup ? veiled(inks[i], trace.meta.veil) : null));
      const look = { ...themes[theme] };
      if (figure.layout.yaxis2) {
        for (const key of Object.keys(look)) if (key.startsWith("yaxis.")) look[key.replace("yaxis.", "yaxis2.")] = look[key];
      }
      Plotly.update(place, { "line.color": inks, fillcolor: fills }, look);
    }
  }

  const wanted = matchMedia("(prefers-color-scheme: dark)");
  const now = () => document.documentElement.dataset.theme;
  let before = "light";
  if (wanted.matches) dress("dark");
  wanted.addEventListener("change", (event) => dress(event.matches ? "dark" : "light"));
  document.getElementById("theme").addEventListener("click", () => dress(now() === "dark" ? "light" : "dark"));
  addEventListener("beforeprint", () => {
    before = now();
    if (before !== "light") dress("light");
    for (const [place] of plots) Plotly.relayout(place, { width: PAGE });
  });
  addEventListener("afterprint", () => {
    if (before !== "light") dress(before);
    for (const [place] of plots) Plotly.relayout(place, { width: null, autosize: true });
  });
})();
