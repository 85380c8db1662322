// Our own words and numbers, as they come.

function render({ model, el }) {
  const root = document.createElement("div");
  root.className = model.get("kind");
  el.appendChild(root);
  const write = () => { root.innerHTML = model.get("html"); };
  write();
  model.on("change:html", write);
  return () => model.off("change:html", write);
}

export default { render };
