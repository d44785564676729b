// A choice of three becomes a box: on all, on some or on none of the selected customers. A click goes to the next
// choice; the choice itself stays in the form, out of sight.
function boxes() {
  for (const choice of document.querySelectorAll("select[data-three-state]:not([hidden])")) {
    const box = document.createElement("input");
    box.type = "checkbox";
    const was = choice.dataset.threeState;
    const show = () => {
      const act = choice.value.split(":")[0];
      box.checked = act === "add" || (!act && was === "all");
      box.indeterminate = !act && was === "some";
    };
    box.addEventListener("change", () => {
      choice.selectedIndex = (choice.selectedIndex + 1) % choice.length;
      show();
    });
    choice.hidden = true;
    choice.before(box);
    show();
  }
}

boxes();
document.addEventListener("htmx:afterSettle", boxes);
