// Light or dark as the system has it until somebody chooses, and then as chosen. (Solara's own "auto" leaves out the
// page's root element, so the system is asked here.)
(() => {
  const key = ":solara:theme.variant";
  if (!localStorage.getItem(key)) {
    const dark = window.matchMedia && window.matchMedia("(prefers-color-scheme: dark)").matches;
    localStorage.setItem(key, JSON.stringify(dark ? "dark" : "light"));
  }
  new MutationObserver(() => {
    const app = document.getElementById("app");
    if (app && document.querySelector(".lab")) localStorage.setItem(key, JSON.stringify(app.classList.contains("theme--dark") ? "dark" : "light"));
  }).observe(document.documentElement, { subtree: true, attributes: true, attributeFilter: ["class"] });
})();

// The curves need Plotly soon; it is fetched while the session is still being made (see widgets/curve_plot.js).
document.head.appendChild(Object.assign(document.createElement("link"), { rel: "preload", as: "script", href: "/static/assets/plotly.min.js" }));
