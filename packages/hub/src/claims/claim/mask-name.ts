/**
 * A name for a public notice: of a Chinese name the first two and the last two characters stay, of
 * another one the first and the last letter of each word; what lies between becomes one asterisk
 * for each character, at most four. Names of up to three characters keep the first one.
 */
export function maskName(name: string): string {
  const plain = name.trim();
  if (/\p{Script=Han}/u.test(plain)) return mask(plain, 2);
  return plain
    .split(/\s+/)
    .map((word) => mask(word, 1))
    .join(" ");
}

function mask(text: string, kept: number): string {
  const characters = Array.from(text);
  if (characters.length <= 2 * kept) {
    return (characters[0] ?? "") + "*".repeat(Math.max(0, characters.length - 1));
  }
  const between = "*".repeat(Math.min(4, characters.length - 2 * kept));
  return [...characters.slice(0, kept), between, ...characters.slice(-kept)].join("");
}
