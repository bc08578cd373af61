"use strict";
// The page around the charts: theme, sorting, the date cursor, zoom, print. Without it all words and tables remain.
(() => {
  const root = document.documentElement;
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const say = (text) => { one("#say").textContent = text; };
  const press = (buttons, chosen) =>
    buttons.forEach((button) => button.setAttribute("aria-pressed", String(button === chosen)));
  let repaint = () => {};
  root.classList.add("live");

  // Theme
  const system = matchMedia("(prefers-color-scheme: dark)"), themeButton = one("#theme");
  const dark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const applyTheme = () => {
    themeButton.setAttribute("aria-pressed", String(dark()));
    repaint();
  };
  themeButton.addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    applyTheme();
  });
  system.addEventListener("change", applyTheme);
  applyTheme();

  // Sorting: missing figures stay at the end either way
  const order = (row, column) => row.cells[column].dataset.order;
  const compare = (a, b, sign) => {
    if (a === "" || b === "") return (a === "") - (b === "");
    const apart = Number(a) - Number(b);
    return sign * (Number.isNaN(apart) ? a.localeCompare(b) : apart);
  };
  const sort = (table, button) => {
    const head = button.closest("th"), column = head.cellIndex, body = table.tBodies[0];
    const sign = head.getAttribute("aria-sort") === "descending" ? 1 : -1;
    all("th[aria-sort]", table).forEach((other) => other.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
    body.append(...[...body.rows].sort((p, q) => compare(order(p, column), order(q, column), sign)));
    say(`Sorted by ${button.textContent}, ${head.getAttribute("aria-sort")}`);
  };
  for (const table of all("table[data-sortable]"))
    for (const button of all("thead button", table)) button.addEventListener("click", () => sort(table, button));

  // Tables that scroll sideways can be reached, and so scrolled, by keyboard
  const reach = () => all(".frame").forEach((frame) => {
    if (frame.scrollWidth > frame.clientWidth && getComputedStyle(frame).overflowX === "auto") {
      const label = one("caption", frame)?.textContent ?? "Table";
      Object.entries({ tabindex: "0", role: "group", "aria-label": label }).forEach((pair) => frame.setAttribute(...pair));
    } else ["tabindex", "role", "aria-label"].forEach((name) => frame.removeAttribute(name));
  });
  all("details").forEach((detail) => detail.addEventListener("toggle", reach));
  addEventListener("resize", reach);
  reach();

  // Section bar
  const links = all(".bar nav a");
  const mark = (id) => links.forEach((link) => {
    if (link.hash === `#${id}`) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  });
  const watch = new IntersectionObserver(
    (seen) => seen.forEach((entry) => entry.isIntersecting && mark(entry.target.id)),
    { rootMargin: "-20% 0px -70% 0px" },
  );
  all("section[id]").forEach((section) => watch.observe(section));

  if (!one("#run")) return;
  const { state, frames, days, end, spells, DAY, YEAR } = Charts;
  const boxes = all(".chart"), slider = one("[data-slider]");
  boxes.forEach((box) => box.classList.add("waiting"));

  // Read-out and cursor
  const readings = (meta, i) => [
    ["", Charts.day(i)], ...(spells.length ? [[Charts.spellAt(i).state, ""]] : []),
    ...meta.read.map((item) => [item.label, Charts.reading(item, i)]),
  ];
  const cursorOf = (box) =>
    one(".cursor", box) ?? box.appendChild(Object.assign(document.createElement("div"), { className: "cursor" }));
  const showCursor = () => {
    const i = state.pointing ? state.at : state.to;
    for (const [box, frame] of frames) {
      const [first, last] = [frame.panels[0], frame.panels.at(-1)];
      Object.assign(cursorOf(box).style, {
        display: state.pointing ? "block" : "none", left: `${frame.margin.l + Charts.across(frame, days[i])}px`,
        top: `${frame.margin.t + first.y0}px`, height: `${last.y0 + last.tall - first.y0}px`,
      });
      Charts.readOut(frame.meta.id, readings(frame.meta, i));
    }
    slider.setAttribute("aria-valuenow", String(i));
    slider.setAttribute("aria-valuetext", Charts.spoken(readings(frames.get(slider).meta, i)));
  };
  const point = (i) => {
    state.pointing = i !== null;
    state.at = Math.max(state.from, Math.min(state.to, i ?? state.to));
    showCursor();
  };

  // Drawing and zoom
  const rangeButtons = all("[data-years]");
  const drawAll = () => {
    boxes.forEach((box) => Figures.draw(box, zoom));
    showCursor();
  };
  const zoom = (from, to, chosen) => {
    state.from = Math.max(0, Math.min(from, to - 2));
    state.to = Math.min(end, Math.max(to, state.from + 2));
    state.at = state.to;
    press(rangeButtons, chosen ?? (state.from === 0 && state.to === end ? rangeButtons[0] : null));
    drawAll();
  };
  const showSpell = (spell) => {
    const room = 0.3 * (spell.stop - spell.start);
    zoom(Charts.nearest(spell.start - room), Charts.nearest(spell.stop + room));
    one("#growth").scrollIntoView();
    say(`Charts show the ${spell.state} spell from ${Charts.day(Charts.nearest(spell.start))}`);
  };
  const wireButtons = () => {
    for (const button of rangeButtons) {
      const years = button.dataset.years === "all" ? null : Number(button.dataset.years) * YEAR;
      button.hidden = years !== null && days[end] - days[0] < years;
      button.addEventListener("click", () => zoom(years === null ? 0 : Charts.nearest(days[end] - years), end, button));
    }
    const scales = all("[data-scale]");
    for (const button of scales)
      button.addEventListener("click", () => {
        state.log = button.dataset.scale === "log";
        press(scales, button);
        all("[data-scaled]").forEach((words) => { words.hidden = words.dataset.scaled !== button.dataset.scale; });
        drawAll();
      });
    for (const button of all("[data-spell]"))
      button.addEventListener("click", () => showSpell(spells[Number(button.dataset.spell)]));
  };
  const wirePointer = (box) => {
    box.addEventListener("pointermove", (event) => {
      const frame = frames.get(box), x = event.clientX - box.getBoundingClientRect().left - frame.margin.l;
      const share = x / frame.plot.width, outside = share < 0 || share > 1;
      point(outside ? null : Charts.nearest(days[state.from] + share * (days[state.to] - days[state.from])));
    });
    box.addEventListener("pointerleave", () => point(null));
  };
  const moved = (key, shift) => {
    const weeks = { ArrowLeft: -1, ArrowRight: 1, PageDown: -13, PageUp: 13 }[key];
    if (key === "Home") return state.from;
    if (key === "End") return state.to;
    if (!weeks) return null;
    const goal = Charts.nearest(days[state.at] + weeks * (shift ? 4 : 1) * 7 * DAY);
    return goal === state.at ? goal + Math.sign(weeks) : goal;
  };
  const wireSlider = () => {
    const label = "Date cursor for all charts", attributes = { role: "slider", tabindex: "0", "aria-label": label };
    Object.assign(attributes, { "aria-valuemin": "0", "aria-valuemax": String(end) });
    Object.entries(attributes).forEach(([name, value]) => slider.setAttribute(name, value));
    slider.addEventListener("keydown", (event) => {
      const goal = moved(event.key, event.shiftKey);
      if (goal === null && event.key !== "Escape") return;
      event.preventDefault();
      if (goal === null) zoom(0, end);
      else point(goal);
    });
    slider.addEventListener("blur", () => point(null));
  };
  const wireWidth = () => {
    let timer, width = innerWidth;
    addEventListener("resize", () => {
      if (innerWidth === width) return;
      width = innerWidth;
      clearTimeout(timer);
      timer = setTimeout(drawAll, 120);
    });
  };

  // Print: light colours, one width, then back
  let before;
  addEventListener("beforeprint", () => {
    before = root.dataset.theme;
    root.dataset.theme = "light";
    state.printing = true;
    repaint();
  });
  addEventListener("afterprint", () => {
    if (before) root.dataset.theme = before;
    else delete root.dataset.theme;
    state.printing = false;
    repaint();
  });

  // The drawing library travels packed; an inline script may run it, its digest is in the content security policy.
  const unpack = async () => {
    const packed = Uint8Array.from(atob(one("#library").textContent), (letter) => letter.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
    const script = document.createElement("script");
    script.textContent = await new Response(stream).text();
    document.head.append(script);
  };
  const start = () => {
    drawAll();
    wireButtons();
    boxes.filter((box) => frames.has(box)).forEach(wirePointer);
    wireSlider();
    wireWidth();
    repaint = drawAll;
    root.dataset.charts = "drawn";
  };
  unpack().then(start).catch((error) => {
    for (const box of boxes) {
      box.className = "chart failed";
      box.textContent = "This browser cannot draw the chart; the tables hold its numbers.";
    }
    console.error(error);
  });
})();
