// A search that answers while somebody types. What is typed in one go is one entry of the history: Back leads to the
// list as it was before.
const PAUSE = 2_000;
const form = document.querySelector("form[data-live]");
let going = 1; // the go in which is typed now
let shown = 0; // the go whose entry the address is
let pause;

const ended = () => { going += 1; };

form?.addEventListener("input", (event) => {
  // Letters on their way to becoming a Chinese word are no words to look for.
  if (event.isComposing) event.stopPropagation();
  clearTimeout(pause);
  pause = setTimeout(ended, PAUSE);
}, true);
form?.addEventListener("compositionend", (event) => event.target.dispatchEvent(new Event("input", { bubbles: true })));
form?.addEventListener("focusout", () => setTimeout(ended, 200));
form?.addEventListener("submit", () => setTimeout(ended));

form?.addEventListener("htmx:configRequest", ({ detail: { parameters } }) => {
  for (const name of Object.keys(parameters)) if (parameters[name] === "") delete parameters[name];
  if (parameters.by === "all") delete parameters.by;
});
form?.addEventListener("htmx:beforeRequest", ({ detail: { xhr } }) => { xhr.go = going; });
form?.addEventListener("htmx:beforeOnLoad", ({ detail: { xhr, pathInfo } }) => {
  const same = xhr.go === shown || pathInfo.finalRequestPath === location.pathname + location.search;
  form.setAttribute("hx-push-url", String(!same));
  form.setAttribute("hx-replace-url", String(same));
  shown = xhr.go;
});

// What comes beside the results leaves a menu alone that somebody has just opened.
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  if (event.detail.target.querySelector(":popover-open")) event.detail.shouldSwap = false;
});

// A list of choices shows those in which the words of its search box occur.
const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

document.addEventListener("input", ({ target }) => {
  if (!target.dataset?.finds) return;
  const words = folded(target.value).split(/\s+/);
  for (const choice of document.getElementById(target.dataset.finds).children) {
    const text = folded(choice.textContent);
    choice.hidden = !words.every((word) => text.includes(word));
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.dataset?.finds) event.preventDefault();
});
