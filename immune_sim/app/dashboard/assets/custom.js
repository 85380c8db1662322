// The page speaks English; a screen reader asks the root element.
document.documentElement.lang = "en";

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

// A button of class "copies" copies the text of the ".code" beside it; where the browser offers no clipboard (a page from
// another machine without https) the old way is taken, which copies what is selected.
document.addEventListener("click", (event) => {
  const button = event.target instanceof Element && event.target.closest(".copies");
  const source = button && button.closest(".copyable").querySelector(".code");
  if (!source) return;
  getSelection().selectAllChildren(source);
  const done = navigator.clipboard ? navigator.clipboard.writeText(source.textContent) : Promise.resolve(document.execCommand("copy"));
  done.then(() => { button.dataset.copied = "yes"; setTimeout(() => delete button.dataset.copied, 1500); }, () => {});
});
