import type { Page } from 'playwright-core'
import type { RunningTocsin } from './running-tocsin.ts'

/** What `firstSignIn` changes the one-time password to. */
export const consolePassword = 'lantern harbour quiet tractor'

/** Signs in with the one-time password of the first start and replaces it, as a person does. The address stays. */
export async function firstSignIn(
  page: Page,
  { password }: Pick<RunningTocsin, 'password'>,
  username = 'admin',
): Promise<void> {
  await page.getByLabel('User name').fill(username)
  await page.getByLabel('Password').fill(password)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Choose your own password' }).waitFor()
  await page.getByLabel('One-time password').fill(password)
  await page.getByLabel('New password', { exact: true }).fill(consolePassword)
  await page.getByLabel('New password, again').fill(consolePassword)
  await page.getByRole('button', { name: 'Change password' }).click()
  await page.getByRole('navigation', { name: 'Main' }).waitFor()
}

/**
 * Presses keys that belong together, as `g q`: the second must follow within moments, which it does only if nothing waits for
 * what the first one did.
 */
export async function pressInTurn(page: Page, ...keys: readonly string[]): Promise<void> {
  await Promise.all(keys.map(key => page.keyboard.press(key)))
}

/** Until the page has its heading and nothing in it is being read any more: what is measured is the page, not its placeholders. */
export async function allRead(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.locator('[role=status].late').first().waitFor({ state: 'detached' })
}

/** The rows of the queue. */
export function queueRows(page: Page) {
  return page.getByRole('table', { name: 'Cases' }).locator('tbody tr')
}

/** Opens the first case of a view; returns its path. */
export async function openFirstCase(page: Page, base: string, query: string): Promise<string> {
  await page.goto(`${base}/?${query}`)
  await queueRows(page).first().waitFor()
  await queueRows(page).first().getByRole('link').click()
  await page.waitForURL(/\/cases\//)
  await page.getByRole('heading', { name: 'Brief' }).waitFor()
  return new URL(page.url()).pathname
}

/** Makes the account `olga`, which may approve, as an admin does; returns its one-time password. */
export async function secondApprover(page: Page, base: string): Promise<string> {
  await page.goto(`${base}/settings?section=users`)
  await page.getByRole('button', { name: 'New account' }).click()
  await page.keyboard.type('olga')
  await page.getByLabel('Name', { exact: true }).fill('Olga')
  await page.getByLabel('Role', { exact: true }).selectOption('approver')
  await page.getByLabel('Your password again').fill(consolePassword)
  await page.getByRole('button', { name: 'Create' }).click()
  const secret = page.getByRole('dialog', { name: 'One-time password for Olga' }).getByRole('code')
  const password = (await secret.textContent()) ?? ''
  await page.getByRole('button', { name: 'I have kept it' }).click()
  return password
}

/** By how many pixels the open page is wider than a screen of 360; the window has its size again afterwards. */
export async function tooWideForPhone(page: Page): Promise<number> {
  const size = page.viewportSize()
  await page.setViewportSize({ width: 360, height: 740 })
  const wider = await page.evaluate<number>(
    `Math.max(...[document.documentElement, document.querySelector('main')].map(each => each.scrollWidth - each.clientWidth))`,
  )
  if (size !== null) await page.setViewportSize(size)
  return wider
}
