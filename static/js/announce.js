// What changes without a new page is said to screen readers once; a failed update says what to do.
const announcer = document.getElementById("announcer");
let said = "";

function say(text) {
  if (text === said || !announcer) return;
  said = text;
  announcer.textContent = text;
}

document.addEventListener("htmx:afterSettle", () => {
  const news = [...document.querySelectorAll("[data-announce]")].map((element) => element.dataset.announce);
  if (news.length) say(news.join(" "));
});

function trouble() {
  if (document.getElementById("trouble")) return;
  const note = document.createElement("div");
  note.className = "toast";
  note.id = "trouble";
  note.setAttribute("role", "alert");
  note.textContent = document.body.dataset.trouble;
  document.body.append(note);
}

document.addEventListener("htmx:sendError", trouble);
document.addEventListener("htmx:responseError", trouble);
document.addEventListener("htmx:afterOnLoad", (event) => {
  if (event.detail.successful) document.getElementById("trouble")?.remove();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-dismiss]");
  if (button) button.closest(button.dataset.dismiss).remove();
});
