import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { z } from 'zod'

const lock = z
  .object({ packages: z.record(z.string(), z.object({ license: z.string().optional() })) })
  .parse(JSON.parse(readFileSync(join(resolve(import.meta.dirname, '..'), 'package-lock.json'), 'utf8')))

// What may be shipped with a program under Apache-2.0. MPL-2.0 is so by file: nobody edits those files here.
const allowed = [
  'MIT',
  'MIT-0',
  'Apache-2.0',
  'ISC',
  '0BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'Unlicense',
  'MPL-2.0',
]
/**
 * The fonts that PDFs of ours embed. OFL-1.1 is no licence for code here: it asks that a changed font stays under it. They
 * are shipped as they are, beside the program ("bundled"), and section 5 says that a document made with one is free of it.
 */
const isFont = (path: string) => /^node_modules\/@fontsource(-variable)?\//.test(path)

/** Packages that name no licence in their package.json, or point at a file, and what their licence file says. */
const stated: Readonly<Record<string, string>> = {
  'node_modules/png-js': 'MIT',
  // Going over from the one to the other, contribution by contribution.
  'node_modules/@modelcontextprotocol/inspector': 'Apache-2.0 AND MIT',
}

/** Whether one of the licences offered (`A OR B`) is allowed; of `A AND B`, all must be. */
function isAllowed(expression: string): boolean {
  const choices = expression.replace(/[()]/g, '').split(' OR ')
  return choices.some(choice => choice.split(' AND ').every(licence => allowed.includes(licence.trim())))
}

it('every package of the lock file is under a licence that may be shipped', () => {
  const packages = Object.entries(lock.packages).filter(([path]) => path !== '')
  expect(packages.length).toBeGreaterThan(100)
  const refused = packages
    .map(([path, { license }]) => ({ path, licence: stated[path] ?? license ?? 'none stated' }))
    .filter(({ path, licence }) => !(isAllowed(licence) || (isFont(path) && licence === 'OFL-1.1')))
  expect(refused).toEqual([])
})

it.each(['GPL-3.0', 'AGPL-3.0 AND MIT', 'none stated', 'OFL-1.1', ''])('refuses %s', licence =>
  expect(isAllowed(licence)).toBe(false),
)
