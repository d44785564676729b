// data-opens="id" opens that dialog; a link with it stays a link where there is no script.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  const dialog = opener && document.getElementById(opener.dataset.opens);
  if (dialog) {
    event.preventDefault();
    dialog.showModal();
    return;
  }
  if (event.target.closest("[data-closes]")) event.target.closest("dialog")?.close();
  // A click on the dialog itself, not on what is in it, is one on its backdrop.
  if (event.target.matches("dialog[data-dismissible]")) event.target.close();
});

// The panel opens as soon as something was put into it, and begins with its heading, or with what is wrong in it.
document.addEventListener("htmx:afterSwap", ({ detail: { target } }) => {
  if (!target.matches("dialog.panel")) return;
  const heading = target.querySelector("h2:not(.error-summary *)");
  if (heading) {
    heading.id ||= "panel-heading";
    heading.tabIndex = -1;
    target.setAttribute("aria-labelledby", heading.id);
  }
  if (!target.open) target.showModal();
  (target.querySelector(".error-summary, [autofocus]") ?? heading)?.focus();
});

document.addEventListener("close", ({ target }) => {
  if (target.matches("dialog.panel")) target.replaceChildren();
}, true);
