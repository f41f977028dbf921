import { appendFile } from 'node:fs/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apiPerson, proofOf } from '../support/api-person.ts'
import { hasBrowser, openBrowser, watchComplaints } from '../support/browser.ts'
import { allRead, consolePassword, firstSignIn, queueRows } from '../support/console-visit.ts'
import { queueAtRest } from '../support/queue-at-rest.ts'
import { type RunningTocsin, startTocsin } from '../support/running-tocsin.ts'
import { intrusion } from '../support/sample-alerts.ts'

// The command palette as an admin, an approver and a viewer have it: what it lists is all that there is, and each of it does what
// it says. A command that is added later fails here until somebody says what it does.

let tocsin: RunningTocsin
let browser: Browser
let admin: Page
let approver: Page
let viewer: Page
const complaints: string[][] = []

if (!hasBrowser) console.error('SKIPPED: no Chromium here (CHROMIUM_PATH); the command palette is not tested')

describe.skipIf(!hasBrowser)('the command palette', () => {
  beforeAll(async () => {
    ;[tocsin, browser] = await Promise.all([
      startTocsin({
        // Somebody who gets a say alone has none for a day, and the test cannot wait for it.
        response: 'newRightHours: 0\n',
        settings: { TOCSIN_REQUESTS_PER_MINUTE: '100000' },
      }),
      openBrowser(),
    ])
    admin = await signIn('admin', tocsin.password)
    const lines = ['web-07', 'web-21', 'web-22']
      .map((host, number) => intrusion(Date.now() - number * 60_000, host, `203.0.113.${70 + number}`))
      .join('')
    await appendFile(tocsin.alertsFile, lines)
    await queueAtRest(admin, tocsin.base, lines)
    const call = await apiPerson(tocsin.base, 'admin')
    const made = async (username: string, role: string) => {
      const person = { username, displayName: username, role, ...proofOf(consolePassword) }
      return (await call<{ oneTimePassword: string }>('POST', '/api/users', person)).body.oneTimePassword
    }
    approver = await signIn('olga', await made('olga', 'approver'))
    viewer = await signIn('vera', await made('vera', 'viewer'))
    for (const kind of ['wrong-host', 'wrong-address'])
      expect((await call('POST', '/api/governance/seeded-suggestions', { kind })).status).toBe(200)
  })

  afterAll(async () => {
    await browser?.close()
    await tocsin?.stop()
  })

  it('goes to every page that the person may see, and to no other', async () => {
    for (const [page, hidden] of [
      [admin, []],
      [viewer, ['Ledger', 'Models', 'Cost and usage', 'Retention']],
    ] as const) {
      await queue(page)
      const places = (await listed(page)).filter(({ group }) => group === 'Go to').map(({ label }) => label)
      expect(places.length).toBeGreaterThan(10)
      for (const name of hidden) expect(places).not.toContain(name)
      const links = page.getByRole('navigation', { name: 'Main' })
      for (const place of places) {
        await run(page, place, 'Go to')
        const path = await links.getByRole('link', { name: place, exact: true }).getAttribute('href')
        await expect.poll(() => new URL(page.url()).pathname).toBe(path)
        await allRead(page)
        expect(await page.getByRole('main').getByRole('alert').count(), place).toBe(0)
      }
      // The keys are those of the same pages.
      await queue(page)
      await page.keyboard.press('?')
      const help = page.getByRole('dialog', { name: 'Keys that work here' })
      await help.getByText('Go to Mail').waitFor()
      for (const name of hidden) expect(await help.getByText(`Go to ${name}`).count()).toBe(0)
      await page.keyboard.press('Escape')
    }
  })

  it('does on the queue what it says', async () => {
    const claimAndGiveBack = async () => {
      await admin.getByText('1 case claimed.').waitFor()
      await run(admin, 'Give back')
      await admin.getByText('1 case given back.').waitFor()
    }
    await everyCommand(admin, () => queue(admin), {
      ...anywhere(admin),
      ...verdicts(admin),
      ...{
        'Search the queue': () => hasFocus(admin, 'Search cases'),
        'Select all that are loaded': () => selected(admin),
      },
      Claim: claimAndGiveBack,
      'Give back': () =>
        admin
          .getByText(/1 case given back|1 not given back/)
          .last()
          .waitFor(),
    })
    await everyCommand(viewer, () => queue(viewer), {
      ...anywhere(viewer),
      ...{
        'Search the queue': () => hasFocus(viewer, 'Search cases'),
        'Select all that are loaded': () => selected(viewer),
      },
    })
  })

  it('does on a case what it says', async () => {
    const reading = (page: Page) => ({
      ...anywhere(page),
      'Next evidence': () => page.waitForURL(/[?&]e=E\d+/),
      'Previous evidence': () => page.waitForURL(/[?&]e=E\d+/),
      'Raw alert': () => page.getByRole('complementary', { name: 'Raw alert' }).waitFor(),
      'Next case': () => anotherCase(page),
      'Previous case': () => anotherCase(page),
      'Back to the queue': () => expect.poll(() => new URL(page.url()).pathname).toBe('/'),
    })
    const claimAndGiveBack = async () => {
      await admin.getByRole('button', { name: 'Give back' }).waitFor()
      await run(admin, 'Give back')
      await admin.getByRole('button', { name: 'Claim', exact: true }).waitFor()
    }
    await everyCommand(viewer, () => secondCase(viewer), reading(viewer))
    await everyCommand(admin, () => secondCase(admin), {
      ...reading(admin),
      ...verdicts(admin),
      'Write a note': () => hasFocus(admin, 'New note'),
      'Merge other cases into this one': () =>
        admin.getByRole('dialog', { name: 'Merge other cases into this one' }).waitFor(),
      Claim: claimAndGiveBack,
    })
  })

  it('opens a case by its id, and searches the queue for anything else', async () => {
    await secondCase(viewer)
    const [path, id] = /\/cases\/(.+)$/.exec(new URL(viewer.url()).pathname) ?? []
    await queue(viewer)
    await run(viewer, `Open case ${id}`, 'Case', id)
    await expect.poll(() => new URL(viewer.url()).pathname).toBe(path)
    await viewer.getByRole('heading', { name: 'Brief' }).waitFor()
    await run(viewer, 'Search the queue for “web-21”', 'Search', 'web-21')
    await viewer.waitForURL(/text=web-21/)
    await expect.poll(() => queueRows(viewer).filter({ hasText: 'web-21' }).count()).toBeGreaterThan(0)
    await expect.poll(() => queueRows(viewer).filter({ hasNotText: 'web-21' }).count()).toBe(0)
  })

  it('decides among the approvals, for who may', async () => {
    const cards = (page: Page) => page.getByRole('main').getByRole('article')
    const open = (page: Page) => async () => {
      await page.goto(`${tocsin.base}/approvals`)
      await cards(page).nth(1).waitFor()
    }
    const marked = (page: Page) =>
      cards(page).evaluateAll(all => all.findIndex(card => card.ariaCurrent === 'true'))
    const moving = (page: Page) => ({
      ...anywhere(page),
      'Next proposal': async () => {
        await expect.poll(() => marked(page)).toBe(1)
        await run(page, 'Previous proposal')
        await expect.poll(() => marked(page)).toBe(0)
      },
      'Previous proposal': () => expect.poll(() => marked(page)).toBe(0),
    })
    // Who asked for both approves neither.
    await everyCommand(admin, open(admin), moving(admin))
    await everyCommand(approver, open(approver), {
      ...moving(approver),
      'Approve the marked proposal': () => approver.getByRole('dialog', { name: /^Approve/ }).waitFor(),
      'Reject the marked proposal': () => approver.getByRole('dialog', { name: /^Reject/ }).waitFor(),
    })
  })

  it('asks the assistant on its own page', async () => {
    const line = () => hasFocus(viewer, 'Question')
    const { 'Ask the assistant': _, ...others } = anywhere(viewer)
    await everyCommand(viewer, () => viewer.goto(`${tocsin.base}/assistant`).then(() => allRead(viewer)), {
      ...others,
      ...{ 'Ask the assistant': line, 'Ask a question': line, 'New chat': line },
    })
  })

  it('complained about nothing', () => expect(complaints.flat()).toEqual([]))
})

type Checks = Readonly<Record<string, () => Promise<unknown>>>

/** The commands that are listed where `open` leads are those of `checks`; each is run there and does what its check waits for. */
async function everyCommand(page: Page, open: () => Promise<unknown>, checks: Checks): Promise<void> {
  await open()
  await expect
    .poll(async () => {
      const here = (await listed(page)).filter(({ group }) => group !== 'Go to')
      return [...new Set(here.map(({ label }) => label))].toSorted()
    })
    .toEqual(Object.keys(checks).toSorted())
  for (const [label, check] of Object.entries(checks)) {
    await open()
    await run(page, label)
    await check()
  }
}

/** What stands on every page. */
function anywhere(page: Page): Checks {
  return {
    // A new one, in which nothing is typed yet.
    'Command palette': () => expect.poll(() => palette(page).getByRole('combobox').inputValue()).toBe(''),
    'Keyboard help': () => page.getByRole('dialog', { name: 'Keys that work here' }).waitFor(),
    'Ask the assistant': async () => {
      const drawer = page.getByRole('complementary', { name: 'Assistant' })
      await drawer.waitFor()
      await run(page, 'Ask the assistant')
      await drawer.waitFor({ state: 'detached' })
    },
  }
}

function verdicts(page: Page): Checks {
  const words = ['True positive', 'Benign true positive', 'False positive', 'Undetermined']
  const asks = async (word: string) => {
    const dialog = page.getByRole('dialog', { name: 'Give a verdict' })
    await expect.poll(() => dialog.getByRole('radio', { name: word }).first().isChecked()).toBe(true)
  }
  return Object.fromEntries(words.map(word => [word, () => asks(word)]))
}

const palette = (page: Page) => page.getByRole('dialog', { name: 'Commands' })

/** Everything that the palette lists before a word is typed. */
async function listed(page: Page): Promise<{ group: string; label: string }[]> {
  await page.keyboard.press('Control+k')
  const options = palette(page).getByRole('option')
  await options.first().waitFor()
  const found = await options.evaluateAll(all =>
    all.map(option => [...option.children].slice(0, 2).map(part => part.textContent ?? '')),
  )
  await page.keyboard.press('Escape')
  await palette(page).waitFor({ state: 'detached' })
  return found.map(([group = '', label = '']) => ({ group, label }))
}

/** Runs a command by its name, as soon as it is there; `words` is what is typed to find it. */
async function run(page: Page, label: string, group?: string, words = label): Promise<void> {
  await expect
    .poll(async () => {
      await page.keyboard.press('Control+k')
      await palette(page).getByRole('combobox').fill(words)
      const options = await palette(page)
        .getByRole('option')
        .evaluateAll(all => all.map(option => [...option.children].map(part => part.textContent ?? '')))
      const at = options.findIndex(([inGroup, name]) => name === label && (group ?? inGroup) === inGroup)
      if (at >= 0) await palette(page).getByRole('option').nth(at).click()
      else await page.keyboard.press('Escape')
      return at
    })
    .toBeGreaterThanOrEqual(0)
}

async function signIn(username: string, password: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  const page = await context.newPage()
  complaints.push(watchComplaints(page))
  // A case stays whose it is until somebody claims it.
  await page.addInitScript(`localStorage.setItem('tocsin.claim-on-open', 'off')`)
  await page.goto(tocsin.base)
  await firstSignIn(page, { password }, username)
  return page
}

/** The queue with its first case marked. */
async function queue(page: Page): Promise<void> {
  await page.goto(tocsin.base)
  await queueRows(page).nth(2).waitFor()
  await page.keyboard.press('k')
  await page.locator('tr[aria-current]').waitFor()
}

/** The path of the case that `secondCase` opened. */
let between: string

/** A case between two others. */
async function secondCase(page: Page): Promise<void> {
  await page.goto(tocsin.base)
  await queueRows(page).nth(2).waitFor()
  await queueRows(page).nth(1).getByRole('link').click()
  await page.waitForURL(/\/cases\//)
  await page.getByRole('heading', { name: 'Brief' }).waitFor()
  between = new URL(page.url()).pathname
}

async function anotherCase(page: Page): Promise<void> {
  await expect.poll(() => new URL(page.url()).pathname).not.toBe(between)
  expect(new URL(page.url()).pathname).toMatch(/^\/cases\//)
  await page.getByRole('heading', { name: 'Brief' }).waitFor()
}

async function hasFocus(page: Page, name: string): Promise<void> {
  const field = page.getByRole('textbox', { name })
  await expect
    .poll(() => field.first().evaluate(element => element === element.ownerDocument.activeElement))
    .toBe(true)
}

async function selected(page: Page): Promise<void> {
  await page.getByText(/^\d+ selected$/).waitFor()
  await page.keyboard.press('Escape')
}
