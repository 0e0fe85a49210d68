// The start: all parts, then their drawings, which follow the width of the window and of paper.

const PAPER_WIDTH = 680;

document.title = `${facts.title ? facts.title + ": " : ""}${verdictTitle()}`;
addHead();
if (result.mode === "results") {
  addSuiteVerdict();
  addSuite();
  addSuiteCompared();
} else {
  addVerdict();
  addCompared();
  addRuns();
}
addSizes();
addCosts();
addProfile();
addFunctions();
addFlames();
addMissing();
document.getElementById("plain").open = false;
drawFigures();
window.addEventListener("resize", () => drawFigures());
window.addEventListener("beforeprint", () => drawFigures(PAPER_WIDTH));
window.addEventListener("afterprint", () => drawFigures());
document.documentElement.dataset.ready = "yes";
