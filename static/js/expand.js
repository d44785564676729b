// A row opens to a second one. It is the row named by aria-controls, or is made from the page's
// template (data-template), in which __id__ stands for the id of the row.
function made(button) {
  const row = button.closest("tr");
  const source = document.getElementById(button.dataset.template);
  const more = source.content.firstElementChild.cloneNode(true);
  for (const link of more.querySelectorAll("[href]")) {
    link.setAttribute("href", link.getAttribute("href").replaceAll("__id__", button.dataset.id));
  }
  more.id = `more-${button.dataset.id}`;
  more.hidden = true;
  button.setAttribute("aria-controls", more.id);
  row.after(more);
  return more;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-expand]");
  if (!button) return;
  const more = document.getElementById(button.getAttribute("aria-controls")) ?? made(button);
  more.hidden = !more.hidden;
  button.setAttribute("aria-expanded", String(!more.hidden));
});
