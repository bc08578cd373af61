"use strict";
// The filters of the gallery: a line is shown if it has the words sought and each of the values chosen.
(() => {
  const find = document.getElementById("find"), table = document.querySelector("table.gallery");
  if (!find || !table) return;
  const choices = [...document.querySelectorAll("select[data-filter]")];
  const rows = [...table.tBodies[0].rows].map((row) => ({ row, text: row.textContent.toLowerCase() }));
  const shown = document.getElementById("shown"), none = document.getElementById("none");
  const clear = document.getElementById("clear");
  const apply = () => {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    const asked = choices.filter((choice) => choice.value !== "");
    let left = 0;
    for (const { row, text } of rows) {
      const found = words.every((word) => text.includes(word));
      row.hidden = !(found && asked.every((choice) => row.dataset[choice.dataset.filter] === choice.value));
      left += !row.hidden;
    }
    const narrowed = words.length + asked.length > 0;
    shown.textContent = narrowed ? `${left} of ${rows.length} lines` : `${rows.length} ${rows.length === 1 ? "line" : "lines"}`;
    clear.hidden = !narrowed;
    none.hidden = left > 0;
  };
  const showAll = () => {
    find.value = "";
    for (const choice of choices) choice.value = "";
    apply();
    find.focus();
  };
  let timer;
  find.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(apply, 80);
  });
  for (const choice of choices) choice.addEventListener("change", apply);
  clear.addEventListener("click", showAll);
  document.getElementById("clear-too").addEventListener("click", showAll);
  apply(); // a browser may have kept what was filled in
})();
