import { appendFileSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasBrowser, openBrowser, watchComplaints } from '../support/browser.ts'
import { firstSignIn, openFirstCase } from '../support/console-visit.ts'
import { type RunningTocsin, startTocsin } from '../support/running-tocsin.ts'
import { keepScreenshot } from '../support/screenshots.ts'
import { wazuhLine } from '../support/wazuh-alert.ts'

// Response settings, steps and YARA as an admin of a one-person installation meets them in a real Chromium.

let tocsin: RunningTocsin
let browser: Browser
let page: Page
let complaints: string[]

if (!hasBrowser)
  console.error('SKIPPED: no Chromium here (CHROMIUM_PATH); response settings and YARA pages are not tested')

describe.skipIf(!hasBrowser)('response and YARA in the console', () => {
  beforeAll(async () => {
    tocsin = await startTocsin({})
    const syscheck = { path: '/srv/x.php', sha256_after: 'a'.repeat(64), event: 'added' }
    const alert = {
      atMs: Date.now(),
      rule: ['100931', 12, 'File added where programs are dropped', ['syscheck']] as const,
      techniques: ['T1505.003'],
      syscheck,
    }
    appendFileSync(tocsin.alertsFile, `${wazuhLine(alert)}\n`)
    browser = await openBrowser()
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
    complaints = watchComplaints(page)
    await page.goto(tocsin.base)
    await firstSignIn(page, tocsin)
  })
  afterAll(async () => {
    await browser?.close()
    await tocsin?.stop()
  })

  it('a change that tightens holds at once; one that loosens waits, and says that there is no second admin', async () => {
    await page.goto(`${tocsin.base}/settings?section=response`)
    await page.getByText('cannot be approved').first().waitFor()
    const change = async (edit: () => Promise<void>, why: string) => {
      await page.getByRole('button', { name: 'Change', exact: true }).click()
      await edit()
      await page.getByLabel('Why this change').fill(why)
      await page.getByRole('button', { name: 'Save' }).click()
    }
    await change(async () => {
      await page.getByRole('button', { name: 'Protect another' }).click()
      await page.getByLabel('Value').fill('dc-*')
      await page.getByLabel('Why', { exact: true }).fill('domain controllers')
    }, 'so that nobody isolates them')
    await page.getByText('It holds from now on.').waitFor()
    await page.getByRole('region', { name: 'Protected assets' }).getByText('dc-*').waitFor()
    await change(() => page.getByRole('button', { name: 'Remove dc-*' }).click(), 'they are in the way')
    await page.getByText('host dc-* is no longer protected').first().waitFor()
    await page.getByText('It takes a second admin, and there is none.', { exact: false }).waitFor()
    await page.getByRole('button', { name: 'Take it back' }).click()
    await page.getByRole('region', { name: 'A change that waits' }).waitFor({ state: 'detached' })
  })

  it('commands and receivers are written in forms, and checked there before they are sent', async () => {
    await page.goto(`${tocsin.base}/settings?section=response`)
    await page.getByRole('button', { name: 'Change', exact: true }).click()
    await page.getByRole('button', { name: 'Allow a command' }).click()
    const command = page.getByRole('group', { name: 'Command 1' })
    await command.getByLabel('Title').fill('Restart nginx')
    const card = page.getByRole('group', { name: 'Restart nginx' })
    await card.getByLabel('Name', { exact: true }).fill('Restart Nginx')
    await card.getByLabel('Command of Wazuh').fill('restart-nginx0')
    await card.getByLabel('What else suffers').fill('Open connections are cut.')
    await card.getByRole('button', { name: 'Add an argument' }).click()
    await card.getByLabel('Name of the argument').fill('site')
    await card.getByLabel('It is').selectOption('one of a list')
    await card.getByLabel('Choices, with commas between').fill('shop, blog,')
    await page.getByRole('button', { name: 'Allow a receiver' }).click()
    const receiver = page.getByRole('group', { name: 'Receiver 1' })
    await receiver.getByLabel('Title').fill('Jira')
    const ticket = page.getByRole('group', { name: 'Jira' })
    await ticket.getByLabel('Name', { exact: true }).fill('jira')
    await ticket.getByLabel('Address').fill('https://jira.example/rest')
    await ticket.getByLabel('Takes').selectOption('Jira issue')
    await ticket.getByLabel('Project').fill('SOC')
    await ticket.getByLabel('Variable with the Authorization header').fill('TOCSIN_HOOK_JIRA')
    await ticket.getByLabel('Networks it may be in').fill('10.1.0.0/16')
    await page.getByRole('button', { name: 'Add quiet hours' }).click()
    await page
      .getByRole('group', { name: /Quiet from/ })
      .getByLabel('Delete file')
      .check()
    await page.getByLabel('Why this change').fill('nginx hangs after attacks')
    await keepScreenshot(page, 'response-form')
    // The browser stops a name that the server would refuse, and says where.
    await page.getByRole('button', { name: 'Save' }).click()
    await page.locator('input:invalid').first().waitFor()
    await card.getByLabel('Name', { exact: true }).fill('restart-nginx')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('command restart-nginx is new or changed').first().waitFor()
    await page.getByText('receiver jira is new or changed').first().waitFor()
    // What waits is what stood in the form.
    await page.getByRole('button', { name: 'Change', exact: true }).click()
    const kept = page.getByRole('group', { name: 'Restart nginx' })
    expect(await kept.getByLabel('Choices, with commas between').inputValue()).toBe('shop, blog')
    expect(await page.getByRole('group', { name: 'Jira' }).getByLabel('Project').inputValue()).toBe('SOC')
    await page.setViewportSize({ width: 390, height: 844 })
    const width = await page.evaluate('document.documentElement.scrollWidth')
    expect(width).toBeLessThanOrEqual(390)
    await keepScreenshot(page, 'response-form-phone')
    await page.setViewportSize({ width: 1280, height: 900 })
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('button', { name: 'Take it back' }).click()
    await page.getByRole('region', { name: 'A change that waits' }).waitFor({ state: 'detached' })
    await keepScreenshot(page, 'response-settings')
  })

  it('rules that do not compile are marked at their line; a pack in use finds a string in a file', async () => {
    await page.goto(`${tocsin.base}/yara`)
    await page.getByRole('button', { name: 'Add rules' }).click()
    const form = page.getByRole('form', { name: 'Add rules' })
    const choose = (text: string) =>
      form
        .locator('input[type=file]')
        .setInputFiles({ name: 'Shells.yar', mimeType: 'text/plain', buffer: Buffer.from(text) })
    await choose('rule a {\n  strings:\n    $x = /foo{/\n  condition: $x\n}')
    await form.getByRole('button', { name: 'Compile and add' }).click()
    await form.getByText('Error, line 3').waitFor()
    await choose('rule web_shell { meta: author = "tests" strings: $m = "eval(" condition: $m }')
    await form.getByRole('button', { name: 'Compile and add' }).click()
    await page.getByRole('button', { name: 'Put into use' }).click()
    const bytes = Buffer.from('<?php eval($_POST[1]);')
    await page
      .getByRole('region', { name: 'Scan files' })
      .locator('input[type=file]')
      .setInputFiles({ name: 'up.php', mimeType: 'application/octet-stream', buffer: bytes })
    const strings = page.getByRole('region', { name: 'Strings of web_shell' })
    await strings.getByText('eval(').waitFor()
    await page.getByText('1 rule matches').waitFor()
  })

  it('a step for hands is ticked off with a comment, and stands in the history', async () => {
    await openFirstCase(page, tocsin.base, 'status=open')
    const eradicate = page.getByRole('region', { name: 'Eradicate' })
    await eradicate.getByRole('button', { name: 'Tick off' }).first().click()
    await eradicate.getByLabel('Done: comment (may be empty)').fill('compared with the release')
    await eradicate.getByRole('button', { name: 'Done', exact: true }).click()
    await eradicate.getByText('compared with the release').waitFor()
    await page.getByText('marked a step').waitFor()
    expect(complaints).toEqual([])
  })
})
