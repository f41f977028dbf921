import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accessibilityViolations } from '../support/accessibility.ts'
import { hasBrowser, openBrowser, watchComplaints } from '../support/browser.ts'
import { firstSignIn, secondApprover } from '../support/console-visit.ts'
import { openaiCompatible } from '../support/provider-servers/chat-completions.ts'
import { type ProviderServer, startProviderServer } from '../support/provider-servers/start-server.ts'
import { type RunningTocsin, startTocsin } from '../support/running-tocsin.ts'
import { standInUser, startWazuhServer, type WazuhStandIn } from '../support/wazuh-server.ts'

// A rule from its first line to Wazuh and back, by two people in a real Chromium: the tests build on each other.

const decoders = '<decoder name="door"><program_name>^door</program_name></decoder>'
const rules = `<group name="door,">
  <rule id="1" level="0" noalert="1"><category>syslog</category><description>all</description></rule>
  <rule id="10" level="3"><decoded_as>door</decoded_as><description>door</description><mitre><id>T1110</id></mitre></rule>
</group>`
const draft = (match: string) =>
  `<group name="local,"><rule id="100000" level="8"><if_sid>10</if_sid><match>${match}</match><description>Door forced</description></rule></group>`
const log = (text: string) => `Jan  7 12:00:00 gate door[1]: ${text}`

const modelsYaml = (url: string) => `models:
  - name: stub
    provider: openai-compatible
    model: stub-1
    zone: local
    baseUrl: ${url}/v1
    plainHttp: true
    addresses: [127.0.0.1/32]
    key: { env: TOCSIN_STUB_KEY }
`

/** What the scripted model says to every question. */
const modelAnswer = (rulesXml: string) =>
  JSON.stringify({
    rules_xml: rulesXml,
    cases: [{ log: log('jammed in the frame'), fires: true }],
  })

let folder: string
let model: ProviderServer
let wazuh: WazuhStandIn
let tocsin: RunningTocsin
let browser: Browser
let context: BrowserContext
let page: Page
let complaints: string[]

if (!hasBrowser) console.error('SKIPPED: no Chromium here (CHROMIUM_PATH); the rules page is not tested')

describe.skipIf(!hasBrowser)('rules in the console', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tocsin-rules-'))
    await mkdir(join(folder, 'decoders'))
    await mkdir(join(folder, 'rules'))
    await writeFile(join(folder, 'decoders', 'd.xml'), decoders)
    await writeFile(join(folder, 'rules', 'r.xml'), rules)
    wazuh = await startWazuhServer()
    model = await startProviderServer(openaiCompatible, 'test-key')
    const settings = {
      TOCSIN_RULESET: folder,
      TOCSIN_WAZUH_API_URL: wazuh.url,
      TOCSIN_WAZUH_API_USER: standInUser.username,
      TOCSIN_WAZUH_API_PASSWORD: standInUser.password,
    }
    ;[tocsin, browser] = await Promise.all([
      startTocsin({ settings, models: modelsYaml(model.url) }),
      openBrowser(),
    ])
    context = await browser.newContext({ viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' })
    page = await context.newPage()
    page.setDefaultTimeout(20_000)
    complaints = watchComplaints(page)
  })

  afterAll(async () => {
    await browser?.close()
    await tocsin?.stop()
    await wazuh?.close()
    await model?.close()
    await rm(folder, { recursive: true, force: true })
  })

  it('checks a rule while it is written', async () => {
    await page.goto(`${tocsin.base}/rules`)
    await firstSignIn(page, tocsin)
    await page.getByText('No rules yet.').waitFor()
    await page.getByRole('button', { name: 'New rule' }).click()
    await page.keyboard.type('Forced doors')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Forced doors' }).waitFor()
    await write(draft('forced').replace('<if_sid>10<', '<if_sid>99<'))
    await page.getByText(/parents \(99\)/).waitFor()
    await write(draft('open'))
    await page.getByText(/parents \(99\)/).waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Add a log' }).click()
    await page.getByLabel('Log 1').fill(log('forced open'))
    await page.getByText('as wanted: rule 100000 fires').waitFor()
    await page.getByRole('button', { name: 'Add a log' }).click()
    await page.getByLabel('Log 2').fill(log('opened'))
    await page.getByText('not as wanted: rule 100000 fires').waitFor()
  })

  it('asks for a deployment only of what was measured and is as wanted', async () => {
    await page.getByRole('button', { name: 'Save and measure' }).click()
    await page.getByText('1 of 2 logs as wanted').waitFor()
    await page.getByLabel('Reason').fill('doors')
    await page.getByRole('button', { name: 'Ask for deployment' }).click()
    await page.getByText('1 of 2 cases fail').waitFor()
    await write(draft('forced'))
    await page.getByRole('button', { name: 'Save and measure' }).click()
    await page.getByText('2 of 2 logs as wanted').waitFor()
    expect(await accessibilityViolations(page)).toEqual([])
    await page.getByLabel('Reason').fill('doors are forced at night')
    await page.getByRole('button', { name: 'Ask for deployment' }).click()
    await page.getByText('somebody else must approve it').waitFor()
    expect(await page.getByRole('button', { name: 'Approve' }).count()).toBe(0)
    expect(wazuh.files.size).toBe(0)
  })

  it('is approved by a second person, deployed, and rolled back', async () => {
    const address = page.url()
    const password = await secondApprover(page, tocsin.base)
    const other = await (await browser.newContext()).newPage()
    await other.goto(address)
    await firstSignIn(other, { password }, 'olga')
    await other.getByRole('button', { name: 'Approve' }).click()
    await other.getByRole('button', { name: 'Deploy' }).click()
    await other.getByText('Outcome: Wazuh runs with it').waitFor()
    const [name, text] = [...wazuh.files][0] ?? []
    expect(name).toMatch(/^rules\/tocsin_forced_doors_[a-z0-9]+\.xml$/)
    expect(text).toContain('<match>forced</match>')

    await page.goto(`${tocsin.base}/rules`)
    await page.getByRole('link', { name: 'Forced doors' }).click()
    await page.getByText('Approved by Olga').waitFor()
    await page.getByRole('button', { name: 'Roll back' }).click()
    await page.getByText('Outcome: put back by hand').waitFor()
    expect(wazuh.files.size).toBe(0)
    expect(complaints).toEqual([])
  })

  it('turns a sentence into a measured draft, and a hostile model into none', async () => {
    model.always({ kind: 'answer', text: modelAnswer(draft('jammed').replace('level="8"', 'level="0"')) })
    await page.goto(`${tocsin.base}/rules`)
    await page.getByRole('button', { name: 'New rule' }).click()
    await page.keyboard.type('Jammed doors')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Draft it' }).click()
    await page.getByText(/none of 4 drafts was sound.*level must be 1 to 16/).waitFor()

    model.always({ kind: 'answer', text: modelAnswer(draft('jammed')) })
    await page.getByRole('button', { name: 'Draft it' }).click()
    await page.getByText('Drafted by stub in 1 round, all tests pass.').waitFor()
    await page.getByText('1 of 1 logs as wanted').waitFor()
    expect(await accessibilityViolations(page)).toEqual([])
    await page.getByRole('button', { name: 'Ask for deployment' }).waitFor()
    expect(wazuh.files.size).toBe(0)
    expect(complaints).toEqual([])
  })

  it('shows which techniques the rules name', async () => {
    await page.goto(`${tocsin.base}/rules`)
    await page.getByRole('link', { name: 'ATT&CK coverage' }).click()
    await page.getByText('1 techniques are named by a rule').waitFor()
    await page.getByRole('link', { name: 'All', exact: true }).click()
    await page.getByText('T1110 Brute Force').waitFor()
    expect(await accessibilityViolations(page)).toEqual([])
    await page.goto(`${tocsin.base}/rules`)
    await page.getByRole('link', { name: 'Forced doors' }).waitFor()
    expect(await accessibilityViolations(page)).toEqual([])
    expect(complaints).toEqual([])
  })

  it('fits a phone', async () => {
    await page.setViewportSize({ width: 360, height: 740 })
    await page.getByRole('link', { name: 'Forced doors' }).click()
    await page.getByRole('textbox', { name: 'Rule', exact: true }).waitFor()
    const paths = [new URL(page.url()).pathname, '/rules', '/rule-coverage?show=all']
    for (const path of paths) {
      await page.goto(tocsin.base + path)
      await page.getByRole('heading', { level: 1 }).waitFor()
      const width = await page.locator('main').evaluate(element => element.scrollWidth)
      expect(width, path).toBeLessThanOrEqual(360)
    }
  })
})

/** Replaces what is in the editor. */
async function write(text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Rule', exact: true }).click()
  await page.keyboard.press('Control+a')
  await page.keyboard.insertText(text)
}
