/** `A.5.1` to `A.5.37`, of `numbered('A.5.', 37)`; `width` digits at least. */
export function numbered(prefix: string, count: number, width = 0): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${String(index + 1).padStart(width, '0')}`)
}
