// A tree of boxes: whoever takes a thing takes what lies beneath it, and whoever takes something of that takes the thing.
// A box is half on while some beneath it are off; the one at the head of a group is on all of it.
function tree({ target }) {
  const group = target.closest("[data-tree]");
  if (!group || target.type !== "checkbox") return;
  const beneath = target.matches("[data-tree-all]") ? group : target.closest("li")?.querySelector("ul");
  for (const box of beneath?.querySelectorAll("li input:enabled") ?? []) box.checked = target.checked;
  const above = target.closest("ul ul")?.closest("li").querySelector("input:enabled");
  if (above && target.checked) above.checked = true;
  halves();
  count();
}

// How many are chosen, those on the page and those elsewhere, in the bar below.
function count() {
  const told = document.querySelector("[data-tree-chosen]");
  if (!told) return;
  const here = document.querySelectorAll("[data-tree] li input:enabled:checked").length;
  const number = Number(told.dataset.treeChosen) + here;
  const words = number > 0 && number === Number(told.dataset.movable) ? told.dataset.all : told.dataset.some;
  told.textContent = words.replace("{count}", number.toLocaleString(document.documentElement.lang));
}

function halves() {
  for (const group of document.querySelectorAll("[data-tree]")) {
    const half = (box, beneath, on) => {
      const boxes = [...beneath.querySelectorAll("li input:enabled")];
      const some = boxes.filter((one) => one.checked).length;
      if (on) box.checked = boxes.length > 0 && some === boxes.length;
      box.indeterminate = some < boxes.length && (on ? some > 0 : box.checked);
    };
    for (const beneath of group.querySelectorAll("li > ul")) half(beneath.closest("li").querySelector("input"), beneath);
    const all = group.querySelector("[data-tree-all]");
    if (all) half(all, group, true);
  }
}

halves();
document.addEventListener("change", tree);
