// Rows that are selected: those of this page by their boxes, those of other pages and searches from the memory of this
// tab. `all` is the search of which all rows are selected, on whatever page they stand.
const MOST = 10_000;
const memory = () => `selection:${document.getElementById("selection").dataset.of}`;
const boxes = () => [...document.querySelectorAll("input[type=checkbox][name=ids]")];
const bar = () => document.getElementById("selection-bar");
const allBox = () => bar()?.querySelector("input[name=all]");

let ids = new Set();
let all = null;
let last = null; // the box that was ticked before, from which a range goes
let range = false;

function recall() {
  const kept = JSON.parse(sessionStorage.getItem(memory()) ?? "{}");
  ids = new Set(kept.ids);
  all = kept.all ?? null;
}

function keep() {
  if (ids.size || all !== null) sessionStorage.setItem(memory(), JSON.stringify({ ids: [...ids], all }));
  else sessionStorage.removeItem(memory());
}

function show() {
  const rows = boxes();
  const list = bar();
  if (!list) return;
  const whole = all === list.dataset.matching;
  for (const box of rows) box.checked = whole || ids.has(box.value);
  const ticked = rows.filter((box) => box.checked).length;
  const head = document.querySelector("[data-select-page]");
  head.checked = ticked > 0 && ticked === rows.length;
  head.indeterminate = ticked > 0 && ticked < rows.length;
  const offer = list.querySelector("[data-all-that-match]");
  if (offer) offer.hidden = ticked < rows.length;
  if (allBox()) allBox().checked = whole;
  const count = list.querySelector("[data-selected]");
  const said = ids.size.toLocaleString(document.documentElement.lang);
  count.textContent = whole ? count.dataset.selectedAll : count.dataset.selected.replace("{count}", said);
  list.toggleAttribute("data-some", whole || ids.size > 0);
}

function clear() {
  ids.clear();
  all = null;
  last = null;
  keep();
  show();
}

function set(box, on) {
  if (!on) ids.delete(box.value);
  else if (ids.size < MOST) ids.add(box.value);
  else document.dispatchEvent(new CustomEvent("trouble", { detail: bar().dataset.tooMany }));
}

function tick(box) {
  const rows = boxes();
  // Whoever takes one row out of all begins with those of this page.
  if (all !== null) for (const row of rows) set(row, true);
  all = null;
  const ends = [rows.indexOf(last), rows.indexOf(box)].sort((one, other) => one - other);
  const touched = range && ends[0] >= 0 ? rows.slice(ends[0], ends[1] + 1) : [box];
  for (const row of touched) set(row, box.checked);
  last = box;
}

document.addEventListener("click", (event) => {
  range = event.shiftKey;
  if (event.target.closest("[data-select-none]")) {
    clear();
    document.querySelector("[data-select-page]")?.focus();
  }
});

document.addEventListener("change", ({ target }) => {
  if (target.matches("input[type=checkbox][name=ids]")) tick(target);
  else if (target.matches("[data-select-page]")) {
    all = null;
    for (const box of boxes()) set(box, target.checked);
  } else if (target === allBox()) all = target.checked ? bar().dataset.matching : null;
  else return;
  keep();
  show();
});

// What is sent: the boxes of this page send themselves, here come the others.
document.getElementById("selection")?.addEventListener("formdata", ({ formData }) => {
  const here = new Set(boxes().map((box) => box.value));
  const others = [...ids].filter((id) => !here.has(id));
  if (others.length) formData.append("ids", others.join(" "));
});

// Once something is done with the selection it is gone.
document.addEventListener("submit", ({ target, submitter }) => {
  const sent = new FormData(target, submitter);
  if (target.closest("#panel") && sent.get("step") === "apply" && (sent.has("ids") || sent.has("all"))) {
    ids.clear();
    all = null;
    keep();
  }
});

if (document.getElementById("selection")) {
  recall();
  show();
  document.addEventListener("htmx:afterSwap", show);
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    recall();
    show();
  });
}
