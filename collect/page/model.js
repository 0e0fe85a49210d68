// The profile as typed arrays, and the views of it. flame.h says what the data is.
//
// Nodes lie depth first, so the subtree of n is [n, end[n]). An item is a node where stacks end;
// a set of items has its nodes in order and the sums of their weights before each. So the weight
// of any subtree, within any set of stacks, is two look-ups, and no view copies the tree.

const data = JSON.parse(document.getElementById("data").textContent);
const compares = data.sides.length > 1;
const totals = data.sides.map((side) => side.total);

// base64 of LEB128: a function that returns the next number.
function numbers(text) {
  const bytes = atob(text);
  let at = 0;
  return () => {
    let byte = bytes.charCodeAt(at++), value = byte & 127;
    for (let unit = 128; byte > 127; unit *= 128) {
      byte = bytes.charCodeAt(at++);
      value += (byte & 127) * unit;
    }
    return value;
  };
}

const tree = readTree();

function readTree() {
  const count = data.node_count, next = numbers(data.nodes);
  const frame = new Int32Array(count), parent = new Int32Array(count), end = new Int32Array(count);
  const line = new Int32Array(count), self = totals.map(() => new Float64Array(count));
  self.forEach((side, index) => { side[0] = data.root[index]; });
  frame[0] = parent[0] = -1;
  let before = 0;
  for (let node = 1; node < count; node++) {
    let above = before;
    for (let up = next(); up > 0; up--) {
      end[above] = node;
      above = parent[above];
    }
    parent[node] = above;
    frame[node] = next();
    for (const side of self) side[node] = next();
    line[node] = next();
    before = node;
  }
  for (let node = before; node >= 0; node = parent[node]) end[node] = count;
  return { count, frame, parent, end, line, self };
}

// weights: an array a side, as long as nodes.
function makeItems(nodes, weights) {
  const sums = weights.map((side) => {
    const sum = new Float64Array(nodes.length + 1);
    for (let i = 0; i < nodes.length; i++) sum[i + 1] = sum[i] + side[i];
    return sum;
  });
  return { nodes, weights, sums };
}

function itemsOf(weightOf) {
  const nodes = [];
  for (let node = 0; node < tree.count; node++)
    if (totals.some((_, side) => weightOf(side, node) > 0)) nodes.push(node);
  return makeItems(Int32Array.from(nodes),
    totals.map((_, side) => Float64Array.from(nodes, (node) => weightOf(side, node))));
}

const allItems = itemsOf((side, node) => tree.self[side][node]);

// The items of each value of a label, and of the stacks without it: [{name, items}...].
function readGroups(label) {
  const next = numbers(label.cells), rest = tree.self.map((side) => side.slice());
  const groups = label.values.map((name) => ({ name, nodes: [], weights: totals.map(() => []) }));
  let node = 0;
  for (let i = 0; i < label.cell_count; i++) {
    node += next();
    const group = groups[next()];
    group.nodes.push(node);
    group.weights.forEach((side, index) => {
      const weight = next();
      side.push(weight);
      rest[index][node] -= weight;
    });
  }
  const named = groups.map(({ name, nodes, weights }) =>
    ({ name: `${label.key}: ${name}`, items: makeItems(Int32Array.from(nodes), weights) }));
  const others = itemsOf((side, at) => rest[side][at]);
  return others.nodes.length ? [...named, { name: `(no ${label.key})`, items: others }] : named;
}

// The first index of a sorted array whose value is not below.
function lowerBound(array, value) {
  let low = 0, high = array.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (array[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

// How a comparison weighs: by shares the base is scaled to the same total.
let baseScale = 1;
function compareBy(what) {
  baseScale = what === "share" && totals[1] > 0 ? totals[0] / totals[1] : 1;
}
if (compares) compareBy("share");

function widthOf(values) {
  return compares ? (values[0] + values[1] * baseScale) / 2 : values[0];
}

// A rectangle of a view: values a side, x in units of width from the left end of the view. Its
// children are made when they are asked for: only what is wide enough to be seen is.
function makeBox(parent, part) {
  return { parent, depth: parent ? parent.depth + 1 : 0, frame: -1, name: "", line: 0, x: 0,
    children: null, ...part, width: widthOf(part.values) };
}

function makeView(inverted, label) {
  const grow = inverted ? growUp : growDown;
  const whole = (items) => ({ items, values: items.sums.map((sum) => sum[sum.length - 1]),
    ...(inverted ? { picked: null, at: null } : { node: 0 }), grow });
  const all = makeBox(null, { ...whole(allItems), name: "all" });
  if (label) {
    all.grow = () => readGroups(label).map(({ name, items }) =>
      ({ ...whole(items), name }));
  }
  return all;
}

function childrenOf(box) {
  if (box.children) return box.children;
  const made = box.grow(box).map((part) => makeBox(box, part)).filter((child) => child.width > 0);
  made.sort((a, b) => b.width - a.width || a.frame - b.frame);
  let x = box.x;
  for (const child of made) {
    child.x = x;
    x += child.width;
  }
  box.children = made;
  return made;
}

function growDown(box) {
  const parts = [], { nodes, sums } = box.items;
  for (let node = box.node + 1; node < tree.end[box.node]; node = tree.end[node]) {
    const low = lowerBound(nodes, node), high = lowerBound(nodes, tree.end[node]);
    if (low < high)
      parts.push({ items: box.items, node, frame: tree.frame[node], line: tree.line[node],
        values: sums.map((sum) => sum[high] - sum[low]), grow: growDown });
  }
  return parts;
}

// Of each item that was picked, the frame one step nearer to the root.
function growUp(box) {
  const { nodes, weights } = box.items, parts = new Map();
  const count = box.picked ? box.picked.length : nodes.length;
  for (let i = 0; i < count; i++) {
    const item = box.picked ? box.picked[i] : i;
    const node = box.picked ? tree.parent[box.at[i]] : nodes[item];
    if (node <= 0) continue;
    let part = parts.get(tree.frame[node]);
    if (!part) {
      part = { items: box.items, frame: tree.frame[node], line: tree.line[node], picked: [], at: [],
        values: totals.map(() => 0), grow: growUp };
      parts.set(part.frame, part);
    }
    part.picked.push(item);
    part.at.push(node);
    part.values.forEach((value, side) => { part.values[side] = value + weights[side][item]; });
  }
  return [...parts.values()];
}

function nameOf(box) {
  return box.frame < 0 ? box.name : data.frames.name[box.frame];
}

function placeOf(frame, line) {
  const file = data.files[data.frames.file[frame]];
  const at = line || data.frames.start[frame];
  return file && at ? `${file}:${at}` : file;
}

function binaryOf(frame) {
  return data.binaries[data.frames.binary[frame]];
}

// What ends in the box itself: its values without its children's.
function selfOf(box) {
  return box.values.map((value, side) =>
    Math.max(0, value - childrenOf(box).reduce((sum, child) => sum + child.values[side], 0)));
}

// The weight of all stacks that hold a frame of these (an array, by frame), a side.
function weighMatches(matches) {
  const hit = new Uint8Array(tree.count), sum = totals.map(() => 0);
  for (let node = 1; node < tree.count; node++) {
    hit[node] = hit[tree.parent[node]] | matches[tree.frame[node]];
    if (hit[node]) tree.self.forEach((side, index) => { sum[index] += side[node]; });
  }
  return sum;
}

// Flat and cumulative weights by frame. A function that calls itself counts once a stack.
function weighFrames() {
  const frames = data.frames.name.length, open = new Int32Array(frames), path = [];
  const zeros = () => totals.map(() => new Float64Array(frames));
  const flat = zeros(), cum = zeros();
  for (let node = 1; node < tree.count; node++) {
    while (path.length && tree.end[path[path.length - 1]] <= node) open[tree.frame[path.pop()]]--;
    const frame = tree.frame[node];
    path.push(node);
    const low = lowerBound(allItems.nodes, node);
    const high = open[frame]++ ? low : lowerBound(allItems.nodes, tree.end[node]);
    for (let side = 0; side < totals.length; side++) {
      flat[side][frame] += tree.self[side][node];
      cum[side][frame] += allItems.sums[side][high] - allItems.sums[side][low];
    }
  }
  return { flat, cum };
}
