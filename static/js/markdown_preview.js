// Below each text that is written in Markdown: how the pages will show it, when it is asked for.
"use strict";

async function showPreview(field, place) {
  const token = field.form.querySelector("[name=csrfmiddlewaretoken]").value;
  try {
    const answer = await fetch(field.dataset.markdown, {
      method: "POST",
      headers: { "X-CSRFToken": token },
      body: new URLSearchParams({ text: field.value }),
    });
    if (!answer.ok) throw new Error(answer.statusText);
    place.innerHTML = await answer.text(); // made harmless by the server, as for every page
  } catch {
    place.textContent = field.dataset.markdownFailed;
  }
}

function offerPreview(field) {
  const details = document.createElement("details");
  const summary = document.createElement("summary");
  const place = document.createElement("div");
  details.className = "markdown-preview";
  summary.textContent = field.dataset.markdownLabel;
  place.setAttribute("aria-live", "polite");
  details.append(summary, place);
  details.addEventListener("toggle", () => details.open && showPreview(field, place));
  let waiting;
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    if (details.open) waiting = setTimeout(() => showPreview(field, place), 400);
  });
  (field.closest(".flex-container") ?? field).after(details);
}

document.addEventListener("DOMContentLoaded", () => {
  for (const field of document.querySelectorAll("textarea[data-markdown]")) offerPreview(field);
});
