"use strict";
// Charts on two plain axes: dots, steps, bars and cells, and what is read at each of them. Registers the kind "plain".
(() => {
  const { LINE } = Charts;
  const APART_X = 74, APART_Y = 46, TICK_Y = 24;
  const placed = new Map(); // box -> what can be read there: place in pixels of the box, and pairs of name and figure

  // Axes
  const finite = (values) => values.filter((v) => v !== null && Number.isFinite(v));
  const reach = (axis, values) => {
    if (axis.range) return axis.range;
    const found = finite([...values, ...(axis.include ?? [])]).filter((v) => !axis.log || v > 0);
    const low = found.reduce((a, b) => Math.min(a, b), Infinity), high = found.reduce((a, b) => Math.max(a, b), -Infinity);
    if (low > high) return axis.log ? [1, 10] : [0, 1];
    if (axis.log) return [low / 1.2, Math.max(high, low * 1.5) * 1.2];
    const flat = high - low <= 1e-4 * Math.abs(high), pad = flat ? Math.abs(high) * 0.1 || 1 : (high - low) * 0.06;
    return [axis.floor ?? low - pad, high + pad];
  };
  const widest = (texts) => Math.max(...texts.map((text) => Marks.widthOf(text, false)));
  const named = ({ ticks }, pixels, apart) => {
    const step = Math.max(1, Math.ceil((ticks.length * apart) / pixels));
    const tickvals = ticks.map((_, i) => i).filter((i) => i % step === 0);
    return { tickvals, ticktext: tickvals.map((i) => Marks.escaped(ticks[i])) };
  };
  const numbered = (axis, [low, high], pixels, apart) => {
    const few = Math.max(2, Math.min(6, Math.floor(pixels / apart)));
    const all = axis.log ? Charts.logTicks(low, high) : Charts.niceTicks(low, high, few);
    const kept = all.filter((v) => v >= low - 1e-9 && v <= high + 1e-9 && (!axis.whole || Number.isInteger(v)));
    const step = Math.ceil(kept.length / (few + 1));
    const tickvals = kept.filter((_, i) => i % step === 0);
    return { tickvals, ticktext: Charts.tickText({ format: "number" }, tickvals) };
  };
  const axisOf = (axis, range, pixels, apart) => ({
    type: axis.log ? "log" : "linear", range: axis.log ? range.map(Math.log10) : range, tickmode: "array", ticks: "",
    fixedrange: true, showline: false, showgrid: false, zeroline: false, tickangle: 0,
    ...(axis.ticks ? named(axis, pixels, apart) : numbered(axis, range, pixels, apart)),
  });
  const share = ({ log }, [low, high], v) =>
    log ? Math.log(v / low) / Math.log(high / low) : (v - low) / (high - low);

  // Lines and words around
  const vertical = (frame, x) => (frame.meta.marks ?? []).toSorted((p, q) => p.x - q.x).map((mark, k, all) => {
    const at = frame.plot.width * share(frame.meta.x, x, mark.x), wide = Marks.widthOf(mark.text, true) + 10;
    const left = at + wide > frame.plot.width || (k < all.length - 1 && at > wide), last = frame.panels.at(-1);
    const side = { xanchor: left ? "right" : "left" }, text = `<b>${Marks.escaped(mark.text)}</b>`;
    return {
      shape: Marks.line(frame, at, 0, at, last.y0 + last.tall, mark.colour, { width: 1.8, dash: mark.dash }),
      note: Marks.note(frame, at + (left ? -6 : 6), 8 + k * LINE, text, mark.colour, side),
    };
  });
  const zeros = (frame, x) => frame.panels.flatMap((panel) => {
    const lines = [], [low, high] = panel.range, foot = panel.y0 + panel.tall;
    if (panel.zero && low < 0 && high > 0) {
      const y = panel.y0 + panel.tall * (1 - share(panel, panel.range, 0));
      lines.push(Marks.line(frame, 0, y, frame.plot.width, y, "var(--ink-3)"));
    }
    if (!frame.meta.x.log && !frame.meta.x.ticks && x[0] < 0 && x[1] > 0) {
      const at = frame.plot.width * share(frame.meta.x, x, 0);
      lines.push(Marks.line(frame, at, panel.y0, at, foot, "var(--ink-3)"));
    }
    return lines;
  });
  const diagonal = (frame, x) => {
    const [panel] = frame.panels, low = Math.max(x[0], panel.range[0]), high = Math.min(x[1], panel.range[1]);
    if (!frame.meta.same || low >= high) return [];
    const at = (v) => [frame.plot.width * share({}, x, v), panel.y0 + panel.tall * (1 - share({}, panel.range, v))];
    return [Marks.line(frame, ...at(low), ...at(high), "var(--ink-3)", { dash: "5px,4px" })];
  };
  const titles = (frame) => {
    const { margin, plot, meta } = frame, left = margin.l - 4, words = (text) => Marks.escaped(text ?? "");
    const below = { xanchor: "right", yanchor: "bottom" };
    return [
      ...frame.panels.map(({ y0, title }) => Marks.note(frame, -left, y0 - 16, words(title), "var(--ink-2)")),
      Marks.note(frame, plot.width, plot.height + margin.b - 2, words(meta.x.title), "var(--ink-2)", below),
    ];
  };

  const view = (frame, specs) => {
    const { meta, plot } = frame, of = (panel) => specs.filter((spec) => (spec.yaxis ?? "y") === panel.axis);
    const x = reach(meta.x, [...specs.flatMap((spec) => spec.x), ...(meta.marks ?? []).map((mark) => mark.x)]);
    const layout = { ...Figures.base(frame), dragmode: false };
    for (const panel of frame.panels) {
      panel.range = reach(panel, of(panel).flatMap((spec) => spec.y));
      const apart = panel.ticks ? TICK_Y : APART_Y;
      layout[panel.key] = {
        ...axisOf(panel, panel.range, panel.tall, apart), showgrid: !panel.ticks, gridcolor: "var(--rule)",
        domain: [Math.max(0, 1 - (panel.y0 + panel.tall) / plot.height), 1 - panel.y0 / plot.height],
      };
    }
    const wide = meta.x.ticks ? widest(meta.x.ticks) + 10 : APART_X;
    layout.xaxis = { ...axisOf(meta.x, x, plot.width, wide), anchor: frame.panels.at(-1).axis };
    const marks = vertical(frame, x);
    frame.x = x;
    return {
      data: specs,
      layout: {
        ...layout, shapes: [...zeros(frame, x), ...diagonal(frame, x), ...marks.map((mark) => mark.shape)],
        annotations: [...titles(frame), ...marks.map((mark) => mark.note)],
      },
    };
  };

  // Reading: the pointer finds the nearest point, keys go from one to the next
  const inPixels = (frame) => {
    const panel = frame.panels.at(-1);
    return (frame.meta.points ?? []).map(([x, y, read]) => ({
      read, x, y, left: frame.margin.l + frame.plot.width * share(frame.meta.x, frame.x, x),
      top: frame.margin.t + panel.y0 + panel.tall * (1 - share(panel, panel.range, y)),
    }));
  };
  const ringOf = (box) => box.querySelector(".pointed")
    ?? box.appendChild(Object.assign(document.createElement("div"), { className: "pointed" }));
  const show = (box, i, pointing) => {
    const { points, id } = placed.get(box), point = points[i];
    const style = { display: pointing ? "block" : "none", left: `${point.left}px`, top: `${point.top}px` };
    Object.assign(ringOf(box).style, style);
    Charts.readOut(id, point.read);
    box.setAttribute("aria-valuenow", String(i));
    box.setAttribute("aria-valuetext", Charts.spoken(point.read));
    placed.get(box).at = i;
  };
  const nearestTo = (points, left, top) =>
    points.reduce((best, point, i) => {
      const apart = (point.left - left) ** 2 + (point.top - top) ** 2;
      return apart < best.apart ? { i, apart } : best;
    }, { i: 0, apart: Infinity }).i;
  const next = (points, order, at, key) => {
    const place = order.indexOf(at);
    if (key === "Home") return order[0];
    if (key === "End") return order.at(-1);
    if (key === "ArrowRight" || key === "ArrowLeft") return order[place + (key === "ArrowRight" ? 1 : -1)] ?? at;
    if (key === "ArrowUp" || key === "ArrowDown") {
      const { x, y } = points[at], way = key === "ArrowUp" ? 1 : -1;
      const same = order.filter((i) => points[i].x === x && way * (points[i].y - y) > 0);
      return same.sort((p, q) => way * (points[p].y - points[q].y))[0] ?? at;
    }
    return null;
  };
  const wire = (box) => {
    const held = () => placed.get(box);
    const attributes = { role: "slider", tabindex: "0", "aria-valuemin": "0", "aria-valuemax": String(held().points.length - 1) };
    Object.entries(attributes).forEach(([name, value]) => box.setAttribute(name, value));
    box.addEventListener("pointermove", (event) => {
      const { left, top } = box.getBoundingClientRect();
      show(box, nearestTo(held().points, event.clientX - left, event.clientY - top), true);
    });
    box.addEventListener("pointerleave", () => show(box, held().home, false));
    box.addEventListener("blur", () => show(box, held().home, false));
    box.addEventListener("keydown", (event) => {
      const goal = event.key === "Escape" ? held().home : next(held().points, held().order, held().at, event.key);
      if (goal === null) return;
      event.preventDefault();
      show(box, goal, event.key !== "Escape");
    });
  };
  const drawn = (box, frame, first) => {
    const points = inPixels(frame), { id, at: home } = frame.meta;
    if (!points.length) return;
    const order = points.map((_, i) => i).sort((p, q) => points[p].x - points[q].x || points[p].y - points[q].y);
    placed.set(box, { id, points, order, home, at: home });
    if (first) wire(box);
    show(box, home, false);
  };

  Figures.kinds.plain = { view, drawn };
})();
