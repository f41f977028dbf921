import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

const source = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const allRules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/**
 * What is wrong with the open page by WCAG 2.2 A and AA, one line per rule with the elements that break it. `colours` checks
 * contrast alone: all that a second theme can change, in a fraction of the time.
 */
export async function accessibilityViolations(
  page: Page,
  { only }: { only?: 'colours' } = {},
): Promise<string[]> {
  // Evaluated by the test driver, which the page's CSP does not bind.
  await page.evaluate(await source)
  const { violations } = await page.evaluate(
    async (runOnly): Promise<AxeResults> => {
      const { axe } = globalThis as unknown as { axe: typeof import('axe-core') } // The script above defines it.
      return axe.run({ runOnly, resultTypes: ['violations'] })
    },
    only === 'colours' ? ['color-contrast'] : allRules,
  )
  return violations.map(
    ({ id, help, nodes }) =>
      `${id}: ${help}: ${nodes
        .slice(0, 3)
        .map(node => node.html.slice(0, 160))
        .join(' | ')}`,
  )
}
