// The runs: each build's distribution, the pairs beside the control, and the order of time.

const timesOf = (build) => pairs.map((pair) => pair[build].cpu_s);

function farText(count, noun) {
  return count ? `, ${plural(count, noun)} beyond the edge (▸)` : "";
}

// Each of two builds {values, bounds}, in seconds: density, median with its bounds, a dot for each run.
function drawBuilds(svg, width, builds, what) {
  const unit = timeUnit(median(builds.base.values)), scaled = (name) => builds[name].values.map((t) => t * unit.scale);
  const view = widen(join(["base", "test"].map((name) => viewOf(scaled(name)))), 0.04);
  const scale = scaleOf(view, 6, width - 6);
  let top = 0;

  for (const name of ["base", "test"]) {
    const values = scaled(name), stacked = stack(values, view, scale), middle = median(values);
    const bounds = builds[name].bounds;
    const line = 46 + heading(svg, top, width, `${nameOf(name)}: median ${timeText(middle / unit.scale)}`, farText(stacked.far, "run"));
    if (values.length > 4) hill(svg, values, view, scale, line, 40);
    dots(svg, stacked, line + 7, name === "test" ? "full" : "hollow");
    if (bounds) rangeBar(svg, scale(bounds.low * unit.scale), scale(bounds.high * unit.scale), line);
    diamond(svg, scale(middle), line);
    top = line + stacked.height + 18;
  }
  return top + axisBelow(svg, view, scale, top - 8, width, `${what}, ${unit.name}`, (tick) => tick.text);
}

function drawRuns(svg, width) {
  const of = (name) => ({ values: timesOf(name), bounds: result[name].cpu_s });
  return drawBuilds(svg, width, { base: of("base"), test: of("test") }, "CPU time of a run");
}

function drawPairs(svg, width) {
  const rows = [
    { name: "test against base", values: pairs.filter(usable).map(change), mark: "full", shift: result.shift },
    { name: "base against itself, the control", values: control.filter(usable).map(change), mark: "hollow" },
  ].filter((row) => row.values.length);
  const view = widen(join([...rows.map((row) => viewOf(row.values)), { low: 0, high: 0 }]), 0.04);
  const scale = scaleOf(view, 6, width - 6), floor = result.noise_floor;
  const band = put(svg, "rect", { class: "band", y: 20 });
  const zero = put(svg, "line", { class: "zero", x1: scale(0), x2: scale(0), y1: 20 });
  let top = 0;

  for (const row of rows) {
    const stacked = stack(row.values, view, scale);
    const line = 18 + heading(svg, top, width, `${row.name}: ${plural(row.values.length, "pair")}`, farText(stacked.far, "pair"));
    dots(svg, stacked, row.shift ? line + 8 : line - 8, row.mark);
    if (row.shift) {
      rangeBar(svg, scale(toPct(row.shift.low)), scale(toPct(row.shift.high)), line);
      diamond(svg, scale(toPct(row.shift.value)), line);
    }
    top = line + stacked.height + 20;
  }
  if (floor === undefined) band.remove();
  else {
    const from = scale(toPct(-floor)), to = scale(toPct(floor));
    for (const [key, value] of Object.entries({ x: from, width: Math.max(1, to - from), height: top - 20 })) band.setAttribute(key, value);
  }
  zero.setAttribute("y2", top);
  return top + axisBelow(svg, view, scale, top, width, "change of CPU time within a pair",
    (tick) => minus(tick.text) + "%");
}

// One run; a slower one than the view shows is a triangle at its upper edge.
function drawRun(svg, at, mark, beyond) {
  if (beyond > 0) put(svg, "path", { class: mark, d: `M${at.x - 4},${at.y + 4}l4,-7l4,7Z` });
  else put(svg, "circle", { class: mark, cx: at.x.toFixed(1), cy: at.y.toFixed(1), r: 3 });
}

function drawTime(svg, width) {
  const all = [...pairs, ...control], unit = timeUnit(median(all.map((pair) => pair.base.cpu_s)));
  const long = Math.max(...all.map((pair) => pair.start_s)) > 300, minutes = long ? 60 : 1;
  const values = [...timesOf("base"), ...timesOf("test"), ...control.map((p) => p.base.cpu_s)];
  const view = widen(viewOf(values.map((v) => v * unit.scale)), 0.05);
  const last = Math.max(...all.map((pair) => pair.start_s + pair.base.wall_s + pair.test.wall_s)) / minutes;
  const across = { low: 0, high: last || 1 }, left = 46, right = width - 40, bottom = 220;
  const x = scaleOf(across, left, right), y = scaleOf(view, bottom, 24);
  const clip = (value) => Math.min(Math.max(value, view.low), view.high);
  const place = (pair, name) => {
    const first = pair.first === name, other = name === "base" ? "test" : "base";
    return { x: x((pair.start_s + (first ? 0 : pair[other].wall_s)) / minutes), y: y(clip(pair[name].cpu_s * unit.scale)) };
  };

  put(svg, "text", { class: "quiet", x: 0, y: 12 }, `CPU time of a run, ${unit.name}`);
  for (const tick of ticks(view, 5)) {
    put(svg, "line", { class: "link", x1: left, x2: right, y1: y(tick.value), y2: y(tick.value) });
    put(svg, "text", { class: "quiet", x: left - 6, y: y(tick.value) + 4, "text-anchor": "end" }, tick.text);
  }
  for (const pair of control) {
    for (const name of ["base", "test"]) {
      const at = place(pair, name);
      put(svg, "path", { class: "small", d: `M${at.x - 2.5},${at.y - 2.5}l5,5m-5,0l5,-5` });
    }
  }
  const ends = ["base", "test"].map((name) => {
    const points = pairs.map((pair) => place(pair, name)), line = smooth(points);
    if (line.length > 4) put(svg, "path", { class: `run ${name}`, d: "M" + line.map((p) => `${p.x.toFixed(1)},${p.y.toFixed(1)}`).join("L") });
    points.forEach((at, i) => drawRun(svg, at, name === "base" ? "hollow" : "full", pairs[i][name].cpu_s * unit.scale - view.high));
    return { name, y: line.length ? line[line.length - 1].y : bottom };
  });
  if (pairs.length) {
    const apart = Math.max(0, 14 - Math.abs(ends[0].y - ends[1].y)) / 2;
    ends.sort((a, b) => a.y - b.y).forEach((end, i) => put(svg, "text", {
      class: "strong", x: right + 6, y: end.y + 4 + (i ? apart : -apart),
    }, end.name));
  }
  return bottom + axisBelow(svg, across, x, bottom, width, `time since the first run, ${long ? "min" : "s"}`, (tick) => tick.text);
}

function drawLooks(svg, width) {
  const looks = result.looks, left = 46, right = width - 10, bottom = 150;
  const view = widen(join(looks.map((l) => ({ low: Math.min(0, toPct(l.low)), high: Math.max(0, toPct(l.high)) }))), 0.05);
  const across = { low: 0, high: result.settings.max_pairs };
  const x = scaleOf(across, left, right), y = scaleOf(view, bottom, 24);

  put(svg, "text", { class: "quiet", x: 0, y: 12 }, "change of CPU time");
  for (const tick of ticks(view, 4)) {
    put(svg, "line", { class: "link", x1: left, x2: right, y1: y(tick.value), y2: y(tick.value) });
    put(svg, "text", { class: "quiet", x: left - 6, y: y(tick.value) + 4, "text-anchor": "end" }, minus(tick.text) + "%");
  }
  put(svg, "line", { class: "zero", x1: left, x2: right, y1: y(0), y2: y(0) });
  for (const look of looks) {
    const at = x(look.pairs), from = y(toPct(look.low)), to = y(toPct(look.high));
    put(svg, "path", { class: "range", fill: "none", d: `M${at - 4},${from}h8M${at},${from}V${to}M${at - 4},${to}h8` });
    diamond(svg, at, y(toPct(look.value)));
  }
  return bottom + axisBelow(svg, across, x, bottom, width, "pairs measured", (tick) => tick.text);
}
