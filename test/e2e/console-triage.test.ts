import { appendFile } from 'node:fs/promises'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasBrowser, openBrowser, watchComplaints } from '../support/browser.ts'
import { allRead, firstSignIn, openFirstCase, pressInTurn, queueRows } from '../support/console-visit.ts'
import { queueAtRest } from '../support/queue-at-rest.ts'
import { type RunningTocsin, startTocsin } from '../support/running-tocsin.ts'
import { intrusion, noise } from '../support/sample-alerts.ts'
import { standInUser, startWazuhServer, type WazuhStandIn } from '../support/wazuh-server.ts'

// What an analyst does between the great steps of console.test.ts: each test opens its own page and needs none before it.

let wazuh: WazuhStandIn
let tocsin: RunningTocsin
let browser: Browser
let context: BrowserContext
let page: Page
let complaints: string[]

if (!hasBrowser)
  console.error('SKIPPED: no Chromium here (CHROMIUM_PATH); triage in the console is not tested')

describe.skipIf(!hasBrowser)('triage in the console', () => {
  beforeAll(async () => {
    wazuh = await startWazuhServer()
    ;[tocsin, browser] = await Promise.all([
      startTocsin({
        settings: {
          TOCSIN_WAZUH_API_URL: wazuh.url,
          TOCSIN_WAZUH_API_USER: standInUser.username,
          TOCSIN_WAZUH_API_PASSWORD: standInUser.password,
          TOCSIN_PUBLISH: 'off',
        },
      }),
      openBrowser(),
    ])
    context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
    page = await context.newPage()
    complaints = watchComplaints(page)
    await page.goto(tocsin.base)
    await firstSignIn(page, tocsin)
    await page.mouse.move(5, 5) // Rows may move only while the pointer is elsewhere.
    const lines = noise(Date.now(), 30) + intrusion(Date.now())
    await appendFile(tocsin.alertsFile, lines)
    await queueAtRest(page, tocsin.base, lines)
  })
  afterAll(async () => {
    await browser?.close()
    await tocsin?.stop()
    await wazuh?.close()
  })

  const marked = () => page.locator('tr[aria-current]')
  const place = async () => Number(await marked().getAttribute('data-index'))
  const queue = async (query = '') => {
    await page.goto(`${tocsin.base}/${query}`)
    await queueRows(page).first().waitFor()
  }

  it('goes through the queue by keys: down, up, first, last', async () => {
    await queue()
    await expect.poll(place).toBe(0)
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('j')
    await expect.poll(place).toBe(2)
    await page.keyboard.press('k')
    await expect.poll(place).toBe(1)
    await page.keyboard.press('G')
    await expect.poll(place).toBeGreaterThan(2)
    await pressInTurn(page, 'g', 'g')
    await expect.poll(place).toBe(0)
  })

  it('has the likely attack first, marked and with the reason, and Enter opens it', async () => {
    await queue()
    const first = queueRows(page).first()
    await expect.poll(() => first.getAttribute('aria-current')).toBe('true')
    await first.getByText('a step up').waitFor()
    const href = await first.getByRole('link').getAttribute('href')
    await page.keyboard.press('Enter')
    await page.waitForURL(url => url.pathname === href)
    await page.getByText('A step above its severity: a likely attack.').waitFor()
    await page.keyboard.press('u')
    await expect.poll(place).toBe(0)
    await page.keyboard.press('A') // Opening claimed it.
    await page.getByText('1 case given back.').waitFor()
  })

  it('claims the marked case and the selected ones by key, and gives them back', async () => {
    await queue()
    await page.keyboard.press('a')
    await page.getByText('1 case claimed.').waitFor()
    await marked().getByText('Administrator').waitFor()
    await page.keyboard.press('A')
    await page.getByText('1 case given back.').waitFor()
    await expect.poll(() => marked().getByText('Administrator').count()).toBe(0)
    await page.keyboard.press('x')
    await page.keyboard.press('j')
    await page.keyboard.press('x')
    await page.getByText('2 selected').waitFor()
    await page.keyboard.press('a')
    await page.getByText('2 cases claimed.').waitFor()
    await page.keyboard.press('A')
    await page.getByText('2 cases given back.').waitFor()
    await page.keyboard.press('Escape')
    await page.getByText('2 selected').waitFor({ state: 'detached' })
  })

  it('filters by menu and by words, each in the address', async () => {
    await queue()
    await page.getByRole('button', { name: 'Severity' }).click()
    await page.getByRole('menuitemcheckbox', { name: 'high' }).click()
    await page.waitForURL(/severity=high/)
    await page.keyboard.press('Escape')
    const marks = () =>
      queueRows(page)
        .getByRole('img')
        .evaluateAll(all => [...new Set(all.map(mark => mark.getAttribute('aria-label')))])
    await expect.poll(marks).toEqual(['High severity'])
    await page.getByRole('button', { name: 'Clear all filters' }).click()
    await expect.poll(() => page.url()).not.toContain('severity')
    await page.keyboard.press('/')
    await page.keyboard.type('203.0.113.7')
    await page.keyboard.press('Enter')
    await page.waitForURL(/text=203\.0\.113\.7/)
    await expect.poll(() => queueRows(page).filter({ hasNotText: 'web-07' }).count()).toBe(0)
    await queueRows(page).filter({ hasText: 'web-07' }).first().waitFor()
  })

  it('counts down to when each case is due', async () => {
    await queue('?host=web-07')
    const clock = queueRows(page).first().getByTitle(/^Due /)
    const before = await clock.textContent()
    expect(before).toMatch(/^\d+:\d\d(:\d\d)?left$/)
    await expect.poll(() => clock.textContent()).not.toBe(before)
  })

  it('leaves a case whose it is where claiming on opening is switched off', async () => {
    await queue('?host=web-07')
    const choice = page.getByRole('checkbox', { name: 'Claim on open' })
    await choice.uncheck()
    await queueRows(page).first().getByRole('link').click()
    await page.getByRole('heading', { name: 'Brief' }).waitFor()
    await page.getByRole('button', { name: 'Claim', exact: true }).waitFor()
    await page.goBack()
    await choice.check()
    await queueRows(page).first().getByRole('link').click()
    await page.getByRole('button', { name: 'Give back' }).waitFor()
  })

  it('shows the sentence that rests on the evidence that the keys go to', async () => {
    await openFirstCase(page, tocsin.base, 'host=web-07')
    const open = page.locator('button[aria-pressed=true][aria-label^="Evidence "]')
    const inSight = async () => {
      const boxes = await Promise.all((await open.all()).map(chip => chip.boundingBox()))
      return boxes.some(box => box !== null && box.y >= 0 && box.y + box.height <= 800)
    }
    await page.getByRole('region', { name: 'History' }).scrollIntoViewIfNeeded()
    await page.keyboard.press('e')
    const title = page.getByRole('heading', { name: /of \d+ cited$/ })
    await title.waitFor()
    const cited = Number(/of (\d+) cited/.exec((await title.textContent()) ?? '')?.[1])
    expect(cited).toBeGreaterThan(1)
    for (let at = 1; at <= cited; at++) {
      await page.getByRole('heading', { name: `${at} of ${cited} cited` }).waitFor()
      await expect.poll(inSight).toBe(true)
      await page.keyboard.press('e')
    }
  })

  it('a case has its timeline, its history, and entities that lead to every case that names them', async () => {
    const path = await openFirstCase(page, tocsin.base, 'host=web-07')
    const part = (name: string) => page.getByRole('region', { name })
    const lines = part('Timeline').getByRole('listitem')
    await lines
      .filter({ hasText: 'brute force trying to get access' })
      .filter({ hasText: '× ' })
      .first()
      .waitFor()
    await lines
      .filter({ hasText: 'authorized_keys' })
      .or(lines.filter({ hasText: 'checksum' }))
      .first()
      .waitFor()
    await part('History').getByText('opened the case').waitFor()
    await part('Entities').getByRole('link', { name: '203.0.113.77' }).click()
    await page.waitForURL(/\/entities\/[a-z]+\/203\.0\.113\.77/)
    await page.getByRole('heading', { name: '203.0.113.77' }).waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('o')
    await page.waitForURL(url => url.pathname === path)
    await page.goBack()
    await page.getByRole('link', { name: 'Show in the queue' }).click()
    await queueRows(page).filter({ hasText: 'web-07' }).first().waitFor()
  })

  it('is light or dark as the person says, and stays so', async () => {
    await queue()
    const look = () => page.evaluate<string>('getComputedStyle(document.body).backgroundColor')
    const button = page.getByRole('button', { name: /^Theme: / })
    const choose = async (name: string) => {
      await expect
        .poll(async () => {
          if ((await button.textContent()) !== `Theme: ${name}`) await button.click()
          return button.textContent()
        })
        .toBe(`Theme: ${name}`)
      return look()
    }
    const light = await choose('Light theme')
    const dark = await choose('Dark theme')
    expect(dark).not.toBe(light)
    await page.reload()
    await queueRows(page).first().waitFor()
    expect(await look()).toBe(dark)
    await choose('System theme')
  })

  it('shows the page that is open whole in the navigation, also on a low screen', async () => {
    const wide = await context.newPage()
    for (const height of [800, 560]) {
      await wide.setViewportSize({ width: 1280, height })
      for (const name of ['Governance', 'Settings', 'Queue']) {
        await wide.goto(`${tocsin.base}/${name === 'Queue' ? '' : name.toLowerCase()}`)
        await wide.getByRole('heading', { level: 1, name }).waitFor()
        const links = wide.getByRole('navigation', { name: 'Main' })
        const foot = async () => (await links.getByRole('button', { name: 'Ask' }).boundingBox())?.y ?? 0
        const end = async () => {
          const box = await links.getByRole('link', { name, exact: true }).boundingBox()
          return box === null ? Number.NaN : box.y + box.height
        }
        await expect.poll(async () => (await end()) <= (await foot())).toBe(true)
      }
    }
    await wide.close()
  })

  it('is all there on a phone: navigation, a case, evidence, a verdict', async () => {
    const phone = await browser.newContext({
      storageState: await context.storageState(),
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
    })
    const small = await phone.newPage()
    await small.goto(tocsin.base)
    await small.getByRole('button', { name: 'Navigation' }).tap()
    await small.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Approvals' }).tap()
    await small.waitForURL(/\/approvals/)
    await openFirstCase(small, tocsin.base, 'host=web-07')
    await small
      .getByRole('button', { name: /^Evidence E\d+/ })
      .first()
      .tap()
    const drawer = small.getByRole('complementary').filter({ hasText: 'Trust' })
    await drawer.waitFor()
    await drawer.getByRole('button', { name: 'Close' }).tap()
    await drawer.waitFor({ state: 'detached' })
    await small.getByRole('button', { name: 'True positive', exact: true }).tap()
    await small.getByRole('button', { name: 'Confirmed intrusion' }).tap()
    await small
      .getByRole('dialog')
      .getByRole('button', { name: /^Close (?:the )?case/ })
      .tap()
    await small.getByText('Closed as true positive.').waitFor()
    // Of a table of settings nothing is out of sight either.
    await small.goto(`${tocsin.base}/settings?section=users`)
    await allRead(small)
    const actions = small.getByRole('button', { name: 'Actions for Administrator' })
    await actions.waitFor()
    const box = await actions.boundingBox()
    expect(box !== null && box.x >= 0 && box.x + box.width <= 390).toBe(true)
    await phone.close()
  })

  it('says which generation of Wazuh it is connected to', async () => {
    await page.goto(`${tocsin.base}/settings?section=connections`)
    await page.getByText(`Wazuh 4: the server API is ${wazuh.version}`).waitFor()
  })

  it('complained about nothing', () => expect(complaints).toEqual([]))
})
