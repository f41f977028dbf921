import { holds, literalKind } from '../literals.ts'
import { matchesInRun, numberRuns, runKind } from '../runs.ts'
import type { View } from '../view.ts'
import { passesLuhn, remainder97, weightedSum } from './check-digits.ts'
import { type FormatMatch, formatMatch } from './format-match.ts'

/** One country's number: its form, and the check that tells it from other numbers of that form. */
interface NationalId {
  readonly form: RegExp
  /** A run without this, or with fewer digits, holds none: most runs are tried with no form at all. */
  readonly needs: RegExp
  readonly digits: number
  readonly holds?: (text: string) => boolean
}

const digitsOf = (text: string) => text.replaceAll(/\D/g, '')
const dniLetters = 'TRWAGMYFPDXBNJZSQVHLCKE'
const hetuLetters = '0123456789ABCDEFHJKLMNPRSTUVWXY'

const nationalIds: readonly NationalId[] = [
  // United States: social security number.
  {
    needs: /-/,
    digits: 9,
    form: /(?<![\w.-])(?!000|666)[0-8]\d{2}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-]|\.\d)/g,
  },
  // United Kingdom: national insurance number.
  {
    needs: /[A-Z]/,
    digits: 6,
    form: /(?<!\w)(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D](?!\w)/g,
  },
  // Brazil: CPF.
  { needs: /-/, digits: 11, form: /(?<![\w.-])\d{3}\.\d{3}\.\d{3}-\d{2}(?![\w-])/g, holds: isCpf },
  // Spain: DNI and NIE.
  {
    needs: /[A-Z]/,
    digits: 7,
    form: /(?<!\w)[XYZ\d]\d{7}-?[A-HJ-NP-TV-Z](?!\w)/g,
    holds: text =>
      dniLetters[Number(text.replace('X', '0').replace('Y', '1').replace('Z', '2').slice(0, 8)) % 23] ===
      text.at(-1),
  },
  // Italy: codice fiscale.
  { needs: /[A-Z]/, digits: 7, form: /(?<!\w)[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z](?!\w)/g },
  // France: number of social security with its key.
  {
    needs: /\d/,
    digits: 15,
    form: /(?<![\w.-])[12] ?\d{2} ?(?:0[1-9]|1[0-2]) ?\d{2} ?\d{3} ?\d{3} ?\d{2}(?![\w-])/g,
    holds: text => {
      const digits = digitsOf(text)
      return 97 - remainder97(digits.slice(0, 13)) === Number(digits.slice(13))
    },
  },
  // Finland: HETU.
  {
    needs: /[-+A-Z]/,
    digits: 9,
    form: /(?<!\w)[0-3]\d[01]\d{3}[-+A-FU-Y]\d{3}[0-9A-FHJ-NPR-Y](?!\w)/g,
    holds: text => hetuLetters[Number(text.slice(0, 6) + text.slice(7, 10)) % 31] === text.at(-1),
  },
  // Sweden: personnummer.
  {
    needs: /[-+]/,
    digits: 10,
    form: /(?<![\w.-])(?:19|20)?\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[-+]\d{4}(?![\w-])/g,
    holds: text => passesLuhn(digitsOf(text).slice(-10)),
  },
  // India: Aadhaar, in its printed groups.
  {
    needs: / /,
    digits: 12,
    form: /(?<![\w.-])[2-9]\d{3} \d{4} \d{4}(?![\w-]| \d)/g,
    holds: text => passesVerhoeff(digitsOf(text)),
  },
]

/** A number is also one where the words before it say so. */
const namedBefore =
  /\b(?:ssn|social security|passport|driver'?s? ?licen[cs]e|national id|tax id|nhs|pesel|bsn|personalausweis(?:nummer)?|steuer-?id)\b(?:\s|is|:|=|#|-|number|no\.?){0,6}$/i
const namingWords = literalKind(
  ...['ssn', 'social security', 'passport', 'licen', 'national id', 'tax id', 'nhs', 'pesel', 'bsn'],
  ...['personalausweis', 'steuer'],
)
const numberUnits = runKind('0-9A-Z +.-', 5)
const namedNumber = /(?<![A-Za-z0-9])[A-Z]{0,2}\d[A-Z\d -]{4,14}[A-Z\d](?![\w-])/g

/** Numbers that a state gives to a person. */
export function findNationalIds(view: View): FormatMatch[] {
  const { text } = view
  const matches: FormatMatch[] = []
  const maybeNamed = holds(view, namingWords)
  for (const run of numberRuns(view, numberUnits, 5)) {
    const written = text.slice(run.start, run.end)
    for (const { needs, digits, form, holds } of written.length < 9 ? [] : nationalIds) {
      if (run.digits < digits || !needs.test(written)) continue
      for (const { start, match } of matchesInRun(text, run, form)) {
        if (holds === undefined || holds(match[0])) matches.push(formatMatch('national-id', start, match[0]))
      }
    }
    if (!maybeNamed || !namedBefore.test(text.slice(Math.max(0, run.start - 40), run.start + 1))) continue
    for (const { start, match } of matchesInRun(text, run, namedNumber)) {
      matches.push(formatMatch('national-id', start, match[0]))
    }
  }
  return matches
}

function isCpf(text: string): boolean {
  const digits = digitsOf(text)
  const check = (length: number) => {
    const weights = Array.from({ length }, (_, i) => length + 1 - i)
    return ((weightedSum(digits, weights) * 10) % 11) % 10
  }
  return check(9) === Number(digits[9]) && check(10) === Number(digits[10])
}

const verhoeffTable = Array.from({ length: 10 }, (_, a) =>
  Array.from({ length: 10 }, (_, b) =>
    a < 5 ? (b < 5 ? (a + b) % 5 : ((a + b) % 5) + 5) : b < 5 ? ((a - b + 5) % 5) + 5 : (a - b + 5) % 5,
  ),
)
const verhoeffTurn = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]

/** The dihedral check of J. Verhoeff (1969). */
function passesVerhoeff(digits: string): boolean {
  let check = 0
  for (let i = 0; i < digits.length; i++) {
    let digit = digits.charCodeAt(digits.length - 1 - i) - 48
    for (let turn = 0; turn < i % 8; turn++) digit = verhoeffTurn[digit] ?? 0
    check = verhoeffTable[check]?.[digit] ?? 0
  }
  return check === 0
}
