// Loaded before anything is drawn, so that the page never flashes. The colours
// follow the device without this; Basecoat's own dark rules need the class.
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  if (!root.classList.contains("system")) return;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => root.classList.toggle("dark", dark.matches);
  follow();
  dark.addEventListener("change", follow);
})();
