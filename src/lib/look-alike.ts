import { confusablesMap } from 'confusables'

/** The ASCII letters that a letter passes for (a selection of Unicode's confusables), or the letter itself. */
export function lookAlike(letter: string): string {
  const plain = confusablesMap.get(letter) ?? letter
  return /^[\x20-\x7e]{1,3}$/.test(plain) ? plain : letter
}

/** Latin beside Cyrillic, Greek, Armenian or Cherokee letters in one word: no language writes so. */
export function mixesScripts(word: string): boolean {
  return (
    /\p{Script=Latin}/u.test(word) &&
    /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}]/u.test(word)
  )
}
