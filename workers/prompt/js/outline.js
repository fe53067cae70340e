// Outline an element, or end that: an animation that never ends changes neither the document nor
// the element's own style.
const [element, isWanted] = arguments;
for (const shown of element.getAnimations()) {
  if (shown.id === "forge-outline") shown.cancel();
}
if (isWanted) {
  const looks = { outline: "3px solid #e5006a", outlineOffset: "2px" };
  const shown = element.animate([looks, looks], { duration: Infinity });
  shown.id = "forge-outline";
}
