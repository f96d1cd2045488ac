// What HTMX requests have in common: failures are said, 409 and 422 answers of forms are swapped (see htmx-config).
import { gettext, ready } from "./texts.js";
import { toast } from "./toast.js";

document.addEventListener("htmx:sendError", async () => {
  await ready;
  toast(gettext("No connection to the server. What you typed is still here; please try again."));
});
document.addEventListener("htmx:timeout", async () => {
  await ready;
  toast(gettext("The server takes too long. Please try again."));
});
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  // The error answers of the server bring their own place: a notice, so that the page stays as it is.
  if (xhr.status >= 400 && xhr.getResponseHeader("HX-Retarget")) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});
document.addEventListener("htmx:responseError", async (event) => {
  if (event.detail.xhr.getResponseHeader("HX-Retarget")) return;
  await ready;
  toast(gettext("This did not work. Please load the page again."));
});
