// Numbers and names as people read them.

const timeUnits = { nanoseconds: 1e-9, microseconds: 1e-6, milliseconds: 1e-3, seconds: 1 };

function scaled(value, steps) {
  const [unit, name] = steps.find(([size]) => Math.abs(value) >= size) || steps[steps.length - 1];
  return `${(value / unit).toLocaleString("en-US", { maximumSignificantDigits: 4 })} ${name}`;
}

function amount(value) {
  if (data.unit in timeUnits) {
    return value === 0 ? "0 s" : scaled(value * timeUnits[data.unit],
      [[3600, "h"], [60, "min"], [1, "s"], [1e-3, "ms"], [1e-6, "µs"], [1e-9, "ns"]]);
  }
  if (data.unit === "bytes")
    return scaled(value, [[2 ** 30, "GiB"], [2 ** 20, "MiB"], [1024, "KiB"], [1, "B"]]);
  const text = value.toLocaleString("en-US", { maximumFractionDigits: 0 });
  return data.unit === "count" ? text : `${text} ${data.unit}`;
}

function percent(value, total) {
  const share = total > 0 ? 100 * value / total : 0;
  return `${share.toFixed(share >= 99.95 || share === 0 ? 0 : share < 1 ? 2 : 1)}%`;
}

// The difference to the base, in points of the share or in units: "+1.2 pp".
function change(values) {
  if (baseScale !== 1 || totals[0] === totals[1]) {
    const points = 100 * (values[0] / (totals[0] || 1) - values[1] / (totals[1] || 1));
    return `${points < 0 ? "−" : "+"}${Math.abs(points).toFixed(Math.abs(points) < 1 ? 2 : 1)} pp`;
  }
  const more = values[0] - values[1];
  return `${more < 0 ? "−" : "+"}${amount(Math.abs(more))}`;
}

// A side's value with its share; of two sides, the base first.
function amounts(values) {
  const texts = values.map((value, side) => `${amount(value)} (${percent(value, totals[side])})`);
  return compares ? `${texts[1]} → ${texts[0]}, ${change(values)}` : texts[0];
}

// At most that many characters of a name: without what is in brackets, then without its scopes.
function brief(name, length) {
  if (name.length <= length) return name;
  let text = name.replace(/\(.*\)( const)?$/, "");
  for (let before = ""; before !== text && text.length > length;) {
    before = text;
    text = text.replace(/<[^<>]*[^<>…][^<>]*>/, "<…>");
  }
  if (text.length > length && text.includes("::") && !text.includes("<"))
    text = text.slice(text.lastIndexOf("::") + 2);
  return text.length <= length ? text : `${text.slice(0, Math.max(0, length - 1))}…`;
}

// The last part of a path.
function baseName(path) {
  return path.slice(path.lastIndexOf("/") + 1);
}

function element(tag, text, kind) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (kind) made.className = kind;
  return made;
}
