import { appendFile } from 'node:fs/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accessibilityViolations } from '../support/accessibility.ts'
import { hasBrowser, openBrowser, watchComplaints } from '../support/browser.ts'
import { firstSignIn, queueRows } from '../support/console-visit.ts'
import { type RunningTocsin, startTocsin } from '../support/running-tocsin.ts'
import { noise } from '../support/sample-alerts.ts'
import { takeScreenshots } from '../support/screenshots.ts'

// What a lead does in a real Chromium: how long data is kept, erasure, models, evaluations. The tests build on each other.

let tocsin: RunningTocsin
let browser: Browser
let page: Page
let complaints: string[]

if (!hasBrowser)
  console.error('SKIPPED: no Chromium here (CHROMIUM_PATH); the pages of governance are not tested')

describe.skipIf(!hasBrowser)('governance in the console', () => {
  beforeAll(async () => {
    ;[tocsin, browser] = await Promise.all([startTocsin(), openBrowser()])
    const context = await browser.newContext({
      viewport: { width: 1280, height: 900 },
      reducedMotion: 'reduce',
    })
    page = await context.newPage()
    page.setDefaultTimeout(15_000)
    complaints = watchComplaints(page)
    await page.goto(tocsin.base)
    await firstSignIn(page, tocsin)
    await appendFile(tocsin.alertsFile, noise(Date.now(), 30))
    await queueRows(page).first().waitFor()
  })

  afterAll(async () => {
    await browser?.close()
    await tocsin?.stop()
  })

  it('how long data is kept is seen and changed, and the ledger has it', async () => {
    await page.goto(`${tocsin.base}/retention`)
    const mails = page.getByLabel('Days that mails are kept; empty: for ever')
    await mails.fill('x')
    await page.getByText('a number of days from 1 to 36,500').waitFor()
    expect(await page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true)
    await mails.fill('30')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved, and written to the ledger.').waitFor()
    await page.reload()
    await mails.waitFor()
    expect(await mails.inputValue()).toBe('30')
    await page.goto(`${tocsin.base}/ledger`)
    await page.getByText('config change').first().waitFor()
  })

  it('an erasure is seen before it is done; a held case stays', async () => {
    await page.goto(tocsin.base)
    await queueRows(page).first().getByRole('link').click()
    await page.waitForURL(/\/cases\//)
    const caseId = decodeURIComponent(new URL(page.url()).pathname.split('/').at(-1) ?? '')
    await page.goto(`${tocsin.base}/retention`)
    await page.getByLabel('Case id').fill(caseId)
    await page.getByLabel('Reason').fill('asked for by counsel')
    await page.getByRole('button', { name: 'Hold this case' }).click()
    await page.getByRole('table', { name: 'Held cases' }).getByText('asked for by counsel').waitFor()

    await page.getByLabel('What').selectOption('host')
    const [host = ''] = await hosts()
    await page.getByLabel('Exactly as cases name it').fill(host)
    await page.getByRole('button', { name: 'Show what would go' }).click()
    const dialog = page.getByRole('dialog')
    await dialog
      .getByText('stays: legal hold')
      .or(dialog.getByText('deleted', { exact: true }))
      .first()
      .waitFor()
    await dialog.getByLabel('Reason').fill('request 17')
    await dialog.getByLabel('Type it again to confirm').fill(host)
    await dialog.getByRole('button', { name: 'Erase for good' }).click()
    await page.getByText(/^Erased: \d+ cases/).waitFor()
  })

  it('has no accessibility violation, and nothing broke', async () => {
    for (const path of paths) {
      await page.goto(`${tocsin.base}${path}`)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await page.waitForLoadState('networkidle')
      expect(await accessibilityViolations(page), path).toEqual([])
    }
    expect(complaints).toEqual([])
  })

  it.runIf(process.env.TOCSIN_SCREENSHOTS)('is pictured for people', async () => {
    const pages = Object.fromEntries(
      paths.map(path => [path.slice(1).replaceAll('/', '-'), `${tocsin.base}${path}`]),
    )
    await takeScreenshots(
      browser,
      await page.context().storageState(),
      process.env.TOCSIN_SCREENSHOTS ?? '',
      pages,
    )
  })
})

const paths = ['/retention']

/** Hosts that alerts named, without the one of the held case where there is another. */
async function hosts(): Promise<string[]> {
  const reply = await page.request.get(`${tocsin.base}/api/cases?limit=50`)
  const { cases } = (await reply.json()) as { cases: { hosts: string[] }[] }
  return [...new Set(cases.flatMap(each => each.hosts))].reverse()
}
