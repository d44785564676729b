// A table that fits its place needs no scrolling of its own, and then its head stays in sight.
function measure() {
  for (const wrap of document.querySelectorAll(".table-wrap")) {
    wrap.removeAttribute("data-fits");
    if (wrap.scrollWidth <= wrap.clientWidth) wrap.dataset.fits = "";
    else wrap.tabIndex = 0;
  }
}

measure();
addEventListener("resize", measure);
document.addEventListener("htmx:afterSettle", measure);
