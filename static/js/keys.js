// Keys of one letter; each person can turn them off in the list of keys (kept in this browser).
const off = () => localStorage.getItem("keys") === "off";
const typing = (target) => target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog");
const rows = () => [...document.querySelectorAll("[data-list] > tbody > tr:not(.row-more), [data-list] > li")];
const current = () => document.activeElement?.closest("[data-list] > tbody > tr, [data-list] > li");

function move(step) {
  const all = rows();
  const next = all[Math.max(0, Math.min(all.length - 1, all.indexOf(current()) + step))];
  next?.querySelector("a[href]")?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

const acts = {
  j: () => move(1),
  k: () => move(-1),
  x: () => current()?.querySelector(".pick input")?.click(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || off() || typing(event.target)) return;
  const marked = [...document.querySelectorAll("[data-key]")].filter((element) => element.dataset.key === event.key);
  const field = marked.at(-1);
  if (!field && !acts[event.key]) return;
  event.preventDefault();
  if (!field) acts[event.key]();
  else if (field.matches("input")) field.focus();
  else field.click();
});

const box = document.querySelector("[data-keys-switch]");
if (box) {
  box.checked = !off();
  box.addEventListener("change", () => localStorage.setItem("keys", box.checked ? "on" : "off"));
}
