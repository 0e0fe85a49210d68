// The graph: boxes laid out in rows, of which only those in sight are drawn.

const rowHeight = 19, narrowest = 0.5; // in CSS pixels
const canvas = document.getElementById("canvas"), scroller = document.getElementById("scroll");
const tip = document.getElementById("tip"), detail = document.getElementById("detail");

const graph = {
  view: null,      // the root box
  zoom: null,      // the box that fills the width
  back: [],        // the zooms before
  rows: [],        // by depth: rectangles {box, x, width}
  selected: null,
  hovered: null,
  flames: false,   // roots at the bottom
  matches: null,   // by frame, or nothing is searched
  printing: false,
};

const ancestors = (box) => (box ? [...ancestors(box.parent), box] : []);

// The rows of what is wide enough, and what is not as one rest; the boxes above the zoom take the whole width.
function layOut() {
  const width = scroller.clientWidth, zoom = graph.zoom, scale = zoom.width > 0 ? width / zoom.width : 0;
  const rows = ancestors(zoom).map((box) => [{ box, x: 0, width }]);
  const waiting = [zoom];
  while (waiting.length) {
    const children = childrenOf(waiting.pop());
    for (let i = 0; i < children.length; i++) {
      const child = children[i], row = (rows[child.depth] ||= []);
      const x = (child.x - zoom.x) * scale, wide = child.width * scale;
      if (wide < narrowest) {
        const rest = children.slice(i);
        row.push({ box: null, rest, x, width: rest.reduce((sum, one) => sum + one.width, 0) * scale });
        break; // those after it are narrower
      }
      row.push({ box: child, x, width: wide });
      waiting.push(child);
    }
  }
  for (const row of rows) row.sort((a, b) => a.x - b.x);
  graph.rows = rows;
}

function fit() {
  const height = graph.rows.length * rowHeight;
  const room = graph.printing ? 8000 : Math.max(240, window.innerHeight - 230);
  const ratio = window.devicePixelRatio || 1;
  document.getElementById("space").style.height = `${height}px`;
  scroller.style.height = `${Math.min(height, room)}px`;
  canvas.style.height = scroller.style.height;
  canvas.width = Math.round(scroller.clientWidth * ratio);
  canvas.height = Math.round(Math.min(height, room) * ratio);
}

function topOf(depth) {
  return (graph.flames ? graph.rows.length - 1 - depth : depth) * rowHeight;
}

function draw() {
  const pen = canvas.getContext("2d"), ratio = window.devicePixelRatio || 1;
  const top = scroller.scrollTop, height = canvas.height / ratio;
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, canvas.width, canvas.height);
  pen.font = `12px ${getComputedStyle(document.documentElement).getPropertyValue("--mono")}`;
  pen.textBaseline = "middle";
  const letter = pen.measureText("n").width;
  graph.rows.forEach((row, depth) => {
    const y = topOf(depth) - top;
    if (y > -rowHeight && y < height) for (const place of row) (place.box ? drawBox : drawRest)(pen, place, y, letter);
  });
  // The box that fills the width needs no mark.
  for (const box of new Set([graph.hovered, graph.selected])) if (box !== graph.zoom) outline(pen, box, top);
}

// Many boxes that are too narrow, as one.
function drawRest(pen, { rest, x, width }, y, letter) {
  const text = `${rest.length.toLocaleString("en-US")} more`;
  pen.fillStyle = themeNow === "dark" ? "#2b2f36" : "#efede9";
  pen.fillRect(x, y, width - (width > 3 ? 1 : 0), rowHeight - 1);
  pen.fillStyle = themeNow === "dark" ? "#9aa3ad" : "#6a7079";
  if (text.length * letter < width - 8) pen.fillText(text, x + 4, y + rowHeight / 2 - 0.5);
}

function drawBox(pen, { box, x, width }, y, letter) {
  const [fill, ink] = coloursOf(box), gap = width > 3 ? 1 : 0;
  const isMatch = graph.matches && box.frame >= 0 && graph.matches[box.frame];
  const isAbove = box.depth < graph.zoom.depth;
  pen.globalAlpha = graph.matches && !isMatch && box.frame >= 0 ? 0.28 : isAbove ? 0.6 : 1;
  pen.fillStyle = fill;
  pen.fillRect(x, y, width - gap, rowHeight - 1);
  if (isMatch) {
    pen.fillStyle = themeNow === "dark" ? "#ffffff" : "#7a0052";
    pen.fillRect(x, y + rowHeight - 4, width - gap, 3);
  }
  const letters = Math.floor((width - 8) / letter);
  if (letters >= 3) {
    pen.fillStyle = ink;
    pen.globalAlpha = graph.matches && !isMatch ? 0.6 : 1;
    pen.fillText(labelOf(box, letters), x + 4, y + rowHeight / 2 - 0.5, width - 6);
  }
  pen.globalAlpha = 1;
}

function labelOf(box, letters) {
  const name = brief(nameOf(box), letters);
  const share = percent(box.width, graph.view.width);
  return name.length + share.length + 2 <= letters ? `${name}  ${share}` : name;
}

function outline(pen, box, top) {
  const place = box && (graph.rows[box.depth] || []).find((one) => one.box === box);
  if (!place) return;
  pen.strokeStyle = themeNow === "dark" ? "#ffffff" : "#1f2328";
  pen.lineWidth = box === graph.selected ? 2 : 1;
  pen.strokeRect(place.x + 1, topOf(box.depth) - top + 1, Math.max(1, place.width - 3), rowHeight - 3);
}

function boxAt(event) {
  const area = canvas.getBoundingClientRect();
  const x = event.clientX - area.left, y = event.clientY - area.top + scroller.scrollTop;
  const row = Math.floor(y / rowHeight);
  const depth = graph.flames ? graph.rows.length - 1 - row : row;
  const found = (graph.rows[depth] || []).find((one) => x >= one.x && x < one.x + one.width);
  return found ? found.box : null;
}

// [name, figures, places] of a box in words.
function wordsOf(box) {
  const self = selfOf(box);
  const figures = [amounts(box.values)];
  if (box.frame >= 0 && self.some((value) => value > 0))
    figures.push(`${inverted() ? "begins" : "ends"} here: ${self.map((value) => amount(value)).reverse().join(" → ")}`);
  const places = box.frame < 0 ? [] : [placeOf(box.frame, box.line), binaryOf(box.frame)];
  return [nameOf(box), figures.join(" · "), places.filter(Boolean).join(" · ")];
}

function inverted() {
  return document.getElementById("invert").getAttribute("aria-pressed") === "true";
}

function describe(box) {
  if (!box) return detail.replaceChildren();
  const [name, figures, places] = wordsOf(box);
  const parts = [element("b", name), ` — ${figures}`];
  if (places) parts.push(document.createElement("br"), element("span", places));
  return detail.replaceChildren(...parts);
}

function showTip(box, event) {
  tip.hidden = !box;
  if (!box) return;
  const [name, figures, places] = wordsOf(box);
  tip.replaceChildren(element("b", name), element("div", figures), element("div", places));
  const wide = tip.offsetWidth, high = tip.offsetHeight;
  tip.style.left = `${Math.max(4, Math.min(event.clientX + 14, window.innerWidth - wide - 8))}px`;
  const below = event.clientY + 18;
  tip.style.top = `${below + high > window.innerHeight ? Math.max(4, event.clientY - high - 10) : below}px`;
}

function refresh() {
  showTip(null);
  layOut();
  fit();
  if (graph.flames) scroller.scrollTop = scroller.scrollHeight;
  draw();
  document.getElementById("back").disabled = !graph.back.length;
  document.getElementById("reset").disabled = graph.zoom === graph.view;
}

function zoomTo(box, remember = true) {
  if (!box || box === graph.zoom) return;
  if (remember) graph.back.push(graph.zoom);
  graph.zoom = graph.selected = box;
  refresh();
  describe(box);
}

function zoomBack() {
  if (graph.back.length) zoomTo(graph.back.pop(), false);
}

function zoomOut() {
  zoomTo(graph.view);
  graph.back = [];
  document.getElementById("back").disabled = true;
}

function setView(isInverted, label) {
  graph.view = graph.zoom = makeView(isInverted, label);
  graph.back = [];
  graph.selected = graph.hovered = null;
  refresh();
  describe(graph.view);
}

function select(box) {
  if (!box) return;
  graph.selected = box;
  const y = topOf(box.depth);
  if (y < scroller.scrollTop) scroller.scrollTop = y;
  if (y + rowHeight > scroller.scrollTop + scroller.clientHeight)
    scroller.scrollTop = y + rowHeight - scroller.clientHeight;
  draw();
  describe(box);
}

// The box that an arrow key leads to: along the row, or to the parent or the widest child.
function neighbour(key) {
  const box = graph.selected || graph.zoom, row = graph.rows[box.depth] || [];
  const at = row.findIndex((one) => one.box === box);
  const outward = graph.flames ? "ArrowUp" : "ArrowDown";
  if (key === "ArrowLeft" || key === "ArrowRight") return row[at + (key === "ArrowLeft" ? -1 : 1)]?.box;
  if (key !== outward) return box.parent;
  const inSight = new Set((graph.rows[box.depth + 1] || []).map((one) => one.box));
  return childrenOf(box).find((child) => inSight.has(child));
}

function listenToGraph() {
  canvas.addEventListener("mousemove", (event) => {
    const box = boxAt(event);
    if (box !== graph.hovered) {
      graph.hovered = box;
      draw();
      describe(box || graph.selected || graph.zoom);
    }
    showTip(box, event);
  });
  canvas.addEventListener("mouseleave", () => {
    graph.hovered = null;
    showTip(null);
    draw();
    describe(graph.selected || graph.zoom);
  });
  canvas.addEventListener("click", (event) => {
    const box = boxAt(event);
    if (box === graph.zoom && box.parent) zoomBack();
    else zoomTo(box);
  });
  canvas.addEventListener("keydown", (event) => {
    if (event.key.startsWith("Arrow")) select(neighbour(event.key));
    else if (event.key === "Enter") zoomTo(graph.selected);
    else return;
    event.preventDefault();
  });
  scroller.addEventListener("scroll", draw);
  new ResizeObserver(() => { if (graph.view && scroller.clientWidth) refresh(); }).observe(scroller);
}
