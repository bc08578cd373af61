"use strict";
// Every figure is a function of one state: range, scale, cursor, theme. Python says what is drawn (traces, panels,
// labels, colours as CSS variables); these files decide where it fits. Here: state, numbers, scales, places.
const Charts = (() => {
  const run = JSON.parse(document.getElementById("run").textContent);
  const days = run.dates.map((iso) => Date.parse(iso));
  const end = days.length - 1;
  const timed = (spans) => spans.map((span) => ({ ...span, start: Date.parse(span.from), stop: Date.parse(span.to) }));
  const spells = timed(run.spells), held = timed(run.held);
  const state = { from: 0, to: end, at: end, pointing: false, log: true, printing: false };
  const frames = new Map();
  const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
  const DAY = 864e5, YEAR = 365.25 * DAY, PRINT_WIDTH = 700, LINE = 15, UNDER = 24;

  // Words and numbers
  const number = (v, digits = 1, signed = false) => {
    if (v === null || v === undefined || !isFinite(v)) return "–";
    const text = Math.abs(v).toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
    return (/[1-9]/.test(text) ? (v < 0 ? "−" : signed ? "+" : "") : "") + text;
  };
  const FORMATS = {
    multiple: (v) => "×" + number(v, v < 9.995 ? 2 : v < 99.95 ? 1 : 0),
    percent: (v) => number(100 * v, 1) + "%",
    share: (v) => number(100 * v, 0) + "%",
    lead: (v) => number(100 * (v - 1), 1, true) + "%",
    ratio: (v) => number(v, 2),
    signed: (v) => number(v, 2, true),
    state: (v) => (v ? "scarce" : "ample"),
  };
  const written = (v, format) => (v === null || v === undefined ? "–" : FORMATS[format](v));
  const day = (i) => {
    const date = new Date(days[i]);
    return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
  };
  const spellAt = (i) => spells.findLast((spell) => spell.start <= days[i]) ?? spells[0];
  const nearest = (time) => {
    let low = 0, high = end;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (days[middle] <= time) low = middle; else high = middle;
    }
    return time - days[low] < days[high] - time ? low : high;
  };

  // Read-out: pairs of a name and a figure, shown and spoken
  const spoken = (pairs) => pairs.map((pair) => pair.filter(Boolean).join(" ")).join(", ");
  const piece = ([label, value]) => {
    const span = document.createElement("span"), strong = document.createElement("b");
    strong.textContent = value;
    span.append(label && value ? `${label} ` : label, strong);
    return span;
  };
  const readOut = (id, pairs) =>
    document.querySelector(`[data-read="${CSS.escape(id)}"]`)?.replaceChildren(...pairs.map(piece));

  // Series as drawn
  const rebased = (values) => {
    const base = values.slice(state.from).find((v) => v !== null);
    return values.map((v) => (v === null ? null : v / base));
  };
  const valuesOf = (meta) => {
    if (meta.over) {
      const [top, bottom] = meta.over.map((name) => rebased(run.series[name]));
      return top.map((v, i) => (v === null || bottom[i] === null ? null : v / bottom[i]));
    }
    const values = run.series[meta.series];
    if (meta.rebase) return rebased(values);
    if (meta.errors) {
      const errors = run.series[meta.error];
      return values.map((v, i) => (v === null || errors[i] === null ? null : v + meta.errors * errors[i]));
    }
    return meta.side ? values.map((v) => meta.side * Math.max(0, meta.side * (v ?? 0))) : values;
  };
  const reading = (item, i) => {
    const value = written(valuesOf(item)[i], item.format), error = item.error && run.series[item.error][i];
    return value === "–" || typeof error !== "number" ? value : `${value} ± ${written(error, item.format)}`;
  };
  const lastIn = (values) => {
    for (let i = state.to; i >= state.from; i--) if (values[i] !== null) return i;
    return null;
  };

  // Scales
  const niceTicks = (low, high, count) => {
    const rough = (high - low) / count, power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 2.5, 5, 10].map((k) => k * power).find((s) => s >= rough);
    const ticks = [];
    for (let v = Math.ceil(low / step - 1e-9) * step; v <= high + step * 1e-6; v += step) ticks.push(+v.toPrecision(8));
    return ticks;
  };
  const logTicks = (low, high) => {
    const all = [];
    for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power++)
      for (const k of [1, 2, 5]) all.push(k * 10 ** power);
    let inside = all.filter((v) => v >= low && v <= high);
    if (inside.length > 7) inside = inside.filter((v) => Number.isInteger(Math.round(Math.log10(v) * 1e6) / 1e6));
    return inside.length >= 3 ? inside : niceTicks(low, high, 4).filter((v) => v > 0);
  };
  const tickText = (panel, ticks) => {
    const unit = panel.format === "percent" ? 100 : 1;
    const exact = (digits) => (v) => Math.abs(v * unit * 10 ** digits - Math.round(v * unit * 10 ** digits)) < 1e-6;
    const digitsOf = (values) => [0, 1, 2, 3].find((digits) => values.every(exact(digits))) ?? 4;
    if (panel.format === "multiple") return ticks.map((v) => "×" + number(v, digitsOf([v])));
    return ticks.map((v) => number(v * unit, digitsOf(ticks)) + (unit === 100 ? "%" : ""));
  };
  const extent = (panel, traces) => {
    const stacks = {}, found = [...(panel.include ?? []), ...(panel.lines ?? []).map((line) => line.y)];
    for (const { spec, y } of traces)
      for (let i = state.from; i <= state.to; i++) {
        if (y[i] === null) continue;
        if (spec.stackgroup) (stacks[spec.stackgroup] ??= {})[i] = (stacks[spec.stackgroup][i] ?? 0) + y[i];
        else found.push(y[i]);
      }
    for (const stack of Object.values(stacks)) found.push(...Object.values(stack));
    const low = found.reduce((a, b) => Math.min(a, b), Infinity);
    const high = found.reduce((a, b) => Math.max(a, b), -Infinity);
    if (!isFinite(low)) return [-1, 1];
    if (panel.log && state.log) return [low / 1.08, high * 1.08];
    const pad = (high - low) * 0.06 || Math.abs(high) * 0.1 || 1;
    if (panel.top !== 0) return [low - pad, panel.top ?? high + pad];
    return [Math.min((low * panel.tall) / (panel.tall - UNDER), -1e-4), 0]; // room for the labels under the troughs
  };
  const yearTicks = (width) => {
    const years = (days[state.to] - days[state.from]) / YEAR, perYear = width / Math.max(years, 0.02);
    const nticks = Math.max(2, Math.floor(width / 90)), few = days[state.to] - days[state.from] < nticks * DAY;
    if (years < 0.3) return { tickformat: "%-d %b", ...(few ? { dtick: DAY } : { nticks }) };
    const months = [1, 3, 6, 12].find((k) => (perYear * k) / 12 >= 65) ?? 24;
    if (years < 2.6) return { dtick: `M${months}`, tickformat: "%b %Y" };
    const step = [1, 2, 5, 10].find((k) => perYear * k >= 34) ?? 20;
    const short = perYear * step < 46, ticklabelmode = step === 1 ? "period" : "instant";
    return { dtick: `M${12 * step}`, tick0: "2000-01-01", tickformat: short ? "’%y" : "%Y", ticklabelmode };
  };

  // Where things stand, in pixels from the upper left corner of the plot
  const geometry = (meta, box) => {
    const share = box.clientWidth / box.closest(".wrap").clientWidth;
    const width = state.printing ? Math.round(PRINT_WIDTH * Math.min(1, share)) : box.clientWidth;
    const wide = width >= 560;
    const margin = meta.kind ? { l: 52, r: 16, t: 30, b: 52 } : meta.small ? { l: 32, r: 8, t: 6, b: 26 } : { l: 46, r: wide ? 156 : 98, t: 4, b: 30 };
    const height = meta.height[wide || meta.small ? 0 : 1];
    const plot = { width: width - margin.l - margin.r, height: height - margin.t - margin.b };
    const top = meta.ribbon ? 26 : 0, gap = meta.gap ?? 36;
    const room = plot.height - top - gap * (meta.panels.length - 1);
    let y = top;
    const panels = meta.panels.map((panel) => {
      const axis = panel.axis.replace("yaxis", "y");
      const placed = { ...panel, axis, key: panel.axis, y0: y, tall: room * panel.share };
      y += placed.tall + gap;
      return placed;
    });
    return { meta, width, height, wide, margin, plot, panels };
  };
  const across = (frame, time) => ((time - days[state.from]) / (days[state.to] - days[state.from])) * frame.plot.width;
  const down = (panel, v) => {
    const scale = panel.logged ? Math.log : (u) => u, [low, high] = panel.range.map(scale);
    return panel.y0 + panel.tall * (1 - (scale(v) - low) / (high - low));
  };
  const visible = (spans) => spans.filter((span) => span.stop > days[state.from] && span.start < days[state.to]);
  const spread = (labels, gap, low, high) => {
    labels.sort((a, b) => a.y - b.y);
    for (let round = 0; round < 80; round++) {
      let moved = false;
      for (let i = 1; i < labels.length; i++) {
        const short = gap - (labels[i].y - labels[i - 1].y);
        if (short > 0.1) {
          labels[i].y += short / 2;
          labels[i - 1].y -= short / 2;
          moved = true;
        }
      }
      for (const label of labels) label.y = Math.min(high, Math.max(low, label.y));
      if (!moved) break;
    }
    return labels;
  };

  return {
    run, days, end, spells, held, state, frames, DAY, YEAR, LINE, written, reading, day, spellAt, nearest, valuesOf, lastIn,
    niceTicks, logTicks, tickText, extent, yearTicks, geometry, across, down, visible, spread, spoken, readOut,
  };
})();
