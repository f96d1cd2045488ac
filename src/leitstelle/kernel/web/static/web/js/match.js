// How well a few typed letters fit a label: the same as kernel/web/matching.py, for what a page offers itself.
const SPELT = { ä: "a", ö: "o", ü: "u", ß: "ss" };
const plain = (text) => text.toLowerCase().replace(/[äöüß]/g, (letter) => SPELT[letter]).normalize("NFKD").replace(/\p{M}/gu, "");
const folds = [plain, (text) => plain(text).replace(/[aou]e/g, (pair) => pair[0])];

function scattered(word, text) {
  for (const found of text.matchAll(/[\p{L}\p{N}_#]+/gu)) {
    if (found[0][0] !== word[0]) continue;
    let at = found.index;
    if ([...word].every((letter) => (at = text.indexOf(letter, at) + 1) > 0)) return true;
  }
  return false;
}

function compare(word, text) {
  if (text.startsWith(word)) return 8;
  if ([...text.matchAll(/[\p{L}\p{N}_#]+/gu)].some((found) => found[0].startsWith(word))) return 6;
  if (text.includes(word)) return 4;
  return word.length > 2 && scattered(word, text) ? 1 : 0;
}

// 0: does not fit. Nothing typed fits everything.
export function score(words, label) {
  let total = 1;
  for (const word of words) {
    const value = Math.max(...folds.map((fold) => compare(fold(word), fold(label))));
    if (!value) return 0;
    total += value;
  }
  return total;
}

// Where the typed words stand in a label as written: [[from, to], …], for marking.
export function places(words, label) {
  const letters = [...label].map((letter) => plain(letter));
  const text = letters.join("");
  const found = [];
  for (const word of words.map(plain)) {
    const at = word ? text.indexOf(word) : -1;
    if (at < 0) continue;
    let length = 0;
    let from = -1;
    let to = 0;
    letters.forEach((letter, index) => {
      if (length + letter.length > at && from < 0) from = index;
      if (length < at + word.length) to = index + 1;
      length += letter.length;
    });
    found.push([from, to]);
  }
  return found.sort((one, other) => one[0] - other[0]).filter(([from], index, all) => !index || from >= all[index - 1][1]);
}
