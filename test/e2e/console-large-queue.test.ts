import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectDatabase } from '../../src/store/connect.ts'
import { hasBrowser, openBrowser } from '../support/browser.ts'
import { firstSignIn, queueRows } from '../support/console-visit.ts'
import { fillCases } from '../support/many-cases.ts'
import { databaseKinds } from '../support/postgres.ts'
import { type PostgresServer, startPostgresServer } from '../support/postgres-server.ts'
import { type RunningTocsin, startTocsin } from '../support/running-tocsin.ts'

// A hundred thousand cases in a real browser. How quick it is depends on the machine; what makes it quick does not: few rows in
// the page, and one request for a hundred rows.

const hasServer = databaseKinds.includes('server')
if (!hasBrowser) console.error('SKIPPED: no Chromium here (CHROMIUM_PATH); the large queue is not looked at')

const mostRows = 60
const pageOfCases = 100

describe.skipIf(!hasBrowser || !hasServer)('a queue of 100,000 cases', () => {
  let folder: string
  let database: PostgresServer
  let tocsin: RunningTocsin
  let browser: Browser
  let page: Page
  const asked: string[] = []

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tocsin-large-queue-'))
    chmodSync(folder, 0o755)
    database = await startPostgresServer(folder)
    ;[tocsin, browser] = await Promise.all([
      startTocsin({ settings: { DATABASE_URL: database.url } }),
      openBrowser(),
    ])
    const store = connectDatabase({
      connection: database.connection,
      maxConnections: 1,
      onIdleError: () => {},
    })
    await fillCases(store, 100_000)
    await store.close()
    page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage()
    page.on('request', request => {
      const { pathname } = new URL(request.url())
      if (pathname === '/api/cases') asked.push(request.url())
    })
    await page.goto(tocsin.base)
    await firstSignIn(page, tocsin)
  })

  afterAll(async () => {
    await browser?.close()
    await tocsin?.stop()
    await database?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const indexes = () =>
    page
      .locator('[data-index]')
      .evaluateAll(rows =>
        rows.map(row => Number((row as unknown as { dataset: { index: string } }).dataset.index)),
      )

  it('has as many rows in the page as fit the screen, however far it is scrolled, and asks by the page', async () => {
    await page.goto(`${tocsin.base}/?status=all`)
    await queueRows(page).first().waitFor()
    await page
      .getByRole('status')
      .filter({ hasText: /[\d,]+(?: or more)? cases/ })
      .waitFor()
    asked.length = 0
    // To the end of what is loaded, again and again: the next page comes, and the list is longer.
    const atTheEnd = async () => {
      await page.getByRole('table', { name: 'Cases' }).evaluate(table => {
        const scroller = (table as unknown as { parentElement: { scrollTop: number; scrollHeight: number } })
          .parentElement
        scroller.scrollTop = scroller.scrollHeight
      })
      const shown = await indexes()
      expect(shown.length).toBeLessThan(mostRows)
      return Math.max(...shown)
    }
    await expect.poll(atTheEnd).toBeGreaterThan(15 * pageOfCases)
    expect(asked.length).toBeGreaterThan(10)
    // All once more where the stream of events opened meanwhile, and never for each row.
    expect(asked.length).toBeLessThan((3 * Math.max(...(await indexes()))) / pageOfCases)
  })

  it('goes row by row by keyboard, past the end of the screen, and opens the row', async () => {
    await page.goto(`${tocsin.base}/?status=all&sort=newest`)
    const focused = () =>
      page.evaluate<number>(`Number(document.activeElement?.closest('[data-index]')?.dataset.index ?? -1)`)
    await queueRows(page).first().waitFor()
    await page.keyboard.press('j')
    await expect.poll(focused).toBeGreaterThanOrEqual(0)
    const first = await focused()
    for (let step = 1; step <= 40; step++) {
      await page.keyboard.press('j')
      await expect.poll(focused).toBe(first + step)
    }
    await page.keyboard.press('k')
    await expect.poll(focused).toBe(first + 39)
    expect((await indexes()).length).toBeLessThan(mostRows)
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/cases\/case_/)
    await page.getByRole('heading', { level: 1 }).waitFor()
  })
})
