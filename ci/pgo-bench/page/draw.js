// Elements, axes, and figures that are drawn anew when their width changes.

function put(parent, name, attributes, ...content) {
  const space = name === "svg" || parent?.namespaceURI === "http://www.w3.org/2000/svg";
  const node = space ? document.createElementNS("http://www.w3.org/2000/svg", name)
    : document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value !== undefined && value !== false) node.setAttribute(key, value);
  }
  node.append(...content);
  parent?.append(node);
  return node;
}

const figures = [];

// A caption that says what is to be seen, and a drawing: draw(svg, width) returns its height.
function figure(parent, title, caption, draw) {
  const box = put(parent, "figure");
  const text = put(box, "figcaption");
  if (title) put(text, "h3", {}, title);
  text.append(caption);
  const svg = put(box, "svg", { role: "img", "aria-label": `${title || "Chart"}. ${caption}` });
  figures.push({ box, svg, draw, width: 0 });
}

function drawFigures(width) {
  for (const item of figures) {
    if (!item.box.clientWidth) continue; // within something that is closed
    const now = Math.max(260, Math.floor(width || item.box.clientWidth));
    if (now === item.width) continue;
    item.width = now;
    item.svg.replaceChildren();
    const height = item.draw(item.svg, now);
    item.svg.setAttribute("viewBox", `0 0 ${now} ${height}`);
    item.svg.setAttribute("height", height);
    if (width) item.svg.removeAttribute("height");
  }
}

function scaleOf(view, from, to) {
  return (value) => from + (value - view.low) / (view.high - view.low) * (to - from);
}

// Round values, about `count` of them: 1, 2 or 5 times a power of ten apart.
function ticks(view, count) {
  const rough = (view.high - view.low) / count, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough);
  const places = Math.max(0, -Math.floor(Math.log10(step) + 1e-9)), found = [];
  for (let i = Math.ceil(view.low / step - 1e-9); i * step <= view.high + step * 1e-9; i++) {
    found.push({ value: i * step, text: (i * step).toFixed(places) });
  }
  return found;
}

const minus = (text) => text.replace("-", "−");

// A horizontal axis at y, its ticks and name below; returns the height that it takes.
function axisBelow(svg, view, scale, y, width, name, label) {
  put(svg, "line", { class: "axis", x1: scale(view.low), x2: scale(view.high), y1: y, y2: y });
  for (const tick of ticks(view, Math.max(3, width / 90))) {
    const x = scale(tick.value);
    put(svg, "line", { class: "axis", x1: x, x2: x, y1: y, y2: y + 4 });
    put(svg, "text", { class: "quiet", x, y: y + 16, "text-anchor": "middle" }, label(tick));
  }
  put(svg, "text", { class: "quiet", x: width / 2, y: y + 33, "text-anchor": "middle" }, name);
  return 38;
}

// A text that stays within the drawing.
function textWithin(svg, x, y, width, text, attributes) {
  const half = text.length * 3.3;
  put(svg, "text", {
    x: Math.min(Math.max(x, half), width - half), y, "text-anchor": "middle", ...attributes,
  }, text);
}

// A row's name and what is to be said of it, in as many lines as it takes; returns where they end.
function heading(svg, top, width, name, more) {
  const room = Math.floor(width / 7), lines = [name.length > room ? name.slice(0, room - 1) + "…" : name];
  if (more && name.length + more.length + 2 <= room) lines[0] += more;
  else if (more) lines.push(more.replace(/^, /, ""));
  lines.forEach((line, i) => put(svg, "text", { class: i ? "quiet" : "strong", x: 0, y: top + 14 + 15 * i }, line));
  return top + 15 * lines.length;
}

// Dots are stacked where they would overlap; those beyond the view lie at its edge, as triangles.
function stack(values, view, scale) {
  const radius = values.length > 150 ? 2 : 3, columns = new Map();
  const places = sort(values).map((value) => {
    const x = scale(Math.min(Math.max(value, view.low), view.high));
    const column = Math.round(x / (2 * radius)), row = columns.get(column) || 0;
    columns.set(column, row + 1);
    return { x, row, beyond: value > view.high ? 1 : value < view.low ? -1 : 0 };
  });
  const rows = Math.max(1, ...columns.values()), step = Math.min(2 * radius + 0.5, 60 / rows);
  return { radius, places, step, height: rows * step + radius, far: places.filter((p) => p.beyond).length };
}

function dots(svg, stacked, top, mark) {
  for (const dot of stacked.places) {
    const y = top + stacked.radius + dot.row * stacked.step, tip = 4 * dot.beyond;
    if (dot.beyond) put(svg, "path", { class: mark, d: `M${dot.x - tip},${y - 4}L${dot.x + tip},${y}L${dot.x - tip},${y + 4}Z` });
    else put(svg, "circle", { class: mark, cx: dot.x.toFixed(1), cy: y.toFixed(1), r: stacked.radius });
  }
}

function hill(svg, values, view, scale, bottom, height) {
  const steps = 120, heights = density(values, view, steps);
  const line = heights.map((share, i) =>
    `${scale(view.low + (view.high - view.low) * i / steps).toFixed(1)},${(bottom - share * height).toFixed(1)}`);
  put(svg, "path", { class: "hill", d: `M${scale(view.low)},${bottom}L${line.join("L")}L${scale(view.high)},${bottom}Z` });
}

function rangeBar(svg, from, to, y) {
  put(svg, "path", { class: "range", fill: "none", d: `M${from},${y - 4}v8M${from},${y}H${to}M${to},${y - 4}v8` });
}

function diamond(svg, x, y) {
  put(svg, "path", { class: "middle", d: `M${x - 5},${y}l5,-6l5,6l-5,6Z` });
}
