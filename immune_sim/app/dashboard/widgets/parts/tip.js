// What lies under the pointer, in a few lines beside it, and the way of a picture over a busy model.

class Tip {
  constructor(model, box) {
    this.model = model; this.box = box; this.site = -1;
    this.node = make("div", "tissue-tip", box);
  }

  hide() { this.node.classList.remove("is-shown"); clearTimeout(this.timer); }

  // Python is asked once the pointer rests: at most eight questions a second.
  over(event, site) {
    if (event) {
      const box = this.box.getBoundingClientRect();
      const x = Math.min(event.clientX - box.left + 14, box.width - 200);
      const y = Math.min(event.clientY - box.top + 16, box.height - 80);
      this.node.style.transform = `translate(${x}px, ${y}px)`;
    }
    if (site === this.site) return;
    this.box.dataset.site = site;
    this.site = site;
    this.hide();
    this.timer = setTimeout(() => this.model.send({ kind: "hover", site }), 120);
  }

  show() {
    const { site, lines } = this.model.get("tip");
    const shown = site === this.site && site >= 0 && lines && lines.length;
    this.node.classList.toggle("is-shown", !!shown);
    if (!shown) return;
    this.node.replaceChildren(...lines.map((text, i) => {
      const line = make("div", i ? "tip-line" : "tip-head");
      line.textContent = text;
      return line;
    }));
  }
}

// Says over a picture that something takes a while. Short work says nothing; long work says why.
class Note {
  constructor(model, box) { this.model = model; this.node = make("div", "tissue-note", box); this.show(); }

  show() {
    const text = this.model.get("busy");
    clearTimeout(this.patience);
    if (!text) { this.node.classList.remove("is-shown"); return; }
    const say = (words) => { this.node.textContent = words; this.node.classList.add("is-shown"); };
    this.patience = setTimeout(() => {
      say(`${text} \u2026`);
      if (text.startsWith("Preparing")) this.patience = setTimeout(() => say(`${text} \u2026\n\nThe first start after installation compiles the model.\nThat takes up to a minute, once.`), 2500);
    }, 250);
  }
}

// Small buttons over a picture: add(text, label, act) returns the button.
function zoomButtons(box) {
  const bar = make("div", "tissue-zoom", box);
  return (text, label, act) => {
    const button = make("button", "", bar);
    button.type = "button"; button.textContent = text; button.title = label;
    button.setAttribute("aria-label", label);
    button.addEventListener("click", act);
    return button;
  };
}

const LONGEST_BAR = 150;  // px

// The length of a scale bar: node gets its width and its words. px: of the page, a site; size: um, a site; room: px.
function drawScaleBar(node, px, size, room = LONGEST_BAR) {
  const pick = [50, 100, 200, 500, 1000, 2000, 5000].findLast((um) => (um / size) * px < Math.min(room, LONGEST_BAR)) || 20;
  const text = pick >= 1000 ? `${pick / 1000} mm` : `${pick} \u00b5m`;
  node.style.width = `${(pick / size) * px}px`;
  if (node.textContent !== text) node.textContent = text;
}
