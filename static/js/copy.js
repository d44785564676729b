// A button with data-copy copies that text and shows for a moment that it did.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch {
    // Clipboards need https or localhost; elsewhere the older way still works.
    const field = document.createElement("textarea");
    field.value = button.dataset.copy;
    button.after(field);
    field.select();
    document.execCommand("copy");
    field.remove();
    button.focus();
  }
  button.dataset.copied = "";
  picture(button, "#copy", "#check");
  setTimeout(() => {
    delete button.dataset.copied;
    picture(button, "#check", "#copy");
  }, 1500);
});

function picture(button, from, to) {
  const use = button.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(from, to));
}
