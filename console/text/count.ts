/** `1 report`, `1,200 reports`. */
export function count(number: number, word: string): string {
  return `${number.toLocaleString('en')} ${number === 1 ? word : `${word}s`}`
}
