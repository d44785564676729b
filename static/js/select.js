// Boxes of rows: all on the page, how many there are, and what cannot be used without a selection.
const boxes = () => [...document.querySelectorAll("input[name=selected]")];

function refresh() {
  const all = boxes();
  const count = all.filter((box) => box.checked).length;
  for (const head of document.querySelectorAll("[data-select-all]")) {
    head.checked = count > 0 && count === all.length;
    head.indeterminate = count > 0 && count < all.length;
  }
  for (const place of document.querySelectorAll("[data-selected-count]")) {
    place.textContent = place.dataset.selectedCount.replace("{count}", count.toLocaleString(document.documentElement.lang));
  }
  for (const offer of document.querySelectorAll("[data-offer-all]")) offer.hidden = count < all.length;
  for (const control of document.querySelectorAll("[data-needs-selection]")) {
    control.disabled = count === 0;
    const reason = document.getElementById(control.getAttribute("aria-describedby"));
    if (reason) reason.hidden = count > 0;
  }
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-select-all]")) {
    for (const box of boxes()) box.checked = event.target.checked;
  }
  if (event.target.matches("[data-select-all], input[name=selected]")) refresh();
});

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-select-none]")) return;
  for (const box of boxes()) box.checked = false;
  refresh();
});

document.addEventListener("htmx:afterSettle", refresh);
addEventListener("pageshow", refresh);
