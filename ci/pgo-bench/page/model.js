// The data, and what is computed of it: docs/formats.md has the fields of `result`.

// A control character as its picture; what turns the direction of writing, as U+FFFD.
function visible(text) {
  return text.replace(/[\u0000-\u001f]/g, (c) => String.fromCharCode(0x2400 + c.charCodeAt(0)))
    .replace(/[\u007f-\u009f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
}

const data = JSON.parse(document.getElementById("data").textContent,
  (key, value) => typeof value === "string" && key !== "page" ? visible(value) : value);
const result = data.result;
const facts = data.facts || {};

const toPct = (shift) => Math.expm1(shift) * 100;

function quantile(sorted, share) {
  const at = share * (sorted.length - 1), low = Math.floor(at), high = Math.ceil(at);
  return sorted[low] + (sorted[high] - sorted[low]) * (at - low);
}

const sort = (values) => [...values].sort((a, b) => a - b);
const median = (values) => quantile(sort(values), 0.5);

// What is drawn: all values, but for those far out, which would press the others into one spot.
function viewOf(values) {
  const sorted = sort(values), low = quantile(sorted, 0.25), high = quantile(sorted, 0.75);
  const reach = 3 * (high - low) || Math.abs(high) * 0.01 || 1;
  return {
    low: sorted.find((value) => value >= low - reach),
    high: sorted.findLast((value) => value <= high + reach),
  };
}

function join(views) {
  return { low: Math.min(...views.map((v) => v.low)), high: Math.max(...views.map((v) => v.high)) };
}

const widen = (view, share) => {
  const more = (view.high - view.low || Math.abs(view.high) || 1) * share;
  return { low: view.low - more, high: view.high + more };
};

// A Gaussian kernel by Silverman's rule, at `count` places of the view; its peak is 1.
function density(values, view, count) {
  const sorted = sort(values), spread = (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / 1.34;
  const width = Math.max(0.9 * spread * Math.pow(values.length, -0.2), (view.high - view.low) / 200);
  const heights = [];
  for (let i = 0; i <= count; i++) {
    const at = view.low + (view.high - view.low) * i / count;
    heights.push(values.reduce((sum, v) => sum + Math.exp(-0.5 * ((v - at) / width) ** 2), 0));
  }
  const peak = Math.max(...heights);
  return heights.map((height) => height / peak);
}

// Medians over a window of five, so that one slow run does not bend the line.
function smooth(points) {
  return points.map((point, i) => {
    const near = points.slice(Math.max(0, i - 2), i + 3);
    return { x: point.x, y: median(near.map((p) => p.y)) };
  });
}

const pairs = result.pairs || [];
const control = result.control || [];
const change = (pair) => toPct(Math.log(pair.test.cpu_s / pair.base.cpu_s));
const usable = (pair) => pair.base.cpu_s > 0 && pair.test.cpu_s > 0;

// The smallest change, in percent, that these pairs would have found four times in five.
function findable() {
  const pairsForOne = result.pairs_for_one_pct;
  if (!pairsForOne || pairsForOne >= 1e6 || !pairs.length) return null;
  return toPct(Math.log(1.01) * Math.sqrt(pairsForOne / pairs.length));
}
