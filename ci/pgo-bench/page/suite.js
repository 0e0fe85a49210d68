// Two files of results: many benchmarks, sorted by what changed, and their geometric mean.

const measured = result.mode === "results" ? result.metric : "CPU time";
const benchmarks = [...(result.benchmarks || [])].sort((a, b) => (a.shift ? a.shift.value : Infinity) - (b.shift ? b.shift.value : Infinity));

function suiteTitle() {
  const mean = toPct(result.geometric_mean?.value ?? 0), many = benchmarks.length > 1;
  if (!verdicts[result.verdict]) return many ? "No measurable difference on average" : "No measurable difference";
  return `${many ? "On average test" : "Test"} takes ${pctText(mean)} ${mean < 0 ? "less" : "more"} ${measured}`;
}

// A row: its name and change, and below them the interval on an axis that all share.
function drawSuite(svg, width) {
  const rows = benchmarks.filter((b) => b.shift).map((b) => ({ name: b.name, shift: b.shift, verdict: b.verdict }));
  if (benchmarks.length > 1 && result.geometric_mean) rows.push({ name: "geometric mean of all", shift: result.geometric_mean, mean: true });
  const ends = rows.map((row) => ({ low: toPct(row.shift.low), high: toPct(row.shift.high) }));
  const view = widen(join([...ends, { low: 0, high: 0 }]), 0.04), scale = scaleOf(view, 6, width - 6), room = Math.floor(width / 7) - 9;
  const bottom = rows.length * 40 + 12;

  put(svg, "line", { class: "zero", x1: scale(0), x2: scale(0), y1: 4, y2: bottom });
  rows.forEach((row, i) => {
    const top = i * 40 + (row.mean ? 10 : 0), y = top + 29;
    if (row.mean) put(svg, "line", { class: "link", x1: 0, x2: width, y1: top - 1, y2: top - 1 });
    put(svg, "text", { class: row.mean && "strong", x: 0, y: top + 15 }, row.name.length > room ? row.name.slice(0, room - 1) + "…" : row.name);
    put(svg, "text", { class: row.mean || verdicts[row.verdict] ? "strong" : "quiet", x: width, y: top + 15, "text-anchor": "end" }, signedPct(toPct(row.shift.value)));
    rangeBar(svg, scale(ends[i].low), scale(ends[i].high), y);
    diamond(svg, scale(toPct(row.shift.value)), y);
  });
  return bottom + axisBelow(svg, view, scale, bottom, width, `change of ${measured}: less ←  → more`, (tick) => minus(tick.text) + "%");
}

function addSuite() {
  const part = section("Each benchmark"), few = benchmarks.filter((b) => !b.shift).length;
  figure(part, "", `The change of each benchmark with its ${levelText()}, the largest gain first; bold figures are those that are told from noise.` +
    (few ? ` ${plural(few, "benchmark")} with too few runs for an interval ${few === 1 ? "is" : "are"} in the table alone.` : ""), drawSuite);
  table(part, ["benchmark", ">base", ">test", ">change", ">interval", "verdict"], benchmarks.map((b) => [
    b.name, timeText(b.base.median_s), timeText(b.test.median_s), b.shift ? signedPct(toPct(b.shift.value)) : "",
    b.shift ? pctRange(toPct(b.shift.low), toPct(b.shift.high)) : "", b.verdict || "too few runs"]));
  for (const [name, list] of [["base", result.only_base], ["test", result.only_test]]) {
    if (list?.length) paragraph(part, `Only in ${name}: ${list.join(", ")}.`, "quiet");
  }
  const runs = put(part, "details");
  put(runs, "summary", {}, "The runs of each benchmark");
  paragraph(runs, "A dot is one run; the hill says where they lie densest; the diamond is the median.", "quiet");
  for (const b of benchmarks) {
    figure(runs, b.name, b.verdict || "too few runs for a verdict", (svg, width) =>
      drawBuilds(svg, width, { base: { values: b.base.times_s }, test: { values: b.test.times_s } }, `${measured} of a run`));
  }
  runs.addEventListener("toggle", () => drawFigures());
}

function addSuiteVerdict() {
  const part = put(page, "section");
  put(part, "h1", { class: verdicts[result.verdict], id: "verdict" }, suiteTitle());
  paragraph(part, `${result.reason}.`, "lead");
  paragraph(part, "How sure that is: if no benchmark differs in truth, at most one of 1,000 such comparisons calls any of them faster or slower.");
  paragraph(part, "The runs come from two files: what else changed between the two, such as a busier machine, is in the difference. " +
    "Runs in pairs, by pgo-bench itself, do not have this weakness.", "quiet");
}

function addSuiteCompared() {
  const part = section("What was compared"), fields = [["file", (s) => code(s.file)], ["measured by", (s) => s.tool],
    ["benchmarks that failed", (s) => String(s.failed || 0)], ["ended early", (s) => s.partial ? "yes" : "no"]];
  table(part, ["", "base", "test"], fields.map(([name, of]) => [name, of(result.base), of(result.test)]));
  paragraph(part, `${plural(benchmarks.length, "benchmark")} ${benchmarks.length === 1 ? "is" : "are"} in both files.`);
}
