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

// The error summary has the focus when a page arrives with errors.
document.querySelector(".error-summary")?.focus();

// data-submits-now: the person has just confirmed who they are, and the button that they had pressed is pressed again.
const pressed = document.querySelector("button[data-submits-now]");
pressed?.form.requestSubmit(pressed);

// data-prints: the browser's own dialog.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-prints]")) print();
});
