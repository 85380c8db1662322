"use strict";
// The figures of a study and its two themes: each figure comes drawn for a light page, with what differs on a dark one.
(() => {
  const figures = JSON.parse(document.getElementById("figures").textContent);
  const config = { responsive: true, displaylogo: false, displayModeBar: "hover", modeBarButtonsToRemove: ["lasso2d", "select2d", "autoScale2d", "sendChartToCloud"] };
  const plots = [];

  function dressed(given, theme) {
    const figure = structuredClone(given.figure);
    if (theme === "dark") for (const [path, value] of given.dark) {
      const last = path[path.length - 1];
      path.slice(0, -1).reduce((tree, step) => tree[step], figure)[last] = value;
    }
    return figure;
  }

  function draw(theme) {
    document.documentElement.dataset.theme = theme;
    for (const plot of plots) {
      if (!plot.seen) continue;
      const { data, layout } = dressed(plot.given, theme);
      Plotly.react(plot.place, data, layout, config);
    }
  }

  const wanted = matchMedia("(prefers-color-scheme: dark)");
  const now = () => document.documentElement.dataset.theme;
  for (const [name, given] of Object.entries(figures)) {
    const place = document.getElementById("figure-" + name);
    if (!place) continue;
    place.style.minHeight = given.figure.layout.height + "px";
    plots.push({ place, given, seen: false });
  }
  // a figure is drawn when it comes near, so that a page with forty of them opens at once
  const watch = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      const plot = plots.find((each) => each.place === entry.target);
      if (entry.isIntersecting && !plot.seen) show(plot);
    }
  }, { rootMargin: "600px" });
  function show(plot) {
    plot.seen = true;
    const { data, layout } = dressed(plot.given, now());
    Plotly.newPlot(plot.place, data, layout, config);
    watch.unobserve(plot.place);
  }

  document.documentElement.dataset.theme = wanted.matches ? "dark" : "light";
  plots.forEach((plot) => watch.observe(plot.place));
  wanted.addEventListener("change", (event) => draw(event.matches ? "dark" : "light"));
  document.getElementById("theme").addEventListener("click", () => draw(now() === "dark" ? "light" : "dark"));
  let before = "light";
  addEventListener("beforeprint", () => { before = now(); plots.filter((each) => !each.seen).forEach(show); draw("light"); });
  addEventListener("afterprint", () => draw(before));
})();
