/** `1 report`, `1,200 reports`: the same words as `console/text/count.ts`, which cannot import from here. */
export function count(number: number, word: string): string {
  return `${number.toLocaleString('en')} ${number === 1 ? word : `${word}s`}`
}
