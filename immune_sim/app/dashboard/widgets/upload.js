// A button that reads one small file of the person, and a region of the page on which it may be dropped instead.

function render({ model, el }) {
  const pick = document.createElement("input"), button = document.createElement("button");
  pick.type = "file"; pick.accept = model.get("ending"); pick.hidden = true;
  button.type = "button"; button.className = "upload-button";
  const label = () => {
    button.title = model.get("hint");
    button.setAttribute("aria-label", `${model.get("label")}: ${model.get("hint")}`);
    button.innerHTML = '<i class="v-icon mdi mdi-file-upload-outline" aria-hidden="true"></i>';
    button.append(model.get("label"));
  };
  label();
  button.addEventListener("click", () => pick.click());
  el.append(button, pick);

  const read = async (files) => {
    if (files.length > 1) { model.send({ kind: "refused", name: `${files.length} files`, why: "one file at a time, please." }); return; }
    const file = files[0], largest = model.get("largest");
    if (!file) return;
    if (file.size > largest) model.send({ kind: "refused", name: file.name, why: `${file.size.toLocaleString("en-US")} bytes are too many. Allowed: ${largest.toLocaleString("en-US")}.` });
    else model.send({ kind: "file", name: file.name }, undefined, [await file.arrayBuffer()]);
  };
  pick.addEventListener("change", async () => { await read([...pick.files]); pick.value = ""; });

  // The region is looked up when something is dragged: it may be drawn after this button.
  let shown = null;
  const region = (event) => event.target instanceof Element && event.dataTransfer && [...event.dataTransfer.types].includes("Files") && event.target.closest(model.get("region"));
  const show = (place) => { if (shown !== place) { shown?.classList.remove("is-dropping"); place?.classList.add("is-dropping"); shown = place; } };
  const over = (event) => { const place = region(event) || null; if (place) { event.preventDefault(); event.dataTransfer.dropEffect = "copy"; } show(place); };
  const drop = (event) => { const place = region(event); show(null); if (place) { event.preventDefault(); read([...event.dataTransfer.files]); } };
  const leave = (event) => { if (!event.relatedTarget) show(null); };
  const listening = [["dragover", over], ["drop", drop], ["dragleave", leave]];
  listening.forEach(([name, act]) => document.addEventListener(name, act));
  model.on("change:label", label); model.on("change:hint", label);
  return () => listening.forEach(([name, act]) => document.removeEventListener(name, act));
}

export default { render };
