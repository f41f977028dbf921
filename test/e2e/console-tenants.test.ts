import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectDatabase, type OpenDatabase } from '../../src/store/connect.ts'
import { migrate } from '../../src/store/migrate.ts'
import { describeTenant, keepDayBudget } from '../../src/store/tenant-overview.ts'
import { addTenant, resumeTenant } from '../../src/store/tenants.ts'
import { accessibilityViolations } from '../support/accessibility.ts'
import { hasBrowser, openBrowser, watchComplaints } from '../support/browser.ts'
import { firstSignIn } from '../support/console-visit.ts'
import { newIngest } from '../support/new-ingest.ts'
import { databaseKinds } from '../support/postgres.ts'
import { type PostgresServer, startPostgresServer } from '../support/postgres-server.ts'
import { type RunningTocsin, startTocsin } from '../support/running-tocsin.ts'
import { takeScreenshots } from '../support/screenshots.ts'
import { wazuhLine } from '../support/wazuh-alert.ts'

// The operator of two customers in a real Chromium: sees what waits at each, and goes to a customer's own console.

let folder: string
let server: PostgresServer
let owner: OpenDatabase
let tocsin: RunningTocsin
let browser: Browser
let page: Page
let complaints: string[]

if (!hasBrowser) console.error('SKIPPED: no Chromium here (CHROMIUM_PATH); the page of tenants is not tested')

describe.skipIf(!hasBrowser || !databaseKinds.includes('server'))('tenants in the console', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tocsin-operator-'))
    chmodSync(folder, 0o755) // PostgreSQL runs as another account where we are root.
    server = await startPostgresServer(mkdtempSync(join(folder, 'db-')), { maxConnections: 120 })
    owner = connectDatabase({
      connection: server.connection,
      maxConnections: 2,
      onIdleError: () => {},
    })
    await migrate(owner)
    const nowMs = Date.now()
    const passwords = new Map<string, string>()
    for (const [id, name] of [
      ['acme', 'Acme & Söhne'],
      ['globex', 'Globex'],
      ['house', 'Our own'],
    ] as const) {
      const password = `password-of-${id}`
      const { role } = await owner.transaction(sql => addTenant(sql, { id, name, password }, nowMs))
      passwords.set(id, `postgres://${encodeURIComponent(role)}:${password}@`)
    }
    await describeTenant(owner, 'house', { operator: true })
    await describeTenant(owner, 'acme', { consoleUrl: 'https://acme.example/' })
    await keepDayBudget(owner, 'acme', { costUsd: 5 }, nowMs)
    const alert = (level: number, index: number) =>
      wazuhLine({
        atMs: nowMs - index * 7_200_000,
        host: `host-${index}`,
        rule: [`100${index}`, level, 'Something happened', ['sshd']],
        data: { srcip: `203.0.113.${index}` },
        log: 'a line',
      })
    await newIngest(owner, { now: () => nowMs })([15, 13, 8, 4].map(alert), { tenant: 'acme' })
    browser = await openBrowser()
    tocsin = await startTocsin({
      settings: {
        DATABASE_URL: server.url.replace('postgres://tocsin@', passwords.get('house') ?? ''),
        TOCSIN_TENANT: 'house',
      },
    })
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
    page = await context.newPage()
    complaints = watchComplaints(page)
    await page.goto(tocsin.base)
    await firstSignIn(page, tocsin)
  })
  afterAll(async () => {
    await browser?.close()
    await tocsin?.stop()
    await owner?.close()
    await server?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it('the operator finds the page, the numbers, and the way to the customer’s own console', async () => {
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Tenants' }).click()
    const row = page.getByRole('table', { name: 'Tenants' }).getByRole('row', { name: /Acme & Söhne/ })
    await row.getByRole('img', { name: 'Critical severity' }).waitFor()
    expect((await row.getByRole('listitem').allTextContents()).map(each => each.trim())).toEqual([
      '1',
      '1',
      '1',
      '1',
    ])
    await row.getByText('0 % of the day’s budget', { exact: true }).waitFor()
    await row.getByText('0 calls, $0.00').waitFor()
    const link = row.getByRole('link', { name: 'Open its console' })
    expect(await link.getAttribute('href')).toBe('https://acme.example/')
    expect(await link.getAttribute('rel')).toContain('noopener')
    const own = page.getByRole('row', { name: /Our own/ })
    await own.getByText('this console').waitFor()
    const text = await page.getByRole('main').textContent()
    expect(text).not.toMatch(/host-\d|203\.0\.113|Something happened/)
    expect(await accessibilityViolations(page)).toEqual([])
    expect(complaints).toEqual([])
  })

  it('a tenant whose role may not sign in stands first and says so, until it may again', async () => {
    await owner.query(`update tenants set suspended_ms = $1 where id = 'globex'`, [Date.now()])
    await page.reload()
    const first = page.getByRole('table', { name: 'Tenants' }).locator('tbody tr').first()
    await first.getByText('Suspended since').waitFor()
    await first.getByText('tocsin tenant resume globex').waitFor()
    expect(await accessibilityViolations(page)).toEqual([])
    await owner.transaction(sql => resumeTenant(sql, 'globex'))
    await page.reload()
    await page.getByRole('row', { name: /Globex/ }).waitFor()
    expect(await page.getByText('Suspended since').count()).toBe(0)
  })

  it.runIf(process.env.TOCSIN_SCREENSHOTS)('is pictured for people', () =>
    page
      .context()
      .storageState()
      .then(state =>
        takeScreenshots(browser, state, process.env.TOCSIN_SCREENSHOTS ?? '', {
          tenants: `${tocsin.base}/tenants`,
        }),
      ),
  )
})
