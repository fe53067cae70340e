// Outline elements until `clear`: an animation that never ends changes neither the document nor the
// elements' own style.
const [elements] = arguments;
for (const element of elements) {
  const looks = { outline: "3px solid #e5006a", outlineOffset: "2px" };
  const shown = element.animate([looks, looks], { duration: Infinity });
  shown.id = "forge-outline";
}
elements[0]?.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
