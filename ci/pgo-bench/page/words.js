// Numbers as people read them.

function pctText(pct) {
  return Math.abs(pct).toFixed(Math.abs(pct) < 1 ? 2 : 1) + "%";
}

function signedPct(pct) {
  const text = pctText(pct);
  return /^[0.%]*$/.test(text) ? "0%" : (pct < 0 ? "−" : "+") + text;
}

// "11.8 to 13.4%" of one sign, "−0.31 to +0.42%" else.
function pctRange(low, high) {
  if (low < 0 === high < 0) {
    const ends = [Math.abs(low), Math.abs(high)].sort((a, b) => a - b);
    return `${pctText(ends[0]).slice(0, -1)} to ${pctText(ends[1])}`;
  }
  return `${signedPct(low)} to ${signedPct(high)}`;
}

function timeUnit(seconds) {
  if (seconds >= 1) return { scale: 1, name: "s" };
  if (seconds >= 1e-3) return { scale: 1e3, name: "ms" };
  return seconds >= 1e-6 ? { scale: 1e6, name: "µs" } : { scale: 1e9, name: "ns" };
}

function digits(value) {
  return value < 10 ? 3 : value < 100 ? 2 : value < 1000 ? 1 : 0;
}

function timeText(seconds) {
  const unit = timeUnit(seconds), value = seconds * unit.scale;
  return `${value.toFixed(digits(value))} ${unit.name}`;
}

function durationText(seconds) {
  if (seconds < 120) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

function sizeText(bytes) {
  if (bytes < 1024 * 100) return `${(bytes / 1024).toFixed(1)} KiB`;
  return bytes < 1024 * 1024 ? `${Math.round(bytes / 1024)} KiB` : `${(bytes / 1048576).toFixed(1)} MiB`;
}

const countText = (count) => count.toLocaleString("en-US");
const plural = (count, noun) => `${countText(count)} ${noun}${count === 1 ? "" : "s"}`;
