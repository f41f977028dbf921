import { randomBytes } from 'node:crypto'

/** Where new ids come from. Passed in, so that tests are repeatable. */
export interface IdSource {
  /** A new id such as `case_01jd…`: the prefix, then 26 characters that sort by creation time. */
  next(prefix: string): string
}

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

function base32(value: bigint, length: number): string {
  let rest = value
  let text = ''
  for (let i = 0; i < length; i++) {
    text = alphabet[Number(rest & 31n)] + text
    rest >>= 5n
  }
  return text
}

const chanceBytes = 10

/** Ids of 48 bits of time and 80 of chance, as ULIDs are (https://github.com/ulid/spec). */
export function randomIds(now: () => number = Date.now): IdSource {
  // Asked of the system by the hundred: one by one they took more time than grouping a case.
  let pool = Buffer.alloc(0)
  const chance = () => {
    if (pool.length === 0) pool = randomBytes(100 * chanceBytes)
    const taken = pool.toString('hex', 0, chanceBytes)
    pool = pool.subarray(chanceBytes)
    return BigInt(`0x${taken}`)
  }
  return { next: prefix => `${prefix}_${base32(BigInt(now()), 10)}${base32(chance(), 16)}` }
}

/** Ids that count: `case_0001`, `case_0002`. For tests and for offline runs that must repeat exactly. */
export function countingIds(): IdSource {
  const counts = new Map<string, number>()
  return {
    next(prefix) {
      const count = (counts.get(prefix) ?? 0) + 1
      counts.set(prefix, count)
      return `${prefix}_${String(count).padStart(4, '0')}`
    },
  }
}
