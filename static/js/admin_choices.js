// Select2 draws the admin's autocomplete fields anew and forgets their labels: put them back.
"use strict";

function labelChoices() {
  for (const select of document.querySelectorAll("select.admin-autocomplete")) {
    const drawn = select.parentElement.querySelector(".select2-selection");
    if (!drawn) continue;
    const label = select.labels[0]?.textContent.trim().replace(/:$/, "") || select.getAttribute("aria-label");
    drawn.removeAttribute("aria-labelledby");
    drawn.setAttribute("aria-label", label);
    drawn.querySelector("[role=textbox]")?.setAttribute("aria-label", label);
  }
}

// jQuery runs these in the order they were given, so Select2 has drawn its fields by then.
window.django?.jQuery?.(labelChoices);
document.addEventListener("formset:added", () => setTimeout(labelChoices));
