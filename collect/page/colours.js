// Colours: a hue for each binary; of a comparison blue for less and orange for more, which people
// who see no red or green tell apart as well. Both are legible on dark and on light.

const hues = [32, 205, 150, 275, 340, 60, 185, 245, 120, 305];
const less = { light: [0, 98, 178], dark: [70, 160, 255] };
const more = { light: [240, 130, 0], dark: [255, 150, 40] };
const same = { light: [226, 224, 220], dark: [64, 68, 76] };
const fullRatio = 0.5; // of (new - old) / (new + old): three times as much, or a third

let themeNow = "light";
let frameColours = [];

// The binaries by the weight of what ends in them; the heaviest gets the first hue.
const binaryShares = rankBinaries();

function rankBinaries() {
  const shares = new Map();
  for (let node = 1; node < tree.count; node++) {
    const self = widthOf(tree.self.map((side) => side[node]));
    const binary = data.frames.binary[tree.frame[node]];
    shares.set(binary, (shares.get(binary) || 0) + self);
  }
  return [...shares].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
}

function hashOf(text) {
  let hash = 2166136261;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16777619);
  return (hash ^ (hash >>> 15)) >>> 0;
}

function setTheme(theme) {
  const rank = new Map(binaryShares.map(([binary], index) => [binary, index]));
  themeNow = theme;
  document.documentElement.dataset.theme = theme;
  frameColours = data.frames.name.map((name, frame) => {
    const binary = data.frames.binary[frame];
    const hash = hashOf(name);
    return shade(rank.get(binary), (hash % 29) - 14, (hash >>> 8) % 5);
  });
}

// Steps of hue and lightness (0 to 4) by the name, so that neighbours can be told apart.
function shade(rank, turn, step) {
  const hue = hues[rank % hues.length] + turn;
  return themeNow === "dark" ? `hsl(${hue} 42% ${33 + 2 * step}%)` : `hsl(${hue} 78% ${71 + 2.5 * step}%)`;
}

function mix(from, to, part) {
  return from.map((channel, index) => Math.round(channel + (to[index] - channel) * part));
}

// -1: gone; 0: as much as before; 1: new.
function ratioOf(values) {
  const old = values[1] * baseScale, both = values[0] + old;
  return both > 0 ? (values[0] - old) / both : 0;
}

function changeColour(ratio) {
  const part = Math.min(1, Math.abs(ratio) / fullRatio);
  return mix(same[themeNow], (ratio < 0 ? less : more)[themeNow], part);
}

function isDark([red, green, blue]) {
  return 0.299 * red + 0.587 * green + 0.114 * blue < 130;
}

// Fill and ink of a box.
function coloursOf(box) {
  if (compares && box.depth > 0) {
    const colour = changeColour(ratioOf(box.values));
    return [`rgb(${colour})`, isDark(colour) ? "#fff" : "#16181c"];
  }
  const ink = themeNow === "dark" ? "#f2f3f5" : "#1f2328";
  if (box.frame >= 0) return [frameColours[box.frame], ink];
  return [themeNow === "dark" ? "#3a3f47" : "#e3e0da", ink];
}

function drawLegend(place) {
  const entry = (text, background, kind) => {
    const made = element("span"), mark = element("i", undefined, kind);
    mark.style.background = background;
    made.append(mark, text);
    return made;
  };
  if (compares) {
    const stops = [-1, -0.5, -0.25, 0, 0.25, 0.5, 1].map((at) => `rgb(${changeColour(at * fullRatio)})`);
    place.replaceChildren(entry("less: a third of before", `rgb(${less[themeNow]})`),
      entry("", `linear-gradient(90deg, ${stops})`, "ramp"), entry("more: three times", `rgb(${more[themeNow]})`));
    return;
  }
  const total = totals[0];
  place.replaceChildren(...binaryShares.slice(0, 8).filter(([, weight]) => weight > 0)
    .filter(([binary]) => data.binaries[binary]).map(([binary, weight], index) =>
      entry(`${baseName(data.binaries[binary])} ${percent(weight, total)}`, shade(index, 0, 2))));
}
