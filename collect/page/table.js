// The table of functions: what the graph says, for those who read figures.

const page = 200; // rows at a time
const table = { rows: [], shown: page, key: "flat", down: true, figures: null };
const columns = [
  { key: "flat", title: "Flat", number: true, help: "of stacks that end in the function" },
  { key: "flatChange", title: "Δ flat", number: true, compared: true },
  { key: "cum", title: "Cum", number: true, help: "of stacks that hold the function" },
  { key: "cumChange", title: "Δ cum", number: true, compared: true },
  { key: "name", title: "Name" },
  { key: "file", title: "File" },
].filter((column) => compares || !column.compared);

function makeRows() {
  const { flat, cum } = weighFrames();
  const at = (sides, frame) => sides.map((side) => side[frame]);
  table.rows = data.frames.name.map((name, frame) => ({
    frame, name, flat: at(flat, frame), cum: at(cum, frame), file: placeOf(frame, 0) || binaryOf(frame),
  }));
}

const changeOf = (values) => values[0] - values[1] * baseScale;
const rankers = {
  flat: (row) => row.flat[0], cum: (row) => row.cum[0],
  flatChange: (row) => changeOf(row.flat), cumChange: (row) => changeOf(row.cum),
};
const order = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

function sortRows() {
  const { key, down } = table, rank = rankers[key];
  const compare = rank ? (a, b) => rank(b) - rank(a) : (a, b) => order(a[key], b[key]);
  const sign = rank ? (down ? 1 : -1) : (down ? -1 : 1);
  table.rows.sort((a, b) => sign * compare(a, b) || b.cum[0] - a.cum[0] || order(a.name, b.name) ||
    a.frame - b.frame);
}

function drawHeads() {
  document.getElementById("heads").replaceChildren(...columns.map((column) => {
    const head = element("th", undefined, column.number ? "number" : column.key);
    const arrow = table.key === column.key ? (table.down ? " ↓" : " ↑") : "";
    const button = element("button", column.title + arrow);
    head.scope = "col";
    if (column.help) button.title = column.help;
    if (arrow) head.setAttribute("aria-sort", table.down ? "descending" : "ascending");
    button.addEventListener("click", () => sortBy(column));
    head.append(button);
    return head;
  }));
}

function sortBy(column) {
  table.down = table.key === column.key ? !table.down : Boolean(column.number);
  table.key = column.key;
  sortRows();
  drawTable();
  document.querySelectorAll("#heads button")[columns.indexOf(column)].focus();
}

function cellOf(row, column) {
  const cell = element("td", undefined, column.number ? "number" : column.key);
  if (column.key === "flat" || column.key === "cum") {
    cell.append(amount(row[column.key][0]), " ", element("small", percent(row[column.key][0], totals[0])));
  } else if (column.number) {
    const values = row[column.key === "flatChange" ? "flat" : "cum"];
    cell.append(element("span", change(values), changeOf(values) > 0 ? "more" : changeOf(values) < 0 ? "less" : ""));
  } else if (column.key === "name") {
    const button = element("button", brief(row.name, 72));
    button.title = row.file ? `${row.name}\n${row.file}` : row.name;
    button.addEventListener("click", () => searchFor(row.name));
    cell.append(button);
  } else {
    cell.textContent = baseName(row.file);
    cell.title = row.file;
  }
  return cell;
}

function drawTable() {
  const wanted = document.getElementById("filter").value.toLowerCase();
  const found = table.rows.filter((row) => !wanted || row.name.toLowerCase().includes(wanted) ||
    row.file.toLowerCase().includes(wanted));
  const more = document.getElementById("more");
  drawHeads();
  document.getElementById("rows").replaceChildren(...found.slice(0, table.shown).map((row) => {
    const made = element("tr", undefined, graph.matches && graph.matches[row.frame] ? "hit" : "");
    made.append(...columns.map((column) => cellOf(row, column)));
    return made;
  }));
  document.getElementById("found").textContent = `${found.length.toLocaleString("en-US")} functions`;
  more.hidden = found.length <= table.shown;
  more.textContent = `Show ${Math.min(1000, found.length - table.shown)} more`;
}

function listenToTable() {
  document.getElementById("filter").addEventListener("input", () => {
    table.shown = page;
    drawTable();
  });
  document.getElementById("more").addEventListener("click", () => {
    table.shown += 1000;
    drawTable();
  });
}
