// Return the elements of this document and of its open shadow roots that a person could mean, each
// with the words that locators name it by.
const wanted = "a, button, input, select, textarea, summary, label, h1, h2, h3, [role], [id], [name]";
const found = [];
const search = (root) => {
  for (const element of root.querySelectorAll("*")) {
    if (element.shadowRoot) search(element.shadowRoot);
    if (!element.matches(wanted) || found.length >= 2000) continue;
    const words = [
      element.id,
      element.getAttribute("name"),
      element.getAttribute("aria-label"),
      element.getAttribute("placeholder"),
      element.getAttribute("title"),
      ...element.classList,
      element.childElementCount < 5 ? element.textContent.trim().slice(0, 80) : "",
    ];
    found.push([element, words.filter(Boolean)]);
  }
};
search(document);
return found;
