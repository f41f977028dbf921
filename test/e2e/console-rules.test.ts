import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accessibilityViolations } from '../support/accessibility.ts'
import { hasBrowser, openBrowser, watchComplaints } from '../support/browser.ts'
import { allRead, firstSignIn, openFirstCase, secondApprover } from '../support/console-visit.ts'
import { openaiCompatible } from '../support/provider-servers/chat-completions.ts'
import { type ProviderServer, startProviderServer } from '../support/provider-servers/start-server.ts'
import { type RunningTocsin, startTocsin } from '../support/running-tocsin.ts'
import { takeScreenshots } from '../support/screenshots.ts'
import { stubModels } from '../support/stub-models.ts'
import { standInUser, startWazuhServer, type WazuhStandIn } from '../support/wazuh-server.ts'

// A rule from its first line to Wazuh and back, by two people in a real Chromium: the tests build on each other.

const decoders = '<decoder name="door"><program_name>^door</program_name></decoder>'
const rules = `<group name="door,">
  <rule id="1" level="0" noalert="1"><category>syslog</category><description>all</description></rule>
  <rule id="10" level="3"><decoded_as>door</decoded_as><description>door</description><mitre><id>T1110</id></mitre></rule>
  <rule id="11" level="2"><decoded_as>door</decoded_as><match>ajar</match><description>never reached</description></rule>
</group>`
const draft = (match: string) =>
  `<group name="local,"><rule id="100000" level="8"><if_sid>10</if_sid><match>${match}</match><description>Door forced</description></rule></group>`
const log = (text: string) => `Jan  7 12:00:00 gate door[1]: ${text}`

/** What the scripted model says to every question. */
const modelAnswer = (rulesXml: string) =>
  JSON.stringify({
    rule_text: rulesXml,
    cases: [{ log: log('jammed in the frame'), fires: true }],
  })

/** A sample as PHP web shells are, and a clean file that shares a string with it. */
const shell = '<?php echo "an ordinary greeting"; eval(base64_decode($_POST["k3y-of-the-shell"])); ?>'
const yaraAnswer = JSON.stringify({
  rule_text: `rule Shell {
  meta:
    description = "A PHP file that runs what it is sent"
    author = "model"
    date = "2026-01-07"
    reference = "the sample"
    attack = "T1505.003"
  condition:
    filesize < 1MB and $c1
}
`,
  cases: [{ log: '<?php echo 1;', fires: false }],
})

const sigmaEvent = (commandLine: string) =>
  JSON.stringify({ Channel: 'Microsoft-Windows-Sysmon/Operational', EventID: 1, CommandLine: commandLine })

let folder: string
let other: Page
let model: ProviderServer
let wazuh: WazuhStandIn
let tocsin: RunningTocsin
let browser: Browser
let context: BrowserContext
let page: Page
let complaints: string[]

if (!hasBrowser) console.error('SKIPPED: no Chromium here (CHROMIUM_PATH); the rules page is not tested')

// Each measurement is a process of its own, four of them for a hostile draft: generous where the machine is busy.
describe.skipIf(!hasBrowser)('rules in the console', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tocsin-rules-'))
    await mkdir(join(folder, 'decoders'))
    await mkdir(join(folder, 'rules'))
    await writeFile(join(folder, 'decoders', 'd.xml'), decoders)
    await writeFile(join(folder, 'rules', 'r.xml'), rules)
    await mkdir(join(folder, 'clean'))
    await writeFile(join(folder, 'clean', 'page.php'), '<?php echo "an ordinary greeting"; ?>')
    await writeFile(join(folder, 'shell.php'), shell)
    wazuh = await startWazuhServer()
    model = await startProviderServer(openaiCompatible, 'test-key')
    const settings = {
      TOCSIN_RULESET: folder,
      TOCSIN_YARA_CORPUS: join(folder, 'clean'),
      TOCSIN_YARA_ENDPOINT_RULES: join(folder, 'endpoint'),
      TOCSIN_WAZUH_API_URL: wazuh.url,
      TOCSIN_WAZUH_API_USER: standInUser.username,
      TOCSIN_WAZUH_API_PASSWORD: standInUser.password,
    }
    ;[tocsin, browser] = await Promise.all([
      startTocsin({ settings, models: stubModels(model.url) }),
      openBrowser(),
    ])
    context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
    await context.grantPermissions(['clipboard-read', 'clipboard-write'])
    page = await context.newPage()
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
    other = await (await browser.newContext()).newPage()
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
    await page.getByText('No alert of its rules since').waitFor()
    await page.getByRole('button', { name: 'Compare with the manager' }).click()
    // The stand-in knows no such rule: the difference is shown, not hidden.
    await page.getByText(/rule: the manager says none, our engine 100000/).waitFor()
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

  it('shows what a model changed, and takes it back', async () => {
    await page.getByText('What it changed').click()
    await page.getByRole('region', { name: 'What the model changed' }).getByText('jammed').first().waitFor()
    await page.getByRole('button', { name: 'Take the text before back into the editor' }).click()
    await page.getByText('words of the log').first().waitFor()
    await write(draft('jammed'))
    expect(complaints).toEqual([])
  })

  it('brings the sentence to the manager: measured, approved by a second person, deployed, rolled back', async () => {
    await approvedByOther('1 of 1 logs as wanted', 'Outcome: Wazuh runs with it')
    const [name, text] = [...wazuh.files][0] ?? []
    expect(name).toMatch(/^rules\/tocsin_jammed_doors_[a-z0-9]+\.xml$/)
    expect(text).toContain('<match>jammed</match>')
    await other.getByRole('button', { name: 'Roll back' }).click()
    await other.getByText('Outcome: put back by hand').waitFor()
    expect(wazuh.files.size).toBe(0)
    expect(complaints).toEqual([])
  })

  it('drafts a YARA rule from a sample: strings from code, the combination from a model', async () => {
    model.always({ kind: 'answer', text: yaraAnswer })
    await newRule('PHP shell', 'YARA rule')
    await page.getByLabel('Add a sample').setInputFiles(join(folder, 'shell.php'))
    await page.getByText(`must match, ${shell.length} bytes`).waitFor()
    await page.getByRole('button', { name: 'Draw strings from the samples' }).click()
    const found = page.getByRole('list', { name: 'String candidates' })
    await found.getByText('k3y-of-the-shell').first().waitFor()
    await found
      .getByRole('button', { name: /^Insert/ })
      .first()
      .click()
    await page.getByText('$s1').waitFor()
    expect(await accessibilityViolations(page)).toEqual([])
    await page.getByRole('button', { name: 'Draft it' }).click()
    await page.getByText('Drafted by stub in 1 round, all tests pass.').waitFor()
    await page.getByText('It matches none of 1 clean files').waitFor()
    await page.getByText('matched by Shell').waitFor()
    // What the model saw of the string was redacted or not; the rule holds the sample's own.
    await page.getByRole('textbox', { name: 'Rule', exact: true }).getByText('k3y-of-the-shell').waitFor()

    await page.getByLabel('Reason').fill('seen on a web server')
    await page.getByRole('button', { name: 'Ask for deployment' }).click()
    await page.getByText('somebody else must approve it').waitFor()
    await other.goto(page.url())
    await other.getByRole('button', { name: 'Approve' }).click()
    await other.getByRole('button', { name: 'Deploy' }).click()
    await other.getByText('Outcome: it is among the rules for endpoints').waitFor()
    const bundle = () => readFile(join(folder, 'endpoint', 'tocsin-rules.yar'), 'utf8')
    expect(await bundle()).toContain('rule Shell')
    await other.getByRole('button', { name: 'Roll back' }).click()
    await other.getByText('Outcome: put back by hand').waitFor()
    expect(await bundle()).not.toContain('rule Shell')
    expect(complaints).toEqual([])
  })

  it('deploys decoders and lists to their own folders, and takes them back', async () => {
    await newRule('Gate logs', 'Wazuh decoders')
    await write(
      '<decoder name="gate"><program_name>^gate$</program_name><regex>opened by (\\S+)</regex><order>srcuser</order></decoder>',
    )
    await page.getByRole('button', { name: 'Add a log' }).click()
    await page.getByLabel('Log 1').fill('Jan  7 12:00:00 host gate[1]: opened by ann')
    await page.getByText('as wanted: decoder gate reads it').waitFor()
    await page.getByText('srcuser=ann').waitFor()
    expect(await accessibilityViolations(page)).toEqual([])
    await approvedByOther('1 of 1 logs as wanted', 'Outcome: Wazuh decodes with it')
    expect([...wazuh.files.keys()]).toEqual([expect.stringMatching(/^decoders\/tocsin_gate_logs_\w+\.xml$/)])
    await other.getByRole('button', { name: 'Roll back' }).click()
    await other.getByText('Outcome: put back by hand').waitFor()

    await newRule('Known bad hosts', 'CDB list')
    await write('10.9.:lab\nno colon\n')
    await page.getByText("'no colon' is not key:value").waitFor()
    await write('10.9.:lab\n')
    await page.getByRole('button', { name: 'Add a value' }).click()
    await page.getByLabel('Value 1').fill('10.9.8.7')
    await page.getByText('as wanted: it is there with lab').waitFor()
    await approvedByOther('1 of 1 values as wanted', 'Outcome: it is on the manager')
    expect([...wazuh.files]).toEqual([
      [expect.stringMatching(/^lists\/tocsin_known_bad_hosts_\w+$/), '10.9.:lab\n'],
    ])
    await other.getByRole('button', { name: 'Roll back' }).click()
    await other.getByText('Outcome: put back by hand').waitFor()
    expect(wazuh.files.size).toBe(0)
    expect(complaints).toEqual([])
  })

  it('checks a Sigma rule on events while it is written, and turns it into a Wazuh rule', async () => {
    await newRule('Encoded command', 'Sigma rule')
    await write('title: Encoded command\nlevel: hi')
    await page.keyboard.press('Control+Space')
    await page.getByRole('option', { name: 'high' }).waitFor()
    await write(`title: Encoded command
id: 5f7d1c2e-0000-4000-8000-000000000001
tags: [attack.t1059.001]
logsource: { product: windows, category: process_creation }
detection:
  selection:
    CommandLine|contains: ' -enc '
  condition: selection
level: high
`)
    await page.getByRole('button', { name: 'Add an event' }).click()
    await page.getByLabel('Event 1').fill(sigmaEvent('powershell -enc AAAA'))
    await page.getByText('as wanted: rule 5f7d1c2e').waitFor()
    await page.getByRole('button', { name: 'Save and measure' }).click()
    await page.getByText('1 of 1 logs as wanted').waitFor()
    expect(await accessibilityViolations(page)).toEqual([])
    await page.getByRole('button', { name: 'Turn into a Wazuh rule' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click()
    await page.getByText('Turned from the Sigma rule').waitFor()
    await page.getByText('win.eventdata.commandLine').waitFor()
    expect(complaints).toEqual([])
  })

  it('starts a rule from a case', async () => {
    const alert = {
      timestamp: new Date().toISOString().replace('Z', '+0000'),
      rule: { level: 10, id: '10', description: 'Door opened', firedtimes: 1, groups: ['door'] },
      agent: { id: '001', name: 'gate' },
      manager: { name: 'wazuh' },
      id: '1795557239.1',
      full_log: log('jammed by hand'),
      decoder: { name: 'door' },
      location: '/var/log/door.log',
    }
    await appendFile(tocsin.alertsFile, `${JSON.stringify(alert)}\n`)
    await openFirstCase(page, tocsin.base, '')
    await page.getByRole('button', { name: 'Draft a rule' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click()
    await page.getByText('Started from the case').waitFor()
    await expect.poll(() => page.getByLabel('Log 1').inputValue()).toBe(log('jammed by hand'))
    expect(complaints).toEqual([])
  })

  it('shows which techniques the rules name', async () => {
    await page.goto(`${tocsin.base}/rules`)
    await page.getByRole('link', { name: 'ATT&CK coverage' }).click()
    await page.getByText('Techniques named by a rule that alerts: 1.').waitFor()
    await page.getByRole('link', { name: 'All', exact: true }).click()
    await page.getByText('T1110 Brute Force').waitFor()
    await page.getByRole('link', { name: 'Matrix', exact: true }).click()
    await page.getByRole('region', { name: 'Coverage matrix' }).getByText('T1110').waitFor()
    expect(await accessibilityViolations(page)).toEqual([])
    await page.goto(`${tocsin.base}/rules`)
    await page.getByRole('link', { name: 'Forced doors' }).waitFor()
    const dead = page.getByRole('table', { name: 'Dead and shadowed rules' })
    await dead.getByText('never reached').waitFor()
    await dead.getByText(/rule 10 \(level 3\) is tried before it/).waitFor()
    expect(await accessibilityViolations(page)).toEqual([])
    expect(complaints).toEqual([])
  })

  // For people to look at: TOCSIN_SCREENSHOTS names a folder.
  it.skipIf(process.env.TOCSIN_SCREENSHOTS === undefined)('is photographed', async () => {
    await page.goto(`${tocsin.base}/rules`)
    const href = async (name: string) =>
      `${tocsin.base}${await page.getByRole('link', { name }).first().getAttribute('href')}`
    const pages = {
      rules: `${tocsin.base}/rules`,
      wazuh: await href('Jammed doors'),
      yara: await href('PHP shell'),
      sigma: await href('Encoded command'),
      decoders: await href('Gate logs'),
      coverage: `${tocsin.base}/rule-coverage?show=matrix`,
    }
    await takeScreenshots(browser, await context.storageState(), process.env.TOCSIN_SCREENSHOTS ?? '', pages)
  })

  it('fits a phone', async () => {
    await page.setViewportSize({ width: 360, height: 740 })
    await page.getByRole('link', { name: 'Forced doors' }).click()
    await page.getByRole('textbox', { name: 'Rule', exact: true }).waitFor()
    const paths = [new URL(page.url()).pathname, '/rules', '/rule-coverage?show=all']
    for (const path of paths) {
      await page.goto(tocsin.base + path)
      await allRead(page)
      const width = await page.locator('main').evaluate(element => element.scrollWidth)
      expect(width, path).toBeLessThanOrEqual(360)
    }
  })
})

async function newRule(title: string, kind: string): Promise<void> {
  await page.goto(`${tocsin.base}/rules`)
  await page.getByRole('button', { name: 'New rule' }).click()
  await page.keyboard.type(title)
  await page.getByRole('radio', { name: kind }).check()
  await page.getByRole('button', { name: 'Create' }).click()
  await page.getByRole('heading', { name: title }).waitFor()
}

/** Measures what is open, asks for it, and lets the second person approve and deploy it. */
async function approvedByOther(measured: string, outcome: string): Promise<void> {
  await page.getByRole('button', { name: 'Save and measure' }).click()
  await page.getByText(measured).waitFor()
  await page.getByLabel('Reason').fill('needed')
  await page.getByRole('button', { name: 'Ask for deployment' }).click()
  await page.getByText('somebody else must approve it').waitFor()
  await other.goto(page.url())
  await other.getByRole('button', { name: 'Approve' }).click()
  await other.getByRole('button', { name: 'Deploy' }).click()
  await other.getByText(outcome).waitFor()
}

/** Replaces what is in the editor. */
async function write(text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Rule', exact: true }).click()
  await page.keyboard.press('Control+a')
  // Pasted, as a person would: Chromium's own insertion of several lines writes style attributes, which the CSP refuses.
  await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`)
  await page.keyboard.press('Control+v')
}
