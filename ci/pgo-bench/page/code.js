// The machine code of both programs: sizes, and where the compiler decided otherwise.

const compared = data.code;
const sizeChange = (before, after) => before ? signedPct(100 * (after - before) / before) : "";

function addSizes() {
  if (!compared) return;
  const part = section("The programs"), named = compared.build_id.some(Boolean);
  const rows = [["file", compared.file_bytes], ["code of all functions", compared.function_bytes]].filter(([, of]) => of[0] && of[1]);
  table(part, ["", ">base", ">test", ">change"], rows.map(([name, of]) => [name, sizeText(of[0]), sizeText(of[1]), sizeChange(...of)]));
  if (named) paragraph(part, `Build ids: base ${compared.build_id[0] || "none"}, test ${compared.build_id[1] || "none"}.`, "quiet");
}

function fateOf(before, after) {
  if (!after) return "gone: inlined into all callers, or dropped";
  if (!before) return "new as a function of its own";
  return after > before ? "larger: more inlined, unrolled or aligned" : "smaller: less inlined, or for size";
}

function addFunctions() {
  if (!compared?.function_bytes.every(Boolean) || !compared.functions.length) return;
  const part = section("What the compiler decided otherwise");
  paragraph(part, `By the size of each function's machine code: ${plural(compared.gone, "function")} of base ` +
    `${compared.gone === 1 ? "has" : "have"} none of ${compared.gone === 1 ? "its" : "their"} own in test, ${countText(compared.added)} came anew. ` +
    `The ${compared.functions.length} that differ most:`);
  const box = put(part, "details");
  put(box, "summary", {}, "Functions by size");
  table(box, ["function", ">base", ">test", ">change", "what that means"], compared.functions.map(([name, before, after]) => [
    code(name), before ? `${countText(before)} B` : "", after ? `${countText(after)} B` : "",
    `${after > before ? "+" : "−"}${countText(Math.abs(after - before))}`, fateOf(before, after)]));
}
