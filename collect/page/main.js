// The controls, and the start.

const at = (id) => document.getElementById(id);
const isPressed = (id) => at(id).getAttribute("aria-pressed") === "true";
const press = (id, on) => at(id).setAttribute("aria-pressed", String(on));

function labelNow() {
  return at("group").value === "" ? null : data.labels[Number(at("group").value)];
}

function search() {
  const input = at("search"), text = input.value;
  let test = null;
  input.setAttribute("aria-invalid", "false");
  if (text && isPressed("regex")) {
    try {
      const pattern = new RegExp(text, "i");
      test = (name) => pattern.test(name);
    } catch (error) {
      input.setAttribute("aria-invalid", "true");
    }
  } else if (text) {
    const wanted = text.toLowerCase();
    test = (name) => name.toLowerCase().includes(wanted);
  }
  graph.matches = test ? Uint8Array.from(data.frames.name, test) : null;
  sayShare(text);
  draw();
  drawTable();
}

function sayShare(text) {
  if (!graph.matches) {
    at("share").textContent = text ? "no regular expression" : "";
    return;
  }
  const sums = weighMatches(graph.matches);
  const shares = sums.map((sum, side) => percent(sum, totals[side])).reverse().join(" → ");
  const count = graph.matches.reduce((sum, match) => sum + match, 0);
  at("share").textContent = `${shares} in ${count} function${count === 1 ? "" : "s"}`;
}

function searchFor(name) {
  at("search").value = name;
  press("regex", false);
  search();
}

const ways = ["graph", "both", "table"];
function show(what) {
  for (const way of ways) press(`show-${way}`, way === what);
  at("graph").hidden = what === "table";
  at("list").hidden = what === "graph";
  document.querySelector("main").classList.toggle("both", what === "both" && window.innerWidth > 900);
  if (what !== "table") refresh();
}

function toggle(id, act) {
  at(id).addEventListener("click", () => {
    press(id, !isPressed(id));
    act();
  });
}

function paint(theme) {
  setTheme(theme);
  drawLegend(at("legend"));
  draw();
}

const keys = {
  "/": () => at("search").focus(),
  "?": () => at("keyboard").showModal(),
  f: () => at("flip").click(),
  i: () => at("invert").click(),
  t: () => show(ways[(ways.findIndex((way) => isPressed(`show-${way}`)) + 1) % 3]),
  d: () => at("theme").click(),
  Backspace: zoomBack,
};

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || at("keyboard").open) return;
  const typing = event.target.matches("input, select");
  if (event.key === "Escape") {
    if (at("search").value) searchFor("");
    else zoomOut();
    if (typing) canvas.focus();
  } else if (!typing && keys[event.key]) {
    event.preventDefault();
    keys[event.key]();
  }
}

function listenToControls() {
  at("search").addEventListener("input", search);
  at("search").addEventListener("keydown", (event) => { if (event.key === "Enter") canvas.focus(); });
  at("back").addEventListener("click", zoomBack);
  at("reset").addEventListener("click", zoomOut);
  toggle("regex", search);
  toggle("flip", () => {
    graph.flames = isPressed("flip");
    refresh();
  });
  toggle("invert", () => setView(isPressed("invert"), labelNow()));
  at("group").addEventListener("change", () => setView(isPressed("invert"), labelNow()));
  at("compare").addEventListener("change", () => {
    compareBy(at("compare").value);
    setView(isPressed("invert"), labelNow());
    sortRows();
    drawTable();
  });
  for (const way of ways) at(`show-${way}`).addEventListener("click", () => show(way));
  at("theme").addEventListener("click", () => paint(themeNow === "dark" ? "light" : "dark"));
  at("help").addEventListener("click", () => at("keyboard").showModal());
  document.addEventListener("keydown", onKey);
  listenToPrinter();
}

// On paper the graph is whole, and on white.
function listenToPrinter() {
  let before = themeNow;
  window.addEventListener("beforeprint", () => {
    before = themeNow;
    graph.printing = true;
    setTheme("light");
    refresh();
  });
  window.addEventListener("afterprint", () => {
    graph.printing = false;
    paint(before);
    refresh();
  });
}

function start() {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  document.title = `${data.title} — profile`;
  at("title").textContent = compares ? `${data.sides[1].name} → ${data.title}` : data.title;
  at("summary").textContent = `${amount(totals[0])} of ${data.type}`;
  at("grouping").hidden = !data.labels.length;
  at("comparing").hidden = !compares;
  at("group").append(new Option("nothing", ""),
    ...data.labels.map((label, index) => new Option(label.key, index)));
  document.querySelector("main").classList.toggle("compares", compares);
  setTheme(dark.matches ? "dark" : "light");
  dark.addEventListener("change", () => paint(dark.matches ? "dark" : "light"));
  graph.view = graph.zoom = makeView(false, null);
  show(window.innerWidth > 1100 ? "both" : "graph");
  describe(graph.view);
  drawLegend(at("legend"));
  listenToGraph();
  listenToControls();
  listenToTable();
  performance.mark("painted");
  // The table waits until the graph is to be seen.
  requestAnimationFrame(() => setTimeout(() => {
    makeRows();
    sortRows();
    drawTable();
    drawAbout();
    document.documentElement.dataset.ready = "yes";
  }));
}

start();
