// A form is sent once, however often its button is pressed. Coming back to the page frees it again, and so do ten seconds,
// because an answer may be a file that leaves the page where it is; but not one that sends a file, which takes its time.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.getAttribute("aria-busy") === "true") {
    event.preventDefault();
    return;
  }
  for (const element of [form, event.submitter]) element?.setAttribute("aria-busy", "true");
  if (form.enctype !== "multipart/form-data") setTimeout(() => free(form), 10_000);
  // data-renews: the answer is a file, and the page tells something else by then.
  if (event.submitter?.hasAttribute("data-renews")) setTimeout(() => location.reload(), 3_000);
});

function free(form) {
  for (const element of [form, ...form.elements]) element.removeAttribute("aria-busy");
}

addEventListener("pageshow", () => document.querySelectorAll("form[aria-busy]").forEach(free));

// data-submits: choosing is enough, the button is for pages without script.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
});

// The error summary, or what is asked before one goes on, has the focus when a page arrives with it.
document.querySelector(".error-summary, #alike")?.focus();

// data-submits-now: the person has just confirmed who they are, and the button that they had pressed is pressed again.
const pressed = document.querySelector("button[data-submits-now]");
pressed?.form.requestSubmit(pressed);

// data-prints: the browser's own dialog.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-prints]")) print();
});

// data-fills: what the button says goes into that field; without script the button sends it.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-fills]");
  if (!button) return;
  event.preventDefault();
  const field = document.getElementById(button.dataset.fills);
  field.value = button.value;
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
});

// data-answers: an answer that came meanwhile takes the place of what was wrong with the field of this id.
document.addEventListener("htmx:afterSwap", ({ target }) => {
  const field = document.getElementById(target.dataset.answers);
  if (!field?.hasAttribute("aria-invalid")) return;
  field.removeAttribute("aria-invalid");
  field.closest(".field").classList.remove("invalid");
  document.querySelector(`.error-summary a[href="#${field.id}"]`)?.closest("li").remove();
  const summary = document.querySelector(".error-summary");
  if (summary && !summary.querySelector("li")) summary.remove();
});
