import { classMark, classSets, groupMark, type OsRegexProgram, plus, star } from './os-regex-program.ts'

/**
 * Runs OS_Regex programs as Wazuh does. It is not a regular-expression matcher in the textbook sense: it walks the
 * subject once, takes the shortest way on from `+` and `*` where the next item also fits, keeps at most four places
 * to come back to, and has fixed rules for what counts as done at the end of the subject. Stock decoders lean on
 * these habits, so they are kept to the letter; a translation to RegExp gives other captures.
 * The work is bounded by subject length times four resume points per start.
 */

/** No match. (A match may end one before the start, so -1 would not do.) */
export const miss = -9

const resumeProgram = new Int32Array(4)
const resumeSubject = new Int32Array(4)

/**
 * Looks for the program in the lower-cased subject from `start` on. Returns the offset of the last byte of the
 * match (for offsets `after_prematch` and such, the next search starts one further), or `miss`.
 * `marks`, where given, receives the offset of each parenthesis.
 */
export function runOsRegex(
  program: OsRegexProgram,
  lower: string,
  start: number,
  marks: Int32Array | undefined,
): number {
  const { codes, anchoredStart, anchoredEnd, groupIndex, prefix } = program
  const end = lower.length
  let at = 0 // in the program
  let last = start // last byte matched; `miss` after a restart
  let restart = -1 // where the current attempt began
  let seen = false // the current `+` or `*` item has matched at least once
  let resumes = 0

  for (let st = start; st < end; st++) {
    if (at === 0 && prefix !== '') {
      // Nothing is in progress, so no attempt before the next place of the leading literals can come to anything.
      restart = lower.indexOf(prefix, st)
      if (restart < 0) return miss
      at = prefix.length
      st = restart + at - 1
      last = st
      continue
    }
    let code = codes[at]
    if (code === 0 && !anchoredEnd) return last
    if (code === groupMark) {
      if (marks) marks[groupIndex[at] ?? 0] = st
      code = codes[++at]
      if (code === 0 && !anchoredEnd) return last
    }
    const byte = lower.charCodeAt(st)

    if (code === classMark) {
      const quantifier = codes[at + 2]
      if (classSets[codes[at + 1] ?? 0]?.[byte] === 1) {
        if (quantifier !== plus && quantifier !== star) {
          at += 2
          if (restart < 0) restart = st
          last = st
          continue
        }
        if (quantifier === star) seen = true
        let next = at + 3
        if (!seen) {
          if (marks && codes[next] === groupMark) {
            marks[groupIndex[next] ?? 0] = st + 1 === end ? end : st
          }
          seen = true
          last = st
          continue
        }
        if (codes[next] === groupMark) next++
        const follower = codes[next]
        let step = -1 // codes to skip when the follower fits this byte already
        if (follower === 0) step = 1
        else if (follower === classMark) {
          if (classSets[codes[next + 1] ?? 0]?.[byte] === 1) {
            const after = codes[next + 2]
            step = after === plus || after === star ? 0 : 2
          }
        } else if (follower === byte) {
          seen = false
          step = 1
        }
        if (step >= 0) {
          if (marks && codes[next - 1] === groupMark) {
            marks[groupIndex[next - 1] ?? 0] = seen && step === 1 ? st + 1 : st
          }
          if (follower === 0) continue // the rest of the subject belongs to this item
          if (resumes < 4) {
            resumeProgram[resumes] = at
            resumeSubject[resumes++] = st
          }
          at = next + step
        }
        last = st
        continue
      }
      if ((quantifier === 0 || codes[at + 3] === 0) && seen && last !== miss) {
        last = st
        if (!anchoredEnd) return last
      } else if (quantifier === plus && seen) {
        at += 3
        st--
        seen = false
        continue
      } else if (quantifier === star) {
        at += 3
        st--
        last = st
        seen = false
        continue
      }
      seen = false
    } else if (code === byte) {
      at++
      if (restart < 0) restart = st
      last = st
      continue
    }

    // This byte does not fit: back to the latest resume point, else to one after the start of the attempt.
    if (resumes > 0) {
      at = resumeProgram[--resumes] ?? 0
      st = resumeSubject[resumes] ?? 0
      continue
    }
    if (anchoredStart) return miss
    if (restart >= 0) {
      st = restart
      restart = -1
    }
    at = 0
    last = miss
  }

  if (marks) {
    while (codes[at] === classMark && codes[at + 2] === star) at += 3
    if (codes[at] === groupMark) marks[groupIndex[at] ?? 0] = end
  }
  return endsHere(codes, at, seen) ? last : miss
}

/** Whether the subject may end with the program at `at`: all done, or only items left that may be empty. */
function endsHere(codes: Uint16Array, at: number, seen: boolean): boolean {
  let place = skipGroup(codes, at)
  if (codes[place] === 0) return true
  if (codes[place] === classMark && seen) {
    place += 2
    if (codes[place] === plus || codes[place] === star) {
      place = skipGroup(codes, place + 1)
      if (codes[place] === 0) return true
      if (codes[place] === classMark) {
        place += 2
        if (codes[place] === star) {
          place = skipGroup(codes, place + 1)
          if (codes[place] === 0) return true
        }
      }
    }
  }
  return codes[place] === classMark && codes[place + 2] === star && codes[skipGroup(codes, place + 3)] === 0
}

function skipGroup(codes: Uint16Array, at: number): number {
  return codes[at] === groupMark ? at + 1 : at
}
