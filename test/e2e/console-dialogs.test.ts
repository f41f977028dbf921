import { appendFile } from 'node:fs/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accessibilityViolations } from '../support/accessibility.ts'
import { hasBrowser, openBrowser, watchComplaints } from '../support/browser.ts'
import { allRead, firstSignIn, openFirstCase, pressInTurn, queueRows } from '../support/console-visit.ts'
import { type RunningTocsin, startTocsin } from '../support/running-tocsin.ts'
import { intrusion } from '../support/sample-alerts.ts'

// Every dialog that an admin can open in a new installation: by WCAG 2.2 AA in both looks, on a phone, closed by Escape.

let tocsin: RunningTocsin
let browser: Browser
let page: Page
let complaints: string[]
let casePath: string

// Nothing listens there: dialogs about a model need none that answers.
const models = `models:
  - { name: house, provider: openai-compatible, model: llama-3.3-70b, zone: local, baseUrl: 'http://127.0.0.1:9/v1', plainHttp: true }
`

if (!hasBrowser) console.error('SKIPPED: no Chromium here (CHROMIUM_PATH); the dialogs are not tested')

const press = (name: string | RegExp) => () =>
  page.getByRole('main').getByRole('button', { name }).first().click()
const item = (menu: string | RegExp, name: string) => async () => {
  await press(menu)()
  await page.getByRole('menuitem', { name }).click()
}
const key = (keys: string) => () => page.keyboard.press(keys)
const verdictOnQueue = async () => {
  await queueRows(page).first().waitFor()
  await page.keyboard.press('k')
  await page.locator('tr[aria-current]').waitFor()
  await pressInTurn(page, 'v', '2')
}

const dialogs: readonly (readonly [address: string, title: string | RegExp, open: () => Promise<unknown>])[] =
  [
    ['/', 'Keys that work here', key('?')],
    ['/', 'Commands', key('Control+k')],
    ['/', 'Give a verdict', verdictOnQueue],
    ['/?severity=high', 'Save this view', press('Save this view')],
    ['case', 'Give a verdict', press(/^True positive/)],
    ['case', 'Merge other cases into this one', item('More actions', 'Merge other cases into this one')],
    ['case', 'New rule', press('Draft a rule')],
    ['/rules', 'New rule', press('New rule')],
    ['/intel/digest', 'What the digest is ranked by, and who gets it', press('Change')],
    ['/compliance', /^GV\.OC-01/, press('State something')],
    ['/models', /^house: active → canary/, press('Make canary')],
    ['/models', /^house: active → retired/, press('Retire')],
    ['/learning', 'Write a lesson', press('Write a lesson')],
    ['/learning?tab=drift', 'Alarms and groups', press('Change alarms and groups')],
    ['/governance?tab=policy', 'Change this policy', press('Write the policy')],
    ['/governance?tab=group', 'New charter', press('Add a charter')],
    ['/governance?tab=suppliers', 'New supplier', press('Add a supplier')],
    ['/governance?tab=risks', 'New risk', press('Add a risk')],
    ['/governance?tab=incidents', 'New incident', press('Add an incident')],
    ['/settings?section=inventory', 'Upload a list', press('Upload a list')],
    ['/settings?section=users', 'New account', press('New account')],
    ['/settings?section=users', /^Sessions of /, item(/^Actions for /, 'Sessions')],
    ['/settings?section=sign-in', 'Seal the break-glass account', press('Make and seal it')],
    ['/settings?section=notifications', 'New channel', press('New channel')],
    ['/settings?section=tokens', 'New token', press('New token')],
    ['/settings?section=sessions', 'Add an authenticator app', press('Add an authenticator app')],
  ]

describe.skipIf(!hasBrowser)('the dialogs of the console', () => {
  beforeAll(async () => {
    const settings = {
      TOCSIN_REQUESTS_PER_MINUTE: '100000',
      TOCSIN_NOTIFY_HOSTS: 'chat.example',
      TOCSIN_WAZUH_GENERATION: '5',
    }
    ;[tocsin, browser] = await Promise.all([startTocsin({ models, settings }), openBrowser()])
    page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage()
    complaints = watchComplaints(page)
    await page.goto(tocsin.base)
    await firstSignIn(page, tocsin)
    await page.mouse.move(5, 5)
    await appendFile(tocsin.alertsFile, intrusion(Date.now()))
    await queueRows(page).first().waitFor()
    casePath = await openFirstCase(page, tocsin.base, 'host=web-07')
  })
  afterAll(async () => {
    await browser?.close()
    await tocsin?.stop()
  })

  it.each(dialogs)('%s: %s', async (address, title, open) => {
    await page.setViewportSize({ width: 1280, height: 800 })
    await page.goto(tocsin.base + (address === 'case' ? casePath : address))
    if (address === 'case') await page.getByRole('heading', { name: 'Brief' }).waitFor()
    else await allRead(page)
    await open()
    const dialog = page.getByRole('dialog', { name: title })
    await dialog.waitFor()
    expect(await accessibilityViolations(page)).toEqual([])
    await page.setViewportSize({ width: 360, height: 740 })
    // The page is laid out anew when it hears of it.
    await expect.poll(() => dialog.evaluate(element => element.scrollWidth - element.clientWidth)).toBe(0)
    await expect
      .poll(async () => Math.ceil((await dialog.boundingBox())?.width ?? 999))
      .toBeLessThanOrEqual(360)
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })
  })

  it('the connections say that Wazuh is 5 where a setting says so', async () => {
    await page.goto(`${tocsin.base}/settings?section=connections`)
    await page.getByText('Wazuh 5, as TOCSIN_WAZUH_GENERATION says').waitFor()
  })

  it('complained about nothing', () => expect(complaints).toEqual([]))
})
