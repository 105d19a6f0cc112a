// The engine that draws, from a page whose numbers come from a Worker.

/** Resolves once the engine is there; `address`: where it lies. */
export function engine(address) {
  if (window.SeeingAttention?.show) return Promise.resolve();
  let script = document.querySelector("script[data-course-engine]");
  if (!script) {
    script = document.createElement("script");
    script.src = address;
    script.dataset.courseEngine = "";
    document.head.append(script);
  }
  return new Promise((resolve, reject) => {
    script.addEventListener("load", resolve);
    script.addEventListener("error", () => {
      script.remove(); // the next press tries again
      reject(new Error(`${script.src} did not load`));
    });
  });
}
