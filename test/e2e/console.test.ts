import { appendFile, readFile } from 'node:fs/promises'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accessibilityViolations } from '../support/accessibility.ts'
import { hasBrowser, openBrowser, watchComplaints } from '../support/browser.ts'
import {
  allRead,
  consolePassword,
  firstSignIn,
  openFirstCase,
  pressInTurn,
  queueRows,
} from '../support/console-visit.ts'
import { type RunningTocsin, startTocsin } from '../support/running-tocsin.ts'
import { hostileAlert, intrusion, noise } from '../support/sample-alerts.ts'
import { takeScreenshots } from '../support/screenshots.ts'

// One analyst's shift in a real Chromium against `tocsin up`: the tests build on each other, as a shift does.

let tocsin: RunningTocsin
let browser: Browser
let context: BrowserContext
let page: Page
let complaints: string[]

if (!hasBrowser) console.error('SKIPPED: no Chromium here (CHROMIUM_PATH); the console is not tested')

describe.skipIf(!hasBrowser)('the console', () => {
  beforeAll(async () => {
    // Every page after the other, thrice, is more than a person asks for in a minute.
    const settings = { TOCSIN_REQUESTS_PER_MINUTE: '100000' }
    ;[tocsin, browser] = await Promise.all([startTocsin({ settings }), openBrowser()])
    context = await browser.newContext({
      viewport: { width: 1280, height: 800 },
      acceptDownloads: true,
    })
    page = await context.newPage()
    complaints = watchComplaints(page)
  })

  afterAll(async () => {
    await browser?.close()
    await tocsin?.stop()
  })

  it('asks to sign in, keeps the address, and insists on an own password', async () => {
    await page.goto(`${tocsin.base}/settings?section=tokens`)
    await page.getByLabel('User name').fill('admin')
    await page.getByLabel('Password').fill('wrong')
    await page.keyboard.press('Enter')
    await page.getByText('User name or password is wrong.').waitFor()
    await firstSignIn(page, tocsin)
    await page.getByRole('button', { name: 'New token' }).waitFor()
    expect(page.url()).toBe(`${tocsin.base}/settings?section=tokens`)
  })

  it('says what to do while there is nothing to triage', async () => {
    await pressInTurn(page, 'g', 'q')
    await page.getByText('no alert has come in yet').waitFor()
  })

  it('shows cases as alerts come in, without a reload', async () => {
    await page.mouse.move(5, 5) // Rows may move only while the pointer is elsewhere.
    await appendFile(tocsin.alertsFile, noise(Date.now(), 30))
    await rows().first().waitFor()
    await appendFile(tocsin.alertsFile, intrusion(Date.now()))
    await row(/web-07/)
      .first()
      .waitFor()
  })

  it('is triaged by keyboard: open, claim, evidence, note, verdict, back', async () => {
    await page.keyboard.press('/')
    await page.keyboard.type('host:web-07')
    await page.keyboard.press('Enter')
    await page.waitForURL(/host=web-07/)
    // The rows of the view before stay until those of this one have come.
    const others = () => rows().filter({ hasNotText: 'web-07' }).count()
    await expect.poll(async () => [(await rows().count()) > 0, await others()]).toEqual([true, 0])
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Brief' }).waitFor()
    await page.getByRole('button', { name: 'Give back' }).waitFor()

    await page.keyboard.press('n')
    await page.keyboard.type('Called the owner: nobody was logged on.')
    await page.keyboard.press('Control+Enter')
    await page.getByRole('listitem').filter({ hasText: 'Called the owner' }).waitFor()
    await page.keyboard.press('Escape')

    await pressInTurn(page, 'v', '1')
    await page.keyboard.type('Confirmed intrusion')
    await page.keyboard.press('Control+Enter')
    await page.getByText('Closed as true positive.').waitFor()
    await page.getByText('Confirmed intrusion').first().waitFor()
    await page.keyboard.press('u')
    await page.waitForURL(/\/\?host=web-07/)
  })

  it('opens evidence at the cited field of the raw alert', async () => {
    await openFirstCase(page, tocsin.base, 'host=web-07&status=all')
    const chip = page.getByRole('button', { name: /^Evidence E\d+/ })
    await chip.first().waitFor()
    const fields = await fieldsByEvidence()
    expect(fields.length).toBeGreaterThan(0)
    for (const { id, pointer } of fields.slice(0, 5)) {
      const address = new URL(page.url())
      address.search = `?e=${id}`
      await page.goto(address.href)
      const cited = page.locator('[data-cited]').first()
      await cited.waitFor()
      expect(await cited.getAttribute('data-pointer')).toMatch(new RegExp(`${escapeRegExp(pointer)}$`))
      await expect.poll(() => isInView(cited)).toBe(true)
    }
    await page.keyboard.press('e')
    await page.keyboard.press('Escape')
    await expect.poll(() => page.url()).not.toContain('e=E')
    await page.keyboard.press('r')
    await page.getByRole('complementary', { name: 'Raw alert' }).waitFor()
  })

  it('gives one verdict with its reason to many cases', async () => {
    await page.goto(`${tocsin.base}/?severity=low`)
    await rows().nth(3).waitFor()
    const before = await rows().count()
    await page.keyboard.press('x')
    await page.keyboard.press('j')
    await page.keyboard.press('j')
    await page.keyboard.press('X')
    await page.getByText('3 selected').waitFor()
    await pressInTurn(page, 'v', '2')
    await page.keyboard.press('Control+Enter')
    await page.getByText('Several cases at once need a reason.').waitFor()
    await page.getByRole('button', { name: 'Planned administration' }).click()
    await page.getByRole('button', { name: 'Close 3 cases' }).click()
    await page.getByText('3 cases closed').waitFor()
    await expect.poll(() => rows().count()).toBeLessThan(before)
  })

  it('keeps a view that was saved, and finds it again', async () => {
    await page.goto(`${tocsin.base}/?severity=low&sort=oldest`)
    await page.getByRole('button', { name: 'Save this view' }).click()
    await page.keyboard.type('Old and low')
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'Old and low' }).waitFor()
    await page.goto(tocsin.base)
    await page.getByRole('link', { name: 'Old and low' }).click()
    await page.waitForURL(/sort=oldest/)
    // The address alone is the view: somebody else opens it and sees the same.
    const other = await context.newPage()
    await other.goto(page.url())
    await other.getByText('Sort: oldest').waitFor()
    const titles = (of: Page) => queueRows(of).getByRole('link').allTextContents()
    await expect
      .poll(async () => {
        const [mine, theirs] = [await titles(page), await titles(other)]
        return mine.length > 0 && JSON.stringify(mine) === JSON.stringify(theirs)
      })
      .toBe(true)
    await other.close()
  })

  it('exports a case', async () => {
    await openFirstCase(page, tocsin.base, 'host=web-07&status=all')
    for (const [format, expected] of [
      ['Markdown', /web-07/],
      ['JSON', /"web-07"/],
      ['PDF', /^%PDF-/],
    ] as const) {
      await page.getByRole('button', { name: 'Export' }).click()
      const download = page.waitForEvent('download')
      await page.getByRole('menuitem', { name: format }).click()
      expect(await readFile(await (await download).path(), 'latin1')).toMatch(expected)
    }
  })

  it('splits alerts off a case, merges it back, and reopens what was closed', async () => {
    await openFirstCase(page, tocsin.base, 'host=web-07&status=all')
    const path = new URL(page.url()).pathname
    await page
      .getByRole('checkbox', { name: /^Select alert/ })
      .first()
      .check()
    await page.getByRole('button', { name: 'Split off into a new case' }).click()
    await page.waitForURL(url => url.pathname !== path)
    const splitPath = new URL(page.url()).pathname

    await page.goto(tocsin.base + path)
    await page.getByRole('heading', { name: 'Brief' }).waitFor()
    await page.keyboard.press('m')
    const dialog = page.getByRole('dialog', { name: 'Merge other cases into this one' })
    await dialog.getByLabel('Find cases').fill(splitPath.split('/').at(-1) ?? '')
    await expect.poll(() => dialog.getByRole('checkbox').count()).toBe(1)
    await dialog.getByRole('checkbox').check()
    await dialog.getByRole('button', { name: /^Merge 1 case/ }).click()
    await page.getByText('1 case merged into this one.').waitFor()
    await page.goto(tocsin.base + splitPath)
    await page.getByText('its alerts are there').waitFor()

    await page.goto(tocsin.base + path)
    await page.getByRole('button', { name: 'More actions' }).click()
    await page.getByRole('menuitem', { name: 'Reopen' }).click()
    await page.keyboard.type('The owner called back')
    await page.keyboard.press('Enter')
    await page.getByText('Reopened: the case is back in the queue.').waitFor()
    await page.getByRole('button', { name: /^True positive/ }).waitFor()
  })

  it('moves no row under the pointer: what is new waits to be shown', async () => {
    await page.goto(tocsin.base)
    await rows().first().hover()
    await appendFile(tocsin.alertsFile, intrusion(Date.now(), 'web-21', '203.0.113.21'))
    await page.getByRole('button', { name: /changes?: show/ }).waitFor()
    expect(await row(/web-21/).count()).toBe(0)
    await page.keyboard.press('.')
    await row(/web-21/)
      .first()
      .waitFor()
    await page.mouse.move(5, 5)
  })

  it('shows what came in between the reading of a list and the opening of the stream', async () => {
    let open = () => {}
    const read = new Promise<void>(resolve => {
      open = resolve
    })
    await page.route('**/api/events', async route => {
      await read
      await route.continue()
    })
    await page.goto(`${tocsin.base}/?host=web-22`)
    await page.getByText('No case matches this view.').waitFor()
    await appendFile(tocsin.alertsFile, intrusion(Date.now(), 'web-22', '203.0.113.22'))
    await expect
      .poll(() => page.evaluate(() => fetch('/api/cases?host=web-22').then(reply => reply.text())))
      .toContain('web-22')
    open()
    await row(/web-22/)
      .first()
      .waitFor()
    await page.unroute('**/api/events')
  })

  it('shows what came in while a list was being read for the first time and the stream opened', async () => {
    const [begun, opens, arrives] = [1, 2, 3].map(() => Promise.withResolvers<void>())
    await page.route('**/api/events', async route => {
      await opens?.promise
      await route.continue()
    })
    await page.route(
      /\/api\/cases\?.*web-23/,
      async route => {
        const response = await route.fetch()
        begun?.resolve()
        await arrives?.promise
        await route.fulfill({ response })
      },
      { times: 1 },
    )
    await page.goto(`${tocsin.base}/?host=web-23`)
    await begun?.promise
    await appendFile(tocsin.alertsFile, intrusion(Date.now(), 'web-23', '203.0.113.23'))
    const stored = async () => (await page.request.get(`${tocsin.base}/api/cases?host=web-23`)).text()
    await expect.poll(stored).toContain('web-23')
    opens?.resolve()
    await page.getByText('Live', { exact: true }).waitFor()
    arrives?.resolve()
    await row(/web-23/)
      .first()
      .waitFor()
    await page.unroute('**/api/events')
  })

  it('shows secrets once, and a viewer nothing that a viewer may not do', async () => {
    await page.goto(`${tocsin.base}/settings?section=tokens`)
    await page.getByRole('button', { name: 'New token' }).click()
    await page.keyboard.type('integrator')
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('dialog', { name: 'Your new token' }).getByRole('code').waitFor()
    await page.getByRole('button', { name: 'I have kept it' }).click()
    await page.getByRole('button', { name: 'Revoke' }).click()
    await page.getByText('Revoked.').waitFor()

    await page.goto(`${tocsin.base}/settings?section=users`)
    await page.getByRole('button', { name: 'New account' }).click()
    await page.keyboard.type('vera')
    await page.getByLabel('Name', { exact: true }).fill('Vera Lang')
    await page.getByLabel('Role', { exact: true }).selectOption('viewer')
    await page.getByLabel('Your password again').fill(consolePassword)
    await page.getByRole('button', { name: 'Create' }).click()
    const secret = page.getByRole('dialog', { name: 'One-time password for Vera Lang' }).getByRole('code')
    const password = (await secret.textContent()) ?? ''
    await page.getByRole('button', { name: 'I have kept it' }).click()

    const visitor = await (await browser.newContext()).newPage()
    await visitor.goto(tocsin.base)
    await firstSignIn(visitor, { password }, 'vera')
    await openFirstCase(visitor, tocsin.base, 'status=all')
    await visitor.getByRole('heading', { name: 'Verdict' }).waitFor()
    for (const name of [/^True positive/, 'Claim', 'Save note', 'More actions'])
      expect(await visitor.getByRole('button', { name }).count()).toBe(0)
    await visitor.getByRole('button', { name: 'Sign out' }).click()
    await visitor.getByRole('heading', { name: 'Sign in to Tocsin' }).waitFor()
    await visitor.context().close()
  })

  it('shows hostile text as text', async () => {
    await appendFile(tocsin.alertsFile, hostileAlert(Date.now()))
    await page.goto(`${tocsin.base}/?host=kiosk-11`)
    await row(/kiosk-11/)
      .first()
      .waitFor()
    await openFirstCase(page, tocsin.base, 'host=kiosk-11')
    await page.getByText('<img src=x onerror=').filter({ visible: true }).first().waitFor()
    await page.getByRole('button', { name: /^Raw/ }).first().click()
    await page.getByText('RLO').filter({ visible: true }).first().waitFor()
    expect(await page.evaluate(() => 'pwned' in globalThis)).toBe(false)
    expect(await page.locator('body').textContent()).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u200b\u001b]/)
    expect(await page.locator('a[href^="javascript"], img[src="x"]').count()).toBe(0)
  })

  it('is accessible by WCAG 2.2 AA on every page, light and dark', async () => {
    const casePath = await openFirstCase(page, tocsin.base, 'host=web-07&status=all')
    const addresses = [...(await everyPage()), casePath, `${casePath}?e=E1`, '/entities/host/web-07']
    expect(addresses.filter(address => address.startsWith('/settings?section=')).length).toBeGreaterThan(10)
    const violations: string[] = []
    for (const address of addresses) {
      await page.goto(tocsin.base + address)
      await allRead(page)
      const found = await accessibilityViolations(page)
      violations.push(...found.map(violation => `${address} ${violation}`))
    }
    expect(violations).toEqual([])
  })

  it.each([360, 1280])('fits %i pixels: nothing is wider than the screen', async width => {
    const screen = await context.newPage()
    await screen.setViewportSize({ width, height: 740 })
    const casePath = await openFirstCase(page, tocsin.base, 'host=web-07&status=all')
    for (const address of [...(await everyPage()), casePath, '/entities/host/web-07']) {
      await screen.goto(tocsin.base + address)
      await allRead(screen)
      const main = screen.locator('main')
      const [wanted, shown] = await main.evaluate(element => [element.scrollWidth, element.clientWidth])
      expect(wanted, address).toBeLessThanOrEqual(shown ?? 0)
      expect(
        await screen.evaluate<number>('document.documentElement.scrollWidth'),
        address,
      ).toBeLessThanOrEqual(width)
    }
    await screen.close()
  })

  it('shows all keys and runs commands from the palette', async () => {
    await page.goto(tocsin.base)
    await rows().first().waitFor()
    await page.keyboard.press('?')
    await page
      .getByRole('dialog', { name: 'Keys that work here' })
      .getByText('Benign true positive')
      .waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('Control+k')
    await page.keyboard.type('settings')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/settings/)
  })

  it('can be looked at', async () => {
    const folder = process.env.TOCSIN_SCREENSHOTS
    if (folder === undefined) return
    const casePath = await openFirstCase(page, tocsin.base, 'host=web-07&status=all')
    await takeScreenshots(browser, await context.storageState(), folder, {
      queue: `${tocsin.base}/?status=all`,
      case: tocsin.base + casePath,
      evidence: `${tocsin.base}${casePath}?e=E1`,
      entity: `${tocsin.base}/entities/host/web-07`,
      settings: `${tocsin.base}/settings`,
      accounts: `${tocsin.base}/settings?section=users`,
      sessions: `${tocsin.base}/settings?section=sessions`,
    })
  })

  it('says so when live updates are interrupted, and complained about nothing', async () => {
    await page.goto(tocsin.base)
    await rows().first().waitFor()
    await page.getByText('Live', { exact: true }).waitFor()
    expect(complaints).toEqual([])
    await tocsin.stop()
    await page.getByText('Live updates are interrupted').waitFor()
    expect(await rows().count()).toBeGreaterThan(0)
  })
})

function rows() {
  return queueRows(page)
}

function row(text: RegExp) {
  return rows().filter({ hasText: text })
}

/** Every page and section that an admin can go to: one that is added later is checked without being named here. */
async function everyPage(): Promise<string[]> {
  const links = async (navigation: string) => {
    const found = page.getByRole('navigation', { name: navigation }).getByRole('link')
    return found.evaluateAll(each => each.map(link => link.getAttribute('href') ?? ''))
  }
  const pages = await links('Main')
  await page.goto(`${tocsin.base}/settings`)
  await page.getByRole('heading', { level: 1 }).waitFor()
  return [...new Set([...pages, ...(await links('Settings'))])]
}

/** Evidence of the newest brief that stands at a field of an alert. */
async function fieldsByEvidence(): Promise<{ id: string; pointer: string }[]> {
  const id = new URL(page.url()).pathname.split('/').at(-1)
  const response = await page.request.get(`${tocsin.base}/api/cases/${id}`)
  const { briefs } = (await response.json()) as {
    briefs: { evidence: { id: string; pointer: string }[] }[]
  }
  return (briefs[0]?.evidence ?? []).filter(item => item.pointer.startsWith('/'))
}

/** Whether an element is within the window, and so was scrolled to. */
async function isInView(locator: ReturnType<Page['locator']>): Promise<boolean> {
  const box = await locator.boundingBox()
  return box !== null && box.y >= 0 && box.y + Math.min(box.height, 20) <= 800
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
