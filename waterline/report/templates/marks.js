"use strict";
// What stands on and around the lines: ribbon, tints, names, labels. Each returns Plotly shapes or annotations.
const Marks = (() => {
  const { run, days, state, across, down } = Charts;
  const NAME_WIDTH = 46, SMALLEST = 0.005;
  const family = getComputedStyle(document.documentElement).getPropertyValue("--sans");
  const ruler = document.createElement("canvas").getContext("2d");
  const widthOf = (text, strong) => {
    ruler.font = `${strong ? 700 : 400} 12px ${family}`;
    return ruler.measureText(text).width;
  };

  const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;"); // Plotly reads tags in text
  const note = (frame, x, y, text, colour, more = {}) => ({
    xref: "paper", yref: "paper", x: x / frame.plot.width, y: 1 - y / frame.plot.height, text, showarrow: false,
    xanchor: "left", yanchor: "middle", font: { color: colour, size: 12 }, ...more,
  });
  const line = (frame, x0, y0, x1, y1, colour, more = {}) => ({
    type: "line", xref: "paper", yref: "paper", x0: x0 / frame.plot.width, x1: x1 / frame.plot.width,
    y0: 1 - y0 / frame.plot.height, y1: 1 - y1 / frame.plot.height, line: { color: colour, width: 1, ...more },
  });
  const clipped = (frame, { start, stop }) => [
    Math.max(0, across(frame, start)), Math.min(frame.plot.width, across(frame, stop)),
  ];

  // The ribbon is a bar trace, because shapes cannot be hatched.
  const ribbonOf = (name, color, shape) => {
    const spells = Charts.spells.filter((spell) => spell.state === name);
    return {
      type: "bar", orientation: "h", yaxis: "y9", hoverinfo: "skip", showlegend: false, width: 1,
      y: spells.map(() => 0), base: spells.map((spell) => spell.from),
      x: spells.map((spell) => spell.stop - spell.start),
      marker: {
        color, line: { color: "var(--paper)", width: 1 },
        pattern: { shape, fgcolor: "var(--paper)", bgcolor: color, size: 5, solidity: 0.35 },
      },
    };
  };
  const ribbon = () => [ribbonOf("ample", "var(--water)", ""), ribbonOf("scarce", "var(--dry)", "/")];
  const ribbonNames = (frame) => {
    const names = [], widest = {};
    for (const spell of Charts.visible(Charts.spells)) {
      const [x0, x1] = clipped(frame, spell);
      if (x1 - x0 > (widest[spell.state]?.wide ?? 0)) widest[spell.state] = { wide: x1 - x0, x0 };
    }
    const states = [["scarce", "hatched: scarce", "var(--dry)"], ["ample", "plain: ample", "var(--water)"]];
    for (const [name, beside, colour] of states)
      if (widest[name]?.wide > NAME_WIDTH) names.push(note(frame, widest[name].x0, 16, name, colour));
      else if (widest[name] && !names.length) names.push(note(frame, frame.plot.width + 8, 4, beside, colour));
    return names;
  };

  const tint = (panel, span, colour, edge) => ({
    type: "rect", layer: "below", xref: "x", yref: `${panel.axis} domain`, x0: span.from, x1: span.to, y0: 0, y1: 1,
    fillcolor: colour, line: { width: edge, color: colour },
  });
  const tints = (frame, panel) => {
    const scarce = Charts.visible(Charts.spells).filter((spell) => spell.state === "scarce");
    const silent = frame.meta.held ? Charts.visible(Charts.held) : [];
    return [
      ...scarce.map((span) => tint(panel, span, "var(--dry-2)", 0)),
      ...silent.map((span) => tint(panel, span, "var(--rule)", 1)),
    ];
  };
  const heldNames = (frame, panel) => (frame.meta.held ? Charts.visible(Charts.held) : []).flatMap((span) => {
    const [x0, x1] = clipped(frame, span), centred = { xanchor: "center" };
    return x1 - x0 < 60 ? [] : [note(frame, (x0 + x1) / 2, panel.y0 + 12, "no score", "var(--ink-2)", centred)];
  });

  const thresholds = (frame, panel) => (panel.lines ?? []).map(({ y, colour }) => {
    const at = down(panel, y);
    return line(frame, 0, at, frame.plot.width, at, colour, { width: 1.3, dash: "5px,4px" });
  });

  // Labels at the right end of each line or area
  const fitted = (frame, name, value, strong) => {
    const pixels = frame.margin.r - (frame.meta.swatches ? 26 : 10);
    let words = `${name} ${value}`;
    for (let kept = name.length - 1; kept > 0 && widthOf(words, strong) > pixels; kept--)
      words = `${name.slice(0, kept).trimEnd()}… ${value}`;
    return strong ? `<b>${escaped(words)}</b>` : escaped(words);
  };
  const lineLabel = (frame, panel, { spec, y }) => {
    const { label, short, format } = spec.meta, i = Charts.lastIn(y), colour = spec.meta.colour ?? spec.line.color;
    if (!label || i === null) return [];
    const name = frame.wide ? label : short ?? label, strong = colour === "var(--ink)";
    const narrow = spec.meta.error ? "" : Charts.written(y[i], format); // no ratio without its error
    const value = frame.wide ? Charts.reading(spec.meta, i) : narrow;
    return [{ y: down(panel, y[i]), text: fitted(frame, name, value, strong), colour }];
  };
  const areaLabels = (frame, panel, traces) => {
    let above = 0, below = 0;
    return traces.filter(({ spec }) => spec.meta.label).flatMap(({ spec }) => {
      const value = run.series[spec.meta.series][state.to];
      if (!(Math.abs(value) >= SMALLEST)) return [];
      const at = (value < 0 ? below : above) + value / 2;
      if (value < 0) below += value;
      else above += value;
      const text = fitted(frame, spec.meta.label, Charts.written(value, spec.meta.format), false);
      return [{ y: down(panel, at), text, colour: spec.fillcolor }];
    });
  };
  const endLabels = (frame, panel, traces) => {
    const labels = [
      ...traces.filter(({ spec }) => !spec.stackgroup).flatMap((trace) => lineLabel(frame, panel, trace)),
      ...areaLabels(frame, panel, traces.filter(({ spec }) => spec.stackgroup)),
      ...(panel.lines ?? []).map((item) => (
        { y: down(panel, item.y), text: frame.wide ? item.text : item.short, colour: item.colour }
      )),
    ];
    labels.forEach((label) => { label.anchor = label.y; });
    return Charts.spread(labels, Charts.LINE, panel.y0 + 4, panel.y0 + panel.tall - 2);
  };
  const drawnLabels = (frame, labels) => {
    const right = frame.plot.width;
    const words = labels.map(({ y, text, colour }) => note(frame, right + 8, y, text, colour));
    if (!frame.meta.swatches) return { shapes: [], notes: words };
    const shapes = labels.flatMap(({ y, anchor, colour }) => [
      line(frame, right + 2, anchor, right + 10, y, "var(--rule-2)"),
      line(frame, right + 11, y, right + 19, y, colour, { width: 9 }),
    ]);
    return { shapes, notes: labels.map(({ y, text }) => note(frame, right + 24, y, text, "var(--ink-2)")) };
  };

  // The two deepest drawdowns, named under their troughs, side by side where they are close
  const troughs = (frame, panel) => {
    const shown = (frame.meta.troughs ?? []).map((mark) => ({ ...mark, time: Date.parse(mark.x) }));
    const marks = shown
      .filter(({ time }) => time >= days[state.from] && time <= days[state.to])
      .map((mark) => ({ ...mark, at: across(frame, mark.time), half: widthOf(mark.text, false) / 2 }))
      .sort((p, q) => p.at - q.at);
    const [first, second] = marks, inside = (at, half) => Math.min(frame.plot.width - half, Math.max(half, at));
    marks.forEach((mark) => { mark.at = inside(mark.at, mark.half); });
    const short = second ? first.half + second.half + 8 - (second.at - first.at) : 0;
    if (short > 0) {
      const both = inside((first.at - first.half + second.at + second.half) / 2, first.half + second.half + 4);
      first.at = both - second.half - 4;
      second.at = both + first.half + 4;
    }
    const y = panel.y0 + panel.tall - 8;
    return marks.map((mark) => note(frame, mark.at, y, mark.text, mark.colour, { xanchor: "center" }));
  };

  // Where a pillar that was missing at the start comes in
  const joins = (frame, panel) => {
    const late = (frame.meta.joins ?? []).map((join) => ({ ...join, time: Date.parse(join.x) }));
    const inside = late.filter(({ time }) => time > days[state.from] && time < days[state.to]);
    const marks = inside.map(({ time, text }, place) => {
      const at = across(frame, time), foot = panel.y0 + panel.tall, y = foot - 14 - place * Charts.LINE;
      const left = at > frame.plot.width - 130, side = { xanchor: left ? "right" : "left" };
      const named = note(frame, at + (left ? -5 : 5), y, escaped(text), "var(--ink-2)", side);
      return { shape: line(frame, at, y - 12, at, foot, "var(--ink-3)"), named };
    });
    return { shapes: marks.map((mark) => mark.shape), notes: marks.map((mark) => mark.named) };
  };

  // Where one stretch of the line ends and the next begins, each with its name where there is room
  const borders = (frame, panel) => {
    const all = (frame.meta.borders ?? []).map((border) => ({ ...border, time: Date.parse(border.x) }));
    const edges = all.filter(({ time }) => time > days[state.from] && time < days[state.to]);
    const ends = [...edges.map(({ time }) => across(frame, time)), frame.plot.width];
    const foot = panel.y0 + panel.tall, named = panel === frame.panels[0];
    const begun = all.findLast(({ time }) => time <= days[state.from]);
    const starts = [...(begun ? [{ at: 0, text: begun.text }] : []), ...edges.map(({ text }, k) => ({ at: ends[k], text }))];
    const roomy = starts.filter(({ at }) => (ends.find((end) => end > at) ?? at) - at > 14 + 7 * all.length.toString().length);
    return {
      shapes: edges.map((_, k) => line(frame, ends[k], panel.y0, ends[k], foot, "var(--ink-3)", { dash: "1px,3px" })),
      notes: named ? roomy.map(({ at, text }) => note(frame, at + 4, foot - 9, escaped(text), "var(--ink-3)")) : [],
    };
  };

  return {
    note, line, escaped, widthOf, ribbon, ribbonNames, tints, heldNames, thresholds, endLabels, drawnLabels, troughs, joins,
    borders,
  };
})();
