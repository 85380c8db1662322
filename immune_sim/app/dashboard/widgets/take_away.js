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

// The legend as it stands on the page: swatches with counts, or the title and the ends of a scale.
function drawLegend(context, legend, x, y, line, width) {
  const items = [...legend.querySelectorAll(".legend-item")];
  if (!items.length) {
    const ticks = [...legend.querySelectorAll(".legend-ticks span")].map((tick) => tick.textContent).join("  ");
    const bar = context.createLinearGradient(x, 0, x + width, 0);
    const stops = (legend.querySelector(".legend-ramp")?.style.background.match(/rgb\([^)]*\)|#[0-9a-f]{6}/g)) || [];
    stops.forEach((color, i) => bar.addColorStop(i / (stops.length - 1), color));
    context.fillText(`${legend.querySelector(".legend-label")?.textContent || ""}:  ${ticks}`, x, y);
    context.fillStyle = bar;
    context.fillRect(x, y + line * 0.7, width, line * 0.4);
    return;
  }
  const step = width / 4;
  items.forEach((item, i) => {
    const left = x + (i % 4) * step, top = y + Math.floor(i / 4) * line;
    context.save();
    drawSwatch(context, item.querySelector(".legend-swatch"), left + line * 0.3, top, line * 0.6);
    context.restore();
    context.fillText(`${item.querySelector(".legend-label").textContent}  ${item.querySelector(".legend-count").textContent}`, left + line * 0.8, top);
  });
}

function givePicture(name, words) {
  const tissue = [...document.querySelectorAll(".tissue-canvas, .cloud-canvas")].find((canvas) => canvas.clientWidth);
  const legend = tissue?.closest(".tissue").querySelector(".tissue-legend");
  if (!tissue) return;
  const style = getComputedStyle(tissue), picture = document.createElement("canvas");
  const line = Math.max(14, tissue.width / 34), edge = line;
  picture.width = tissue.width + 2 * edge; picture.height = Math.round(tissue.height + 2 * edge + 4.2 * line);
  const context = picture.getContext("2d");
  context.fillStyle = style.getPropertyValue("--surface") || "#fff";
  context.fillRect(0, 0, picture.width, picture.height);
  context.drawImage(tissue, edge, edge);
  context.font = `${line * 0.72}px ${style.getPropertyValue("--font") || "sans-serif"}`;
  context.textBaseline = "middle";
  context.fillStyle = style.getPropertyValue("--text") || "#222";
  context.fillText(`${words}  (immune-sim)`, edge, tissue.height + edge + line * 1.1);
  drawLegend(context, legend, edge, tissue.height + edge + line * 2.5, line * 1.25, tissue.width);
  picture.toBlob((blob) => give(blob, name), "image/png");
}

function render({ model }) {
  const receive = (content, buffers) => {
    if (content.kind === "file") give(new Blob(buffers, { type: content.mime }), content.name);
    else if (content.kind === "picture") givePicture(content.name, content.words);
  };
  model.on("msg:custom", receive);
  return () => model.off("msg:custom", receive);
}

export default { render };
