// What came by --report: what it cost to build, the profile, and flame graphs.

const known = (value, text) => value === undefined ? "" : text(value);

function addCosts() {
  const costs = facts.costs || [];
  if (!costs.length) return;
  const part = section("What it cost to build"), first = costs[0];
  const against = (cost) => cost === first || !cost.wall_s || !first.wall_s ? "" :
    signedPct(toPct(Math.log(cost.wall_s / first.wall_s)));
  const hits = (cost) => known(cost.cache_hits, (hit) => `${countText(hit)}${cost.compiles ? ` of ${countText(cost.compiles)}` : ""}`);
  table(part, ["build", ">time", ">change", ">CPU time", ">files compiled", ">from the cache"], costs.map((cost) => [
    cost.name || "build", known(cost.wall_s, durationText), against(cost), known(cost.cpu_s, durationText),
    known(cost.compiles, countText), hits(cost)]));
}

function recordedText(profile) {
  const from = profile.recorded_from?.slice(0, 10), to = profile.recorded_to?.slice(0, 10);
  return !from ? "" : !to || from === to ? from : `${from} to ${to}`;
}

function addProfile() {
  const uses = (facts.uses || []).filter((use) => use.profiles.length), conversions = facts.conversions || [];
  if (!uses.length && !conversions.length) return;
  const part = section("The profile"), seen = new Set();
  const profiles = uses.flatMap((use) => use.profiles).filter((p) => !seen.has(p.file) && seen.add(p.file));
  if (profiles.length) {
    table(part, ["file", "kind", "recorded", ">samples", ">functions"], profiles.map((p) => [
      code(p.file || ""), p.kind || "", recordedText(p), known(p.samples, countText), known(p.functions, countText)]));
  }
  const found = uses.find((use) => use.found_pct !== undefined);
  if (found) {
    paragraph(part, `${pctText(found.found_pct)} of the samples found their function and lines in the source as it is now` +
      (found.changed_pct ? `; ${pctText(found.changed_pct)} found a function with another control flow.` : "."));
  }
  const used = uses.find((use) => use.compiles);
  if (used) paragraph(part, `${countText(used.with_profile)} of ${plural(used.compiles, "compile")} used a profile.`);
  for (const made of conversions.filter((c) => c.read)) {
    const share = (count) => pctText(100 * (count || 0) / made.read);
    paragraph(part, `Converted from ${made.input || "a recording"}: ${plural(made.read, "sample")}, ${share(made.by_address)} placed by address, ` +
      `${share(made.by_line)} by name and line, ${share(made.read - (made.by_address || 0) - (made.by_line || 0))} lost.`);
  }
}

// A page within the page: it is closed in, and drawn when it is opened.
function addFlames() {
  const flames = facts.flames || [];
  if (!flames.length) return;
  const part = section("Where the time goes");
  paragraph(part, "Flame graphs: a box is a function, as wide as its share of the time; what it calls lies next to it.");
  for (const flame of flames) {
    const box = put(part, "details", { class: "flame" });
    put(box, "summary", {}, flame.name);
    if (!flame.page) {
      paragraph(box, "Its file could not be read when this page was written.");
      continue;
    }
    box.addEventListener("toggle", () => {
      if (!box.open || box.querySelector("iframe")) return;
      const frame = put(box, "iframe", { sandbox: "allow-scripts", title: `flame graph: ${flame.name}` });
      frame.srcdoc = flame.page;
    });
  }
}

function addMissing() {
  const missing = [
    [!data.code, "the programs' sizes"],
    [!facts.costs?.length, "build times"],
    [!facts.uses?.length, "the profile"],
    [!facts.flames?.length, "flame graphs"],
  ].filter(([gone]) => gone).map(([, name]) => name);
  if (!missing.length) return;
  const list = missing.length > 1 ? `${missing.slice(0, -1).join(", ")} and ${missing[missing.length - 1]}` : missing[0];
  const text = paragraph(page, `Not shown: ${list}. `, "quiet");
  text.append(code("pgo-bench --report=FILE"), " adds them; its man page says from which files.");
}
