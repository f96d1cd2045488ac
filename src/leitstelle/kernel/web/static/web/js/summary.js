// The list of errors above a form takes the focus, so that it is read first.
export function start(summary) {
  summary.focus();
}
