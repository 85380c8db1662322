// The table behind a figure of a study, in one piece: hundreds of rows as widgets of their own would hold up the server.

const escaped = (text) => String(text).replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);

function markup(heads, rows, pickable) {
  const tissues = pickable ? '<th scope="col"><span class="for-the-ear">tissues</span></th>' : "";
  const cells = (row) => row.map((each) => `<td>${escaped(each)}</td>`).join("");
  const button = (at) => (pickable ? `<td><button type="button" data-row="${at}">Tissues</button></td>` : "");
  const head = heads.map((each) => `<th scope="col">${escaped(each)}</th>`).join("");
  const body = rows.map((row, at) => `<tr>${cells(row)}${button(at)}</tr>`).join("");
  return `<thead><tr>${head}${tissues}</tr></thead><tbody>${body}</tbody>`;
}

function render({ model, el }) {
  const place = document.createElement("div");
  place.className = "study-table";
  place.tabIndex = 0; // who has no pointer scrolls it with the arrow keys
  place.setAttribute("role", "region");
  const table = place.appendChild(document.createElement("table"));
  const draw = () => {
    place.setAttribute("aria-label", `Table: ${model.get("title")}`);
    table.innerHTML = markup(model.get("heads"), model.get("rows"), model.get("pickable"));
  };
  table.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) model.send({ kind: "row", row: +button.dataset.row });
  });
  model.on("change:rows", draw);
  draw();
  el.appendChild(place);
}

export default { render };
