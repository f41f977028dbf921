import { confusablesMap } from 'confusables'

/** The ASCII letters that a letter passes for (a selection of Unicode's confusables), or the letter itself. */
export function lookAlike(letter: string): string {
  const plain = confusablesMap.get(letter) ?? letter
  return /^[\x20-\x7e]{1,3}$/.test(plain) ? plain : letter
}
