"use strict";
// Definitions where the words stand: shown to a pointer, the focus and a touch, closed by Escape. Their text is that of
// the section of terms, which the words also lead to and which describes them to a screen reader.
(() => {
  const words = [...document.querySelectorAll("main [aria-describedby^=term-]")];
  if (!words.length) return;
  const tip = Object.assign(document.createElement("div"), { id: "tip", hidden: true });
  tip.setAttribute("role", "tooltip");
  document.querySelector("main").append(tip);
  const GAP = 6, EDGE = 12, LINGER = 200;
  let owner = null, before = null, touched = false, timer = 0;

  const place = () => {
    const word = owner.getBoundingClientRect(), box = tip.getBoundingClientRect();
    const room = document.documentElement.clientWidth - box.width - EDGE;
    const below = word.bottom + GAP, above = word.top - GAP - box.height;
    const top = below + box.height > innerHeight && above > 0 ? above : below;
    tip.style.left = `${scrollX + Math.max(EDGE, Math.min(word.left, room))}px`;
    tip.style.top = `${scrollY + top}px`;
  };
  const hide = () => {
    clearTimeout(timer);
    tip.hidden = true;
    owner = null;
  };
  const stay = () => clearTimeout(timer);
  const leave = () => {
    clearTimeout(timer);
    timer = setTimeout(hide, LINGER);
  };
  const show = (word) => {
    clearTimeout(timer);
    owner = word;
    tip.textContent = document.getElementById(word.getAttribute("aria-describedby")).textContent;
    tip.style.left = tip.style.top = "0";
    tip.hidden = false;
    place();
  };
  for (const word of words) {
    word.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && show(word));
    word.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && leave());
    word.addEventListener("focus", () => word.matches(":focus-visible") && show(word));
    word.addEventListener("blur", leave);
    word.addEventListener("pointerdown", (event) => {
      touched = event.pointerType !== "mouse";
      before = owner;
    });
    // The first touch shows the definition, the second follows the link as a click does; a button acts either way.
    word.addEventListener("click", (event) => {
      const reading = touched && before !== word;
      touched = false;
      if (reading && word.localName === "a") event.preventDefault();
      if (reading) show(word);
      else if (word.localName === "a") hide();
    });
  }
  tip.addEventListener("pointerenter", stay);
  tip.addEventListener("pointerleave", leave);
  document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
  document.addEventListener("pointerdown", (event) => {
    if (owner && !tip.contains(event.target) && !owner.contains(event.target)) hide();
  });
  addEventListener("resize", hide);
})();
