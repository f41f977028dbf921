/**
 * A text without any of some characters at its end. What `/[…]+$/` says, but linear: the pattern starts anew at each character of
 * each run of them that is not at the end.
 */
export function trimEndOf(text: string, characters: string): string {
  let end = text.length
  while (end > 0 && characters.includes(text.charAt(end - 1))) end--
  return text.slice(0, end)
}
