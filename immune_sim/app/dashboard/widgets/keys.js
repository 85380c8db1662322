// Keys that mean something go to Python; keys that belong to a field, a slider, a list or an open dialog stay where they are.

const WRITING = "input, textarea, select, [contenteditable=true], [role=slider], [role=listbox], [role=combobox], [role=menu]";
const PRESSED = "button, a[href], summary, [role=button]";

function render({ model }) {
  const press = (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const shifted = event.shiftKey && event.key.length > 1;
    const name = shifted ? `shift+${event.key}` : event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (!model.get("known").includes(name)) return;
    if (document.querySelector(".is-away .transport")) return; // another page is in front of the Lab
    const dialog = document.querySelector(".v-dialog--active");
    if (name === "Escape") {
      if (dialog && !document.querySelector(".menuable__content__active")) model.send({ kind: "key", key: name });
      return;
    }
    const at = event.target instanceof Element ? event.target : document.body;
    if (at.closest(WRITING)) return;
    if (dialog && name !== "?") return;
    // Who walks by keyboard presses the focused button with space; who clicked it with the mouse wants the clock.
    if (event.key === " " && at.closest(PRESSED)) {
      if (at.matches(":focus-visible")) return;
      at.blur();
    }
    event.preventDefault();
    model.send({ kind: "key", key: name });
  };
  document.addEventListener("keydown", press);
  return () => document.removeEventListener("keydown", press);
}

export default { render };
