// Rows with an order number are put in order by dragging their handle, or with the arrow keys on
// it. The numbers are what is sent, and can be typed as well.
"use strict";

const words = document.currentScript.dataset;

function rowOf(input) {
  return input.closest("tr, li");
}

// The rows of one list, in the order in which they stand; one without a number is new and empty.
function rowsBeside(row) {
  return [...row.parentElement.children].filter((each) => each.querySelector("[data-order]")?.value);
}

function number(row) {
  rowsBeside(row).forEach((each, place) => {
    each.querySelector("[data-order]").value = place + 1;
  });
}

function move(row, step) {
  const rows = rowsBeside(row);
  const other = rows[rows.indexOf(row) + step];
  if (!other) return;
  other[step < 0 ? "before" : "after"](row);
  number(row);
}

function drag(handle, row, event) {
  handle.setPointerCapture(event.pointerId);
  row.classList.add("is-dragged");
  const follow = ({ clientX, clientY }) => {
    const below = document.elementFromPoint(clientX, clientY)?.closest("tr, li");
    if (!below || below === row || !rowsBeside(row).includes(below)) return;
    const box = below.getBoundingClientRect();
    below[clientY < box.top + box.height / 2 ? "before" : "after"](row);
  };
  const drop = () => {
    handle.removeEventListener("pointermove", follow);
    row.classList.remove("is-dragged");
    number(row);
  };
  handle.addEventListener("pointermove", follow);
  handle.addEventListener("pointerup", drop, { once: true });
  handle.addEventListener("pointercancel", drop, { once: true });
}

function offerHandle(input) {
  const row = rowOf(input);
  if (!row || !input.value || row.querySelector(".order-handle")) return;
  const handle = document.createElement("button");
  handle.type = "button";
  handle.className = "order-handle";
  handle.textContent = "⠿";
  handle.setAttribute("aria-label", words.move.replace("{}", row.dataset.name ?? ""));
  handle.addEventListener("pointerdown", (event) => drag(handle, row, event));
  handle.addEventListener("keydown", (event) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    move(row, step);
    handle.focus();
  });
  input.before(handle);
}

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll("[data-order]").forEach(offerHandle);
});
