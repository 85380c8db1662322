// Light or dark as the system has it, until somebody chooses. (Solara's own "auto" leaves out the page's root element.)
if (!localStorage.getItem(":solara:theme.variant") && window.matchMedia && window.matchMedia("(prefers-color-scheme: dark)").matches) {
  localStorage.setItem(":solara:theme.variant", JSON.stringify("dark"));
}
