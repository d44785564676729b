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
