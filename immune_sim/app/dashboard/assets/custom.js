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

// Who needs larger letters may zoom with two fingers; Solara's page forbids it.
document.querySelector("meta[name=viewport]")?.setAttribute("content", "width=device-width, initial-scale=1");

// A dialog is one for screen readers too, and the focus goes in with it and back to where it was. (This Vuetify leaves
// it on the button behind the dialog, and loses it when the dialog closes.)
(() => {
  let shown = null, opener = null, last = null;
  const enter = (dialog) => {
    const panel = dialog.querySelector(".panel");
    dialog.setAttribute("role", "dialog");
    dialog.setAttribute("aria-modal", "true");
    dialog.setAttribute("aria-label", panel?.getAttribute("aria-label") || "Panel");
    dialog.parentElement.setAttribute("role", "presentation");
    dialog.tabIndex = -1;
    if (!shown) opener = last;
    if (!dialog.contains(document.activeElement)) dialog.focus({ preventScroll: true });
  };
  const leave = () => {
    const lost = document.activeElement === document.body || shown.contains(document.activeElement);
    if (lost && opener?.isConnected && opener.checkVisibility()) opener.focus({ preventScroll: true });
  };
  const look = () => {
    const dialog = document.querySelector(".v-dialog--active");
    if (dialog === shown) return;
    if (dialog) enter(dialog); else leave();
    shown = dialog;
  };
  document.addEventListener("focusin", (event) => { if (!event.target.closest(".v-dialog__content")) last = event.target; });
  document.addEventListener("pointerdown", (event) => { last = event.target.closest("button, a[href]"); }, true);
  new MutationObserver(look).observe(document.documentElement, { subtree: true, attributes: true, attributeFilter: ["class"] });
})();
