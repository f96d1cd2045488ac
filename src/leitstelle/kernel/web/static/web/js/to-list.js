// A link to the list goes back to the view, filters and page that were last looked at ([data-inbox] keeps them).
const KEPT = "list-address";

export function start(element) {
  if (element.hasAttribute("data-inbox")) sessionStorage.setItem(KEPT, location.pathname + location.search);
  else element.href = sessionStorage.getItem(KEPT) ?? element.href;
}
