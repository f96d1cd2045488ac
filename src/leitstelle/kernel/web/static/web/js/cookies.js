// The small display cookies that the server reads when it draws the frame.
export function keep(name, value) {
  const age = value ? 365 * 24 * 3600 : 0;
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `${name}=${value}; path=/; max-age=${age}; samesite=lax${secure}`;
}
