// A page in a frame tells the page around it how high it is; embed_host.js listens there.
(() => {
  "use strict";
  if (window.parent === window) return;
  const tell = () => {
    const height = Math.ceil(document.body.getBoundingClientRect().height);
    window.parent.postMessage({ kind: "tutorials-height", height }, "*");
  };
  new ResizeObserver(tell).observe(document.body);
})();
