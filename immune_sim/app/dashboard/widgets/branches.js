// The list of branches of a run, and two small functions that the strip of hours shares (see time_strip.py).

function make(tag, className, parent, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  if (parent) parent.appendChild(node);
  return node;
}

const clock = (hour) => `day ${Math.floor(hour / 24)}, ${String(hour % 24).padStart(2, "0")}:00`;

// The list of branches: press one to show it, compare it, rename it, remove it.
class Branches {
  constructor(model, parent) {
    this.model = model;
    const box = make("div", "branches", parent);
    this.button = make("button", "branches-button", box);
    this.button.type = "button";
    make("span", "mdi mdi-source-branch", this.button);
    this.count = make("span", "", this.button);
    this.button.setAttribute("aria-haspopup", "true");
    this.panel = make("div", "branches-panel", box);
    this.panel.hidden = true;
    this.button.addEventListener("click", () => this.open(this.panel.hidden));
    this.away = (event) => { if (!box.contains(event.target)) this.open(false); };
    this.keys = (event) => { if (event.key === "Escape" && !this.panel.hidden) { this.open(false); this.button.focus(); } };
    document.addEventListener("pointerdown", this.away);
    box.addEventListener("keydown", this.keys);
  }

  open(opened) {
    this.panel.hidden = !opened;
    this.button.setAttribute("aria-expanded", String(opened));
    this.refresh();
  }

  refresh() {
    const branches = this.model.get("branches"), n = branches.length, print = this.model.get("fingerprint");
    const drawn = JSON.stringify([branches, this.model.get("note"), this.model.get("comparable"), print && [print, this.model.get("hour")]]);
    this.count.textContent = n > 1 ? `${n} branches` : "Branches";
    this.button.title = "Go back, change something, and a branch begins";
    if (this.panel.hidden || drawn === this.drawn || this.panel.querySelector("input")) return;
    this.drawn = drawn;
    this.panel.replaceChildren();
    const children = (parent) => branches.filter((each) => each.parent === parent);
    const list = make("ul", "branches-list", this.panel);
    const grow = (parent, depth) => children(parent).forEach((each) => { this.row(list, each, depth); grow(each.number, depth + 1); });
    grow(null, 0);
    const words = n > 1 ? "Branches share their past, bit for bit." : "Go back and change something, for example give a dose: a branch begins there, and this run stays.";
    make("div", "branches-note", this.panel, words);
    if (print) this.letters(print);
    make("div", "branches-note", this.panel, this.model.get("note"));
  }

  // Eight letters for the whole tissue, so that one can see whether two branches are the same at an hour.
  letters(print) {
    const line = make("div", "branches-note", this.panel, `The tissue on ${clock(this.model.get("hour"))}: `);
    make("code", "branches-print", line, print);
    line.title = "A checksum of all cells, fields and the time course. The same letters: the same tissue, bit for bit.";
  }

  row(list, branch, depth) {
    const row = make("li", `branch-row${branch.here ? " is-here" : ""}`, list);
    row.style.setProperty("--depth", depth);
    const show = make("button", "branch-show", row);
    show.type = "button";
    if (branch.here) show.setAttribute("aria-current", "true");
    const title = make("span", "branch-title", show, branch.title);
    make("span", "branch-hours", show, `${clock(branch.fork)} \u2013 ${clock(branch.tip)}`);
    show.addEventListener("click", () => this.model.send({ kind: "show", number: branch.number }));
    if (this.model.get("comparable") && !branch.here)
      this.act(row, "mdi-compare", "Compare side by side", () => { this.open(false); this.model.send({ kind: "compare", number: branch.number }); });
    this.act(row, "mdi-pencil-outline", "Rename", () => this.rename(title, branch));
    if (branch.parent !== null) this.act(row, "mdi-close", "Remove this branch", () => this.model.send({ kind: "remove", number: branch.number }));
  }

  act(row, icon, words, then) {
    const button = make("button", `branch-act mdi ${icon}`, row);
    button.type = "button"; button.title = words;
    button.setAttribute("aria-label", words);
    button.addEventListener("click", then);
  }

  rename(title, branch) {
    const field = make("input", "branch-name");
    field.value = branch.title; field.maxLength = 60;
    field.setAttribute("aria-label", "Name of this branch");
    title.replaceWith(field);
    field.focus(); field.select();
    let closed = false;
    const done = (kept) => {
      if (closed) return;
      closed = true; // taking the field away blurs it
      field.replaceWith(title);
      this.drawn = "";
      if (kept && field.value.trim()) this.model.send({ kind: "rename", number: branch.number, title: field.value });
      else this.refresh();
    };
    field.addEventListener("click", (event) => event.stopPropagation());
    field.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Enter") done(true);
      if (event.key === "Escape") done(false);
    });
    field.addEventListener("blur", () => done(true));
  }

  close() { document.removeEventListener("pointerdown", this.away); }
}
