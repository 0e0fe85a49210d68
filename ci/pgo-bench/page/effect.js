// The verdict as a drawing: the change with its interval, zero, the noise floor and the gate.

function drawEffect(svg, width) {
  const low = toPct(result.shift.low), high = toPct(result.shift.high), value = toPct(result.shift.value);
  const floor = [toPct(-result.noise_floor), toPct(result.noise_floor)];
  const gate = result.settings.gate_pct;
  const marks = [low, high, 0, ...floor, ...(gate === undefined ? [] : [gate])];
  const view = widen({ low: Math.min(...marks), high: Math.max(...marks) }, 0.08);
  const scale = scaleOf(view, 6, width - 6), y = 44, bottom = 78;

  put(svg, "rect", {
    class: "band", x: scale(floor[0]), width: Math.max(1, scale(floor[1]) - scale(floor[0])), y: 18, height: bottom - 18,
  });
  put(svg, "line", { class: "zero", x1: scale(0), x2: scale(0), y1: 18, y2: bottom });
  if (gate === undefined || Math.abs(scale(gate) - scale(0)) > 80) {
    textWithin(svg, scale(0), 12, width, "no change", { class: "quiet" });
  }
  if (gate !== undefined) {
    put(svg, "line", { class: "gate", x1: scale(gate), x2: scale(gate), y1: 18, y2: bottom });
    textWithin(svg, scale(gate), 12, width, `gate +${gate}%`, { class: "quiet" });
  }
  rangeBar(svg, scale(low), scale(high), y);
  diamond(svg, scale(value), y);
  textWithin(svg, scale(value), y + 24, width, signedPct(value), { class: "strong" });
  return bottom + axisBelow(svg, view, scale, bottom, width, "change of CPU time: less ←  → more",
    (tick) => minus(tick.text) + "%");
}
