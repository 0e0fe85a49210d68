// The parts of the page, in the order of what a reader asks.

const page = document.getElementById("page");

function nameOf(build) {
  const label = facts[build]?.label;
  return label ? `${build} (${label})` : build;
}

function section(title) {
  const part = put(page, "section");
  put(part, "h2", {}, title);
  return part;
}

function paragraph(parent, text, kind) {
  return put(parent, "p", { class: kind }, text);
}

// Cells are texts or nodes; of `head` those that start with ">" are of numbers.
function table(parent, head, rows) {
  const all = put(put(parent, "div", { class: "wide" }), "table"), numbers = head.map((h) => h.startsWith(">"));
  const top = put(put(all, "thead"), "tr"), body = put(all, "tbody");
  head.forEach((text, i) => put(top, "th", { scope: "col", class: numbers[i] && "number" }, text.replace(">", "")));
  for (const row of rows) {
    const line = put(body, "tr");
    row.forEach((cell, i) => put(line, i ? "td" : "th", { scope: i ? undefined : "row", class: numbers[i] && "number" }, cell));
  }
  return all;
}

function code(text) {
  return put(null, "code", {}, text);
}

const verdicts = { faster: "less", slower: "more" };

function verdictTitle() {
  if (result.partial) return "No verdict: the runs ended early";
  if (result.mode === "results") return suiteTitle();
  if (result.mode === "instructions") return `By estimate: ${result.verdict}`;
  if (!verdicts[result.verdict]) return "No measurable difference";
  const value = toPct(result.shift.value);
  return `Test takes ${pctText(value)} ${value < 0 ? "less" : "more"} CPU time`;
}

function timesText(shift) {
  const times = Math.exp(Math.abs(shift));
  return `${times.toFixed(times < 1.1 ? 3 : 2)} times as ${shift < 0 ? "fast" : "long"}`;
}

const levelText = () => `${+(result.level * 100).toFixed(4)}% interval`;

function sayDifference(part) {
  const level = levelText();
  const low = toPct(result.shift.low), high = toPct(result.shift.high);
  if (verdicts[result.verdict]) {
    paragraph(part, `The ${level} is ${pctRange(low, high)} ${high < 0 ? "less" : "more"}; that is ${timesText(result.shift.value)}.`, "lead");
    paragraph(part, "How sure that is: of 1,000 comparisons of two builds that are in truth alike, at most one calls them " +
      "faster or slower; and of 1,000 such intervals 999 hold the true change.");
    return;
  }
  const larger = findable(), holds = low <= 0 && high >= 0;
  paragraph(part, `The change lies within ${pctRange(low, high)} (${level}): a larger one is ruled out.`, "lead");
  if (!holds) paragraph(part, `The interval leaves 0 out, but base differs from itself by up to ${pctText(toPct(result.noise_floor))}: such a change says nothing.`);
  if (larger) paragraph(part, `With this many pairs, at this noise, a change of ${pctText(larger)} would have been found four times in five.`);
}

function sayNotes(part) {
  if (result.same) paragraph(part, `${result.same}.`, "note");
  const gate = result.settings?.gate_pct;
  if (gate !== undefined && !result.partial) {
    const beyond = result.verdict === "slower" && toPct(result.shift.low) > gate;
    paragraph(part, beyond ? `Beyond the gate: slower by more than ${gate}%.` : `Within the gate: not slower by more than ${gate}%, as far as can be told.`, beyond && "note");
  }
}

function addVerdict() {
  const part = put(page, "section");
  put(part, "h1", { class: result.partial ? undefined : verdicts[result.verdict], id: "verdict" }, verdictTitle());
  if (result.partial) {
    paragraph(part, result.reason, "note");
    paragraph(part, `What was measured until then is below: ${plural(pairs.length, "pair")} of runs, ${plural(control.length, "pair")} of the control. Do not judge by it.`);
    return;
  }
  if (result.mode === "instructions") {
    paragraph(part, `${result.reason}.`, "lead");
    paragraph(part, "One run of each under cachegrind: an estimate from counted instructions and simulated caches, not a timing.");
  } else {
    sayDifference(part);
    figure(part, "", "The change, its interval (bar), and how far base differs from itself (grey band, the noise floor).", drawEffect);
  }
  sayNotes(part);
}

function addCompared() {
  const part = section("What was compared"), settings = result.settings;
  table(part, ["", "base", "test"], [
    ["command", code(result.base.command), code(result.test.command)],
    ...["label", "compiler", "flags"].filter((key) => facts.base?.[key] || facts.test?.[key])
      .map((key) => [key, facts.base?.[key] || "", facts.test?.[key] || ""]),
    ...(result.base.wall_s ? [
      ["CPU time, median", timeText(result.base.cpu_s.median), timeText(result.test.cpu_s.median)],
      ["wall time, median", timeText(result.base.wall_s.median), timeText(result.test.wall_s.median)],
      ["peak memory", sizeText(result.base.peak_bytes), sizeText(result.test.peak_bytes)]] : []),
    ...(result.base.instructions ? [
      ["instructions", countText(result.base.instructions), countText(result.test.instructions)],
      ["mispredicted branches", countText(result.base.mispredicts), countText(result.test.mispredicts)],
      ["L1 misses", countText(result.base.l1_misses), countText(result.test.l1_misses)],
      ["last level misses", countText(result.base.ll_misses), countText(result.test.ll_misses)],
      ["estimated cycles", countText(result.base.estimated_cycles), countText(result.test.estimated_cycles)]] : []),
  ]);
  const words = [];
  if (settings) {
    words.push(`${plural(pairs.length, "pair")} of runs` + (pairs.length < settings.max_pairs && !result.partial ? ` of at most ${settings.max_pairs}: the answer was clear after these` : ""));
    words.push(`${plural(control.length, "pair")} of base against itself between them`);
    words.push(`who runs first was tossed for (--seed=${settings.seed})`);
    if (settings.cpu !== undefined) words.push(`all on CPU ${settings.cpu}`);
  }
  if (words.length) paragraph(part, words.join("; ") + ".");
  paragraph(part, `Machine: ${data.machine.cpu}, ${plural(data.machine.cpus, "CPU")}, ${data.machine.kernel}.`, "quiet");
}

function addRuns() {
  if (!pairs.length) return;
  const part = section("The runs");
  figure(part, "Each build by itself",
    "A dot is the CPU time (user + system) of one run; the hill says where they lie densest; the diamond is the median" +
    (result.partial ? "." : ", the bar its 99% interval."), drawRuns);
  figure(part, "Pair by pair",
    "A pair is a run of each, one right after the other, so that a slow minute of the machine hits both. A dot is test's change within a pair." +
    (result.partial ? "" : " The diamond is the change that the verdict is about, the bar its interval, the grey band the noise floor."), drawPairs);
  figure(part, "In the order of time",
    "○ base, ● test, × runs of the control, ▴ beyond the edge. A slope or a step is the machine's drift; the verdict is about the distance of the two lines, which are medians of five runs.", drawTime);
  if (result.looks?.length > 1) {
    figure(part, "How the answer became clear",
      `${result.looks.length} looks at the result, each with the interval that it may claim; the last one counts.`, drawLooks);
  }
}

function addHead() {
  const head = put(page, "header");
  paragraph(head, [facts.title, facts.commit, data.date].filter(Boolean).join(" · "));
}
