// Downloads: a file from Python, or the tissue as it is painted, with its legend and a line that says what it is.

function give(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

function drawSwatch(context, swatch, x, y, size) {
  const shape = [...swatch.classList].find((name) => name.startsWith("is-")) || "";
  const color = getComputedStyle(swatch).getPropertyValue("--swatch"), r = size / 2;
  context.fillStyle = context.strokeStyle = color;
  context.beginPath();
  if (shape === "is-diamond") { context.moveTo(x, y - r); context.lineTo(x + r, y); context.lineTo(x, y + r); context.lineTo(x - r, y); }
  else if (shape === "is-triangle") { context.moveTo(x, y - r); context.lineTo(x + r, y + r); context.lineTo(x - r, y + r); }
  else if (shape === "is-cross") { context.rect(x - r, y - r / 3, size, size / 3); context.rect(x - r / 3, y - r, size / 3, size); }
  else if (shape === "is-square") context.rect(x - r, y - r, size, size);
  else context.arc(x, y, shape === "is-ring" ? r * 0.7 : r, 0, 7);
  if (shape === "is-ring") { context.lineWidth = r * 0.6; context.stroke(); } else context.fill();
}

// The legend as it stands on the page, in as many lines as it needs: swatches with counts, or a scale with its ends.
function drawLegend(context, legend, x, y, line, width, text) {
  const items = [...legend.querySelectorAll(".legend-item")];
  if (!items.length) {
    const ticks = [...legend.querySelectorAll(".legend-ticks span")].map((tick) => tick.textContent).join("   ");
    const bar = context.createLinearGradient(x, 0, x + width, 0);
    const stops = (legend.querySelector(".legend-ramp")?.style.background.match(/rgb\([^)]*\)|#[0-9a-f]{6}/g)) || [];
    stops.forEach((color, i) => bar.addColorStop(i / (stops.length - 1), color));
    context.fillText(`${legend.querySelector(".legend-label")?.textContent || ""}:  ${ticks}`, x, y);
    context.fillStyle = bar;
    context.fillRect(x, y + line * 0.6, width, line * 0.4);
    return y + 2 * line;
  }
  let left = x, top = y;
  for (const item of items) {
    const label = `${item.querySelector(".legend-label").textContent} ${item.querySelector(".legend-count").textContent}`;
    const wide = context.measureText(label).width + line * 1.7;
    if (left > x && left + wide > x + width) { left = x; top += line; }
    drawSwatch(context, item.querySelector(".legend-swatch"), left + line * 0.3, top, line * 0.6);
    context.fillStyle = text;
    context.fillText(label, left + line * 0.8, top);
    left += wide;
  }
  return top + line;
}

// The tissue at least SIDE pixels wide: painted anew at that size where the canvas knows how, otherwise enlarged.
const SIDE = 1200;

function enlarged(tissue) {
  const factor = Math.max(1, SIDE / tissue.width), copy = document.createElement("canvas");
  copy.width = Math.round(tissue.width * factor); copy.height = Math.round(tissue.height * factor);
  const detail = { factor, take: (painted) => { copy.getContext("2d").drawImage(painted, 0, 0); detail.done = true; } };
  tissue.dispatchEvent(new CustomEvent("paint-large", { detail }));
  if (!detail.done) copy.getContext("2d").drawImage(tissue, 0, 0, copy.width, copy.height);
  return copy;
}

function drawScale(context, node, factor, x, y, line, text) {
  if (!node?.textContent) return;
  const width = parseFloat(node.style.width) * (window.devicePixelRatio || 1) * factor;
  context.fillStyle = context.strokeStyle = text;
  context.lineWidth = Math.max(2, line / 10);
  context.strokeRect(x, y, width, 0);
  context.fillText(node.textContent, x + width + line * 0.4, y);
}

function givePicture(number, name, words) {
  const letter = "ABCD"[number], arms = [...document.querySelectorAll(".arm")];
  const arm = arms.find((each) => each.querySelector(".arm-letter")?.textContent === letter) || arms[0];
  const tissue = [...(arm?.querySelectorAll(".tissue-canvas, .cloud-canvas") || [])].find((canvas) => canvas.clientWidth);
  if (!tissue) return;
  const root = tissue.closest(".tissue"), style = getComputedStyle(tissue), large = enlarged(tissue);
  const line = large.width / 34, edge = line, width = large.width;
  const text = style.getPropertyValue("--text") || "#222", font = `${line * 0.72}px ${style.getPropertyValue("--font") || "sans-serif"}`;
  const picture = document.createElement("canvas");
  const draw = (context) => {  // returns how far down it went
    context.font = font; context.textBaseline = "middle"; context.fillStyle = text;
    const top = large.height + edge + line;
    const [named, schedule] = `${words}  (immune-sim)`.split("\n");
    context.fillText(named, edge, top, width);
    context.fillText(schedule, edge, top + 1.2 * line, width);
    drawScale(context, root.querySelector(".tissue-scale"), large.width / tissue.width, edge, top + 2.5 * line, line, text);
    context.fillStyle = text;
    return drawLegend(context, root.querySelector(".tissue-legend"), edge, top + 4 * line, line * 1.3, width, text);
  };
  picture.width = width + 2 * edge; picture.height = 10;
  picture.height = Math.round(draw(picture.getContext("2d")) + edge / 2);
  const context = picture.getContext("2d");
  context.fillStyle = style.getPropertyValue("--surface") || "#fff";
  context.fillRect(0, 0, picture.width, picture.height);
  context.drawImage(large, edge, edge);
  draw(context);
  picture.toBlob((blob) => give(blob, name), "image/png");
}

function render({ model }) {
  const receive = (content, buffers) => {
    if (content.kind === "file") give(new Blob(buffers, { type: content.mime }), content.name);
    else if (content.kind === "picture") givePicture(content.arm, content.name, content.words);
  };
  model.on("msg:custom", receive);
  return () => model.off("msg:custom", receive);
}

export default { render };
