"use strict";
// From a figure's description to Plotly's data and layout, and the drawing itself.
const Figures = (() => {
  const { run, state, frames, valuesOf } = Charts;
  const OPTIONS = { displayModeBar: false, doubleClick: false, showTips: false };

  // Colours: Plotly takes no CSS variables, so each is read from a probe element in the theme at hand.
  const MIXED = /^color\(srgb ([\d.e-]+) ([\d.e-]+) ([\d.e-]+)\)$/;
  const plain = (colour) => {
    const mixed = MIXED.exec(colour);
    return mixed ? `rgb(${mixed.slice(1).map((part) => Math.round(255 * part))})` : colour;
  };
  const inTheme = (value) => {
    const probe = document.body.appendChild(document.createElement("i")), known = {};
    const read = (name) => {
      probe.style.color = `var(${name})`;
      return (known[name] ??= plain(getComputedStyle(probe).color));
    };
    const resolved = (item) => {
      if (typeof item === "string") return item.replace(/var\((--[\w-]+)\)/g, (_, name) => read(name));
      if (Array.isArray(item)) return item.map(resolved);
      if (!item || typeof item !== "object") return item;
      return Object.fromEntries(Object.entries(item).map(([key, inner]) => [key, resolved(inner)]));
    };
    const themed = resolved(value);
    probe.remove();
    return themed;
  };

  const named = (panel) => ({
    domain: panel.domain, range: panel.range, fixedrange: true, showline: false, showgrid: false, zeroline: false,
    tickmode: "array", tickvals: [0.5], ticktext: [`<b>${panel.name}</b>`], ticks: "",
  });
  const yAxis = (frame, panel) => {
    const [low, high] = panel.range, few = frame.meta.small || panel.tall < 150;
    const ticks = panel.logged ? Charts.logTicks(low, high) : Charts.niceTicks(low, high, few ? 3 : 5);
    const tickvals = ticks.filter((v) => v >= low - 1e-9 && v <= high + 1e-9), { height } = frame.plot;
    const domain = [Math.max(0, 1 - (panel.y0 + panel.tall) / height), 1 - panel.y0 / height];
    if (panel.name) return named({ ...panel, domain });
    return {
      domain,
      type: panel.logged ? "log" : "linear", range: panel.logged ? panel.range.map(Math.log10) : panel.range,
      tickmode: "array", tickvals, ticktext: Charts.tickText(panel, tickvals), ticks: "",
      fixedrange: true, showline: false, gridcolor: "var(--rule)",
      zeroline: Boolean(panel.zero), zerolinecolor: "var(--ink-3)", zerolinewidth: 1,
    };
  };
  const xAxis = (frame) => ({
    type: "date", range: [run.dates[state.from], run.dates[state.to]], anchor: frame.panels.at(-1).axis,
    showgrid: false, zeroline: false, ticks: "outside", ticklen: 5, tickcolor: "var(--rule-2)", tickangle: 0,
    ...Charts.yearTicks(frame.plot.width),
  });
  const base = (frame) => ({
    width: frame.width, height: frame.height, margin: { ...frame.margin, pad: 4 }, xaxis: xAxis(frame),
    showlegend: false, hovermode: false, bargap: 0, barmode: "overlay",
    dragmode: matchMedia("(pointer: coarse)").matches ? false : "zoom",
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
    font: {
      family: getComputedStyle(document.documentElement).getPropertyValue("--sans"),
      size: frame.meta.small ? 11 : 12, color: "var(--ink-2)",
    },
  });

  const around = (frame, panel, traces) => {
    const joins = Marks.joins(frame, panel), borders = Marks.borders(frame, panel);
    const labels = Marks.drawnLabels(frame, Marks.endLabels(frame, panel, traces));
    const title = panel.title ? [Marks.note(frame, 0, panel.y0 - 11, `<b>${panel.title}</b>`, "var(--ink)")] : [];
    const troughs = panel.top === 0 ? Marks.troughs(frame, panel) : [];
    return {
      shapes: [...borders.shapes, ...Marks.thresholds(frame, panel), ...joins.shapes, ...labels.shapes],
      notes: [...borders.notes, ...title, ...troughs, ...Marks.heldNames(frame, panel), ...joins.notes, ...labels.notes],
    };
  };
  const view = (frame, specs) => {
    const layout = base(frame), shapes = [], annotations = [], data = [];
    for (const panel of frame.panels) {
      const own = specs.filter((spec) => (spec.yaxis ?? "y") === panel.axis);
      const traces = own.map((spec) => ({ spec, y: valuesOf(spec.meta) }));
      panel.logged = Boolean(panel.log && state.log);
      panel.range ??= Charts.extent(panel, traces);
      layout[panel.key] = yAxis(frame, panel);
      data.push(...traces.map(({ spec, y }) => ({ ...spec, x: run.dates, y })));
      shapes.push(...Marks.tints(frame, panel));
      if (frame.meta.small) continue;
      const more = around(frame, panel, traces);
      shapes.push(...more.shapes);
      annotations.push(...more.notes);
    }
    if (frame.meta.ribbon) {
      data.push(...Marks.ribbon());
      const domain = [1 - 7 / frame.plot.height, 1];
      layout.yaxis9 = { domain, range: [-0.5, 0.5], visible: false, fixedrange: true, anchor: "x" };
      annotations.push(...Marks.ribbonNames(frame));
    }
    return { data, layout: { ...layout, shapes, annotations } };
  };

  const asTime = (edge) => Date.parse(/[T ]/.test(edge) ? `${String(edge).replace(" ", "T")}Z` : edge);
  const wireZoom = (box, zoomed) => {
    box.on("plotly_relayout", (change) => {
      const edges = [change["xaxis.range[0]"], change["xaxis.range[1]"]];
      if (edges[0] !== undefined) zoomed(...edges.map((edge) => Charts.nearest(asTime(edge))));
    });
    box.on("plotly_doubleclick", () => zoomed(0, Charts.end));
  };

  // A figure's kind says how it is seen, and what is done once it is drawn; those over time have none.
  const kinds = {
    undefined: {
      view,
      drawn: (box, frame, first, zoomed) => {
        frames.set(box, frame);
        if (first && !frame.meta.small) wireZoom(box, zoomed);
      },
    },
  };
  const draw = (box, zoomed) => {
    const { meta, data: specs } = run.figures.find((figure) => figure.id === box.dataset.figure);
    const frame = Charts.geometry(meta, box), kind = kinds[meta.kind];
    const { data, layout } = inTheme(kind.view(frame, specs)), first = !box.classList.contains("js-plotly-plot");
    Plotly.react(box, data, layout, { ...OPTIONS, staticPlot: Boolean(meta.small || meta.kind) });
    box.classList.remove("waiting");
    kind.drawn(box, frame, first, zoomed);
  };

  return { draw, base, kinds };
})();
