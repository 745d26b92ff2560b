// Pictures: ten thousand that load by themselves cost a browser a second; so all but the first wait in
// a `noscript` each, which is a picture without script, until their group comes near. This stands
// alone, in words that old browsers know: where the rest does not get to its end, it brings all.
"use strict";
var wake = function (node) {
  [].forEach.call(node.querySelectorAll("noscript"), function (waiting) {
    var from = waiting.parentNode, found = /src="(.*?)" alt="(.*?)"/.exec(waiting.textContent), image = document.createElement("img");
    image.alt = from.className === "original" ? from.parentNode.querySelector("bdi").textContent : found[2];
    image.setAttribute("loading", "lazy");
    image.src = found[1];
    from.replaceChild(image, waiting);
  });
};
document.addEventListener("DOMContentLoaded", function () {
  if (!document.body.hasAttribute("data-works")) wake(document);
});
