import { jsonOrNothing } from '../lib/json-or-nothing.ts'
import { RequestError } from './http-error.ts'

/** An opaque cursor: the values of the last row, which carry no right to anything. */
export function writeCursor(values: readonly (string | number)[] | undefined): string | null {
  return values === undefined ? null : Buffer.from(JSON.stringify(values)).toString('base64url')
}

/** The values in a cursor, of the kinds given; throws `bad-request` for anything else. */
export function readCursor(
  cursor: string | undefined,
  kinds: readonly ('string' | 'number')[],
): (string | number)[] | undefined {
  if (cursor === undefined) return undefined
  const wrong = () => new RequestError('bad-request', 'this cursor is not one of ours', 'cursor')
  const values = jsonOrNothing(Buffer.from(cursor, 'base64url').toString('utf8'))
  if (!Array.isArray(values) || values.length !== kinds.length) throw wrong()
  return values.map((value: unknown, index) => {
    const fits =
      typeof value === kinds[index] &&
      ((typeof value === 'string' && !value.includes('\0')) || Number.isSafeInteger(value))
    if (!fits) throw wrong()
    return value as string | number // `fits` has just looked.
  })
}
