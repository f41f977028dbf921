import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

const base = resolve(import.meta.dirname, '..', '..', '..', 'shared', 'data')

/**
 * The path of a file or folder of the measuring data that lies beside the checkout, or `undefined`, said out loud,
 * where there is none. The product never needs it.
 */
export function sharedData(path: string): string | undefined {
  const full = resolve(base, path)
  if (existsSync(full)) return full
  console.warn(
    `SKIPPED: no measuring data at ../shared/data/${path}; the tests that measure with it do not run`,
  )
  return undefined
}
