// A field for a file shows what was chosen, and refuses what is too large before it is sent.
function size(bytes) {
  const units = ["kilobyte", "megabyte"];
  const power = bytes < 1e6 ? 1 : 2;
  return new Intl.NumberFormat(document.documentElement.lang, {
    style: "unit", unit: units[power - 1], maximumFractionDigits: 1,
  }).format(bytes / 1000 ** power);
}

document.addEventListener("change", (event) => {
  const drop = event.target.closest("[data-drop]");
  const file = drop && event.target.files?.[0];
  if (!drop) return;
  const output = drop.querySelector("output");
  const tooLarge = Boolean(file && drop.dataset.limit && file.size > Number(drop.dataset.limit));
  drop.toggleAttribute("data-refused", tooLarge);
  event.target.setCustomValidity(tooLarge ? drop.dataset.tooLarge : "");
  if (tooLarge) output.textContent = drop.dataset.tooLarge;
  else output.textContent = file ? `${file.name} · ${size(file.size)}` : "";
});

for (const [name, over] of [["dragenter", true], ["dragleave", false], ["drop", false]]) {
  document.addEventListener(name, (event) => {
    event.target.closest?.("[data-drop]")?.toggleAttribute("data-over", over);
  });
}
