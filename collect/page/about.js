// Where the data comes from, and what pgo-convert said of it.

function pairsOf(pairs) {
  const list = element("dl");
  for (const [name, value] of pairs) list.append(element("dt", name), element("dd", value));
  return list;
}

function listOf(title, items) {
  if (!items.length) return [];
  const list = element("ul");
  list.append(...items.map((item) => {
    const made = element("li");
    made.append(...[item].flat());
    return made;
  }));
  return [element("h3", title), list];
}

function describeSide(side, title) {
  const panel = element("div");
  panel.append(element("h2", title),
    pairsOf([["File", side.name], ["Total", `${amount(side.total)} of ${data.type}`], ...side.facts]),
    ...side.lost.map((text) => element("p", text, "lost")),
    ...listOf("Binaries", side.binaries.map(([name, id]) =>
      [name || "(no name)", " ", element("code", id || "no build id")])),
    ...listOf("Comments", side.comments));
  return panel;
}

function describeReport(text) {
  const panel = element("div"), report = JSON.parse(text), samples = report.samples || {};
  const read = samples.read || 0, mapped = (samples.by_address || 0) + (samples.by_line || 0);
  panel.append(element("h2", "What pgo-convert made of it"), pairsOf([
    ["Samples read", read.toLocaleString("en-US")],
    ["Mapped", `${mapped.toLocaleString("en-US")} (${percent(mapped, read)})`],
  ]), ...(samples.dropped || []).map((drop) => element("p",
    `${percent(drop.samples, read)} dropped: ${drop.reason}${drop.example ? `, such as ${drop.example}` : ""}`,
    "lost")),
  ...listOf("Hottest functions", (report.functions || []).slice(0, 12).map((one) =>
    `${one.name} ${(one.share_pct || 0).toFixed(1)}%`)));
  return panel;
}

function drawAbout() {
  const place = document.getElementById("about");
  data.sides.forEach((side, index) =>
    place.append(describeSide(side, index ? "Compared with" : "About this profile")));
  if (!data.report) return;
  try {
    place.append(describeReport(data.report));
  } catch (error) {
    place.append(element("p", `The report cannot be read: ${error.message}`, "lost"));
  }
}
