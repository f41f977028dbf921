import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accessibilityViolations } from '../support/accessibility.ts'
import { hasBrowser, openBrowser, watchComplaints } from '../support/browser.ts'
import { consolePassword, firstSignIn } from '../support/console-visit.ts'
import { type RunningTocsin, startTocsin } from '../support/running-tocsin.ts'
import { keepScreenshot } from '../support/screenshots.ts'

// What two admins, and one alone, see when somebody is given a say in responses.

if (!hasBrowser)
  console.error('SKIPPED: no Chromium here (CHROMIUM_PATH); the second admin is not tested in a browser')

let browser: Browser
const running: RunningTocsin[] = []

describe.skipIf(!hasBrowser)('who is given a say', () => {
  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(async () => {
    await browser?.close()
    await Promise.all(running.map(each => each.stop()))
  })

  it('by an admin alone, has none for a day, and every page says so', async () => {
    const tocsin = await startTocsin()
    running.push(tocsin)
    const page = await visit(tocsin)
    const complaints = watchComplaints(page)
    await createAccount(page, tocsin, 'Nina', 'approver')
    await page.getByRole('dialog', { name: 'One-time password for Nina' }).waitFor()
    await page.getByRole('button', { name: 'I have kept it' }).click()
    await page.getByText('has a say from').waitFor()
    const banner = page.getByRole('alert').filter({ hasText: 'alone gave' })
    await banner.filter({ hasText: 'Nina' }).waitFor()
    await look(page, 'accounts-alone')
    await page.goto(`${tocsin.base}/approvals`)
    await banner.waitFor()
    await look(page, 'banner-alone')
    expect(complaints).toEqual([])
  })

  it('waits for a second admin, who confirms with proof and hands the password over', async () => {
    const tocsin = await startTocsin({ response: 'newRightHours: 0\n' })
    running.push(tocsin)
    const first = await visit(tocsin)
    await createAccount(first, tocsin, 'Bella', 'admin')
    const oneTime = (await first.getByRole('dialog').getByRole('code').textContent()) ?? ''
    await first.getByRole('button', { name: 'I have kept it' }).click()
    const second = await visit(tocsin, 'bella', oneTime)
    await createAccount(first, tocsin, 'Nina', 'approver')
    await first.getByText('It waits for a second admin.').waitFor()
    const waiting = first.getByRole('region', { name: 'Waiting for a second admin' })
    await waiting.getByText('Make the account nina for Nina, with the role approver').waitFor()
    expect(await waiting.getByRole('button', { name: 'Confirm…' }).count()).toBe(0)
    await second.goto(`${tocsin.base}/settings?section=users`)
    const asked = second.getByRole('region', { name: 'Waiting for a second admin' })
    await asked.getByText('Make the account nina').waitFor()
    await look(second, 'accounts-waiting')
    await asked.getByRole('button', { name: 'Confirm…' }).click()
    const dialog = second.getByRole('dialog', { name: /Confirm what/ })
    await dialog.getByLabel('Your password again').fill('not the password at all')
    await dialog.getByRole('button', { name: 'Confirm', exact: true }).click()
    await dialog.getByText('nothing was changed').waitFor()
    await dialog.getByLabel('Your password again').fill(consolePassword)
    await look(second, 'accounts-confirm')
    await dialog.getByRole('button', { name: 'Confirm', exact: true }).click()
    await second.getByRole('dialog', { name: 'One-time password for Nina' }).waitFor()
    await second.getByRole('button', { name: 'I have kept it' }).click()
    await asked.waitFor({ state: 'detached' })
    await second.getByRole('row').filter({ hasText: 'Nina' }).waitFor()
  })
})

async function visit(tocsin: RunningTocsin, username = 'admin', password = tocsin.password): Promise<Page> {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage()
  await page.goto(tocsin.base)
  await firstSignIn(page, { password }, username)
  return page
}

async function createAccount(page: Page, tocsin: RunningTocsin, name: string, role: string): Promise<void> {
  await page.goto(`${tocsin.base}/settings?section=users`)
  await page.getByRole('button', { name: 'New account' }).click()
  const dialog = page.getByRole('dialog', { name: 'New account' })
  await dialog.getByLabel('User name').fill(name.toLowerCase())
  await dialog.getByLabel('Name', { exact: true }).fill(name)
  await dialog.getByLabel('Role', { exact: true }).selectOption(role)
  await dialog.getByLabel('Your password again').fill(consolePassword)
  await dialog.getByRole('button', { name: 'Create' }).click()
  await dialog.waitFor({ state: 'detached' })
}

/** Nothing is wider than a phone, and nothing keeps anybody out; a picture of both widths where one is wanted. */
async function look(page: Page, name: string): Promise<void> {
  expect(await accessibilityViolations(page)).toEqual([])
  await keepScreenshot(page, name)
  await page.setViewportSize({ width: 390, height: 844 })
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
  expect(await accessibilityViolations(page)).toEqual([])
  await keepScreenshot(page, `${name}-phone`)
  await page.setViewportSize({ width: 1280, height: 900 })
}
