// Forms answered in place (htmx): where the focus goes then, and what happens when the answer is no such page.

// The button that was pressed is gone; what has become of it is said by the message.
document.addEventListener("htmx:afterSettle", () => {
  const message = document.querySelector("#messages .note");
  const target = message || document.querySelector("main h1");
  target.tabIndex = -1;
  target.focus();
});

// Led elsewhere (the session is over: to sign in), or to a page of another shape: go there.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { requestConfig, shouldSwap, target, xhr } = event.detail;
  if (shouldSwap && !xhr.responseText.includes(`id="${target.id}"`)) {
    event.preventDefault();
    location.assign(xhr.responseURL || requestConfig.path);
  }
});

// An error, or no answer at all: send the form as forms are sent, and let the browser show what comes.
for (const name of ["htmx:responseError", "htmx:sendError"]) {
  document.addEventListener(name, (event) => {
    const { formData, path } = event.detail.requestConfig;
    const form = document.createElement("form");
    form.method = "post";
    form.action = path;
    for (const [name, value] of formData) {
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name, value });
      form.append(field);
    }
    document.body.append(form);
    form.submit();
  });
}
