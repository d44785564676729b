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

function trouble(sentence) {
  document.getElementById("trouble")?.remove();
  const note = document.createElement("div");
  note.className = "toast";
  note.id = "trouble";
  note.setAttribute("role", "alert");
  note.textContent = sentence || document.body.dataset.trouble;
  document.body.append(note);
}

// The answer itself says why, unless it is not one of the portal's.
function reason(answer) {
  return new DOMParser().parseFromString(answer, "text/html").querySelector(".banner p")?.textContent;
}

document.addEventListener("trouble", ({ detail }) => trouble(detail));
document.addEventListener("htmx:sendError", () => trouble());
document.addEventListener("htmx:responseError", ({ detail: { xhr } }) => trouble(reason(xhr.responseText)));
document.addEventListener("htmx:afterOnLoad", (event) => {
  if (event.detail.successful) document.getElementById("trouble")?.remove();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-dismiss]");
  if (button) button.closest(button.dataset.dismiss).remove();
});
