import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

const source = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const allRules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/**
 * What is wrong with the open page by WCAG 2.2 A and AA, one line per rule with the elements that break it. In the other look,
 * light or dark, only the contrast is checked: that is all that it can change.
 */
export async function accessibilityViolations(page: Page): Promise<string[]> {
  await page.locator('[role=status].late').first().waitFor({ state: 'detached' })
  // Evaluated by the test driver, which the page's CSP does not bind.
  await page.evaluate(await source)
  const isDark = await page.evaluate<boolean>(`matchMedia('(prefers-color-scheme: dark)').matches`)
  const [look, other] = isDark ? (['dark', 'light'] as const) : (['light', 'dark'] as const)
  const found = await run(page, look, allRules)
  await page.emulateMedia({ colorScheme: other })
  const inOther = await run(page, other, ['color-contrast'])
  await page.emulateMedia({ colorScheme: look })
  return [...found, ...inOther]
}

async function run(page: Page, look: string, rules: string[]): Promise<string[]> {
  const { violations } = await page.evaluate(async (runOnly): Promise<AxeResults> => {
    const { axe } = globalThis as unknown as { axe: typeof import('axe-core') } // The script above defines it.
    return axe.run({ runOnly, resultTypes: ['violations'] })
  }, rules)
  return violations.map(
    ({ id, help, nodes }) =>
      `${look} ${id}: ${help}: ${nodes
        .slice(0, 3)
        .map(node => node.html.slice(0, 160))
        .join(' | ')}`,
  )
}
