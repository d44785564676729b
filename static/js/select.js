// Rows that are selected: those of this page by their boxes, those of other pages and searches from the memory of this
// tab. `all` is the search of which all rows are selected, on whatever page they stand.
const MOST = 10_000;
const form = document.getElementById("selection");
const memory = `selection:${form?.dataset.of}`;
const bar = () => document.getElementById("selection-bar");
const boxes = (part = document) => [...part.querySelectorAll("input[name=ids][value]")];

let ids = new Set();
let all;
let last; // the box that was ticked before, from which a range goes
let range = false;
let fewer = false; // whether there were all, before one was taken out

function recall() {
  const kept = JSON.parse(sessionStorage.getItem(memory) ?? "{}");
  ids = new Set(kept.ids);
  all = kept.all;
  show();
}

function keep() {
  sessionStorage.setItem(memory, JSON.stringify({ ids: [...ids], all }));
  show();
}

function show() {
  const list = bar();
  if (!list) return;
  const rows = boxes();
  const whole = all === list.dataset.matching;
  for (const box of rows) box.checked = whole || ids.has(box.value);
  const ticked = rows.filter((box) => box.checked).length;
  for (const head of document.querySelectorAll("[data-select-page]")) {
    const own = boxes(head.closest("table"));
    head.checked = own.length > 0 && own.every((box) => box.checked);
    head.indeterminate = !head.checked && own.some((box) => box.checked);
  }
  const offer = list.querySelector("label");
  if (offer) {
    offer.hidden = !ticked || ticked < rows.length || whole;
    offer.control.checked = whole;
  }
  const count = list.querySelector("[role=status]");
  const number = ids.size.toLocaleString(document.documentElement.lang);
  const some = fewer || all !== undefined ? count.dataset.fewer : count.dataset.some;
  count.textContent = whole ? count.dataset.all : some.replace("{count}", number);
  list.toggleAttribute("data-open", whole || ids.size > 0);
}

function set(box, on) {
  if (!on) ids.delete(box.value);
  else if (ids.size < MOST) ids.add(box.value);
  else document.dispatchEvent(new CustomEvent("trouble", { detail: bar().dataset.tooMany }));
}

function tick(box) {
  const rows = boxes();
  // Whoever takes one row out of all begins with those of this page.
  if (all !== undefined) for (const row of rows) set(row, true);
  fewer ||= all !== undefined;
  const [from, to] = [rows.indexOf(last), rows.indexOf(box)].sort((one, other) => one - other);
  for (const row of range && from >= 0 ? rows.slice(from, to + 1) : [box]) set(row, box.checked);
  all = undefined;
  last = box;
}

function clear() {
  ids.clear();
  all = last = undefined;
  fewer = false;
  keep();
}

if (form) {
  document.addEventListener("click", (event) => {
    range = event.shiftKey;
    if (!event.target.closest("[data-select-none]")) return;
    clear();
    document.querySelector("[data-select-page]")?.focus();
  });

  document.addEventListener("change", ({ target }) => {
    if (target.name === "all") {
      all = target.checked ? bar().dataset.matching : undefined;
      fewer = false;
    } else if (target.matches("[data-select-page]")) {
      all = undefined;
      for (const box of boxes(target.closest("table"))) set(box, target.checked);
    } else if (target.name === "ids") tick(target);
    else return;
    keep();
  });

  // What is sent: the boxes of this page send themselves, here come the others.
  form.addEventListener("formdata", ({ formData }) => {
    const here = new Set(boxes().map((box) => box.value));
    const others = [...ids].filter((id) => !here.has(id));
    if (others.length) formData.append("ids", others.join(" "));
  });

  // Once something is done with the selection it is gone; the answer says so.
  document.addEventListener("selectionDone", clear);

  document.addEventListener("htmx:afterSwap", show);
  // A page that comes back as it was left does not know what was done since.
  addEventListener("pageshow", recall);
  recall();
}
