// What only a script can do with a row is put there by one: each template with data-into is copied to the beginning of
// the cells that it names. In templates __id__ stands for the last part of the address of the row, __name__ for its name.
const NAMES = ["href", "hx-get", "data-copy", "aria-label"];

function copied(template, row) {
  const link = row.querySelector("a[href]");
  const words = { __id__: link.pathname.split("/").at(-2), __name__: link.textContent };
  const copy = template.content.firstElementChild.cloneNode(true);
  for (const element of [copy, ...copy.querySelectorAll("*")]) {
    for (const name of NAMES) {
      const text = element.getAttribute(name);
      if (text) element.setAttribute(name, text.replace(/__id__|__name__/g, (word) => words[word]));
    }
  }
  return copy;
}

function furnish() {
  for (const template of document.querySelectorAll("template[data-into]")) {
    for (const cell of document.querySelectorAll(`:is(${template.dataset.into}):not(:has(button))`)) {
      cell.prepend(copied(template, cell.closest("tr")));
    }
  }
}

// A row opens to a second one, made from the template that data-expand names when it is asked for.
function opened(button) {
  const row = button.closest("tr");
  const more = copied(document.getElementById(button.dataset.expand), row);
  more.id = `more-${row.rowIndex}`;
  more.hidden = true;
  button.setAttribute("aria-controls", more.id);
  row.after(more);
  window.htmx?.process(more);
  return more;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-expand]");
  if (!button) return;
  const more = document.getElementById(button.getAttribute("aria-controls")) ?? opened(button);
  more.hidden = !more.hidden;
  button.setAttribute("aria-expanded", String(!more.hidden));
});

// When a row was corrected and is gone, the next one that has a problem gets the focus.
let place = 0;

document.addEventListener("htmx:beforeRequest", ({ target }) => {
  const more = target.closest?.(".row-more");
  place = more ? document.querySelector(`[hx-target="#${more.id}"]`).closest("tr").rowIndex : 0;
});
document.addEventListener("htmx:afterSettle", () => {
  if (!place || document.querySelector(".row-more form")) return;
  const links = [...document.querySelectorAll(".act > .icon-button")];
  (links.find((link) => link.closest("tr").rowIndex >= place) ?? links.at(-1) ?? document.querySelector("#decision a, #decision"))?.focus();
  place = 0;
});

// What is cut off is whole in the tooltip.
document.addEventListener("mouseover", ({ target }) => {
  if (target.matches?.("td, .key, .chip") && target.scrollWidth > target.clientWidth) target.title = target.textContent;
});

furnish();
document.addEventListener("htmx:afterSwap", furnish);
