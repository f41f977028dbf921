import { appendFile } from 'node:fs/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasBrowser, openBrowser } from '../support/browser.ts'
import { citingAnswer } from '../support/citing-answer.ts'
import { firstSignIn, openFirstCase, queueRows } from '../support/console-visit.ts'
import { openaiCompatible } from '../support/provider-servers/chat-completions.ts'
import { type ProviderServer, startProviderServer } from '../support/provider-servers/start-server.ts'
import { type RunningTocsin, startTocsin } from '../support/running-tocsin.ts'
import { intrusion } from '../support/sample-alerts.ts'
import { takeScreenshots } from '../support/screenshots.ts'
import { stubModels } from '../support/stub-models.ts'

// What the analyst sees of a model that tells the truth, guesses, and invents: over the model's real wire protocol.

const invented = 'The intruder then copied 41 files to 198.51.100.250.'
const guessed = 'This looks deliberate rather than accidental.'

let model: ProviderServer
let tocsin: RunningTocsin
let browser: Browser
let page: Page

describe.skipIf(!hasBrowser)("a model's brief in the console", () => {
  beforeAll(async () => {
    model = await startProviderServer(openaiCompatible, 'test-key')
    model.always({ kind: 'answer', text: answer })
    ;[tocsin, browser] = await Promise.all([
      startTocsin({
        models: stubModels(
          model.url,
          { zone: 'contracted' },
          { budgets: { perDay: { calls: 50, tokens: 400_000 } } },
        ),
      }),
      openBrowser(),
    ])
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    await page.goto(tocsin.base)
    await firstSignIn(page, tocsin)
    await page.mouse.move(5, 5)
    await appendFile(tocsin.alertsFile, intrusion(Date.now()))
    await queueRows(page).first().waitFor()
  })

  afterAll(async () => {
    await browser?.close()
    await tocsin?.stop()
    await model?.close()
  })

  it('shows the fate of each sentence, and strikes what the evidence does not say', async () => {
    await openFirstCase(page, tocsin.base, 'host=web-07')
    const claims = page.getByRole('listitem')
    await claims.filter({ hasText: 'Verified' }).first().waitFor()
    await claims.filter({ hasText: guessed }).filter({ hasText: 'Inference' }).waitFor()
    const struck = claims.filter({ hasText: invented })
    await struck.filter({ hasText: 'Not in the evidence' }).waitFor()
    const decoration = await struck
      .getByText(invented)
      .locator('xpath=ancestor-or-self::*[contains(@class, "line-through")]')
      .count()
    expect(decoration).toBe(1)
  })

  it('keeps the computed brief beside it', async () => {
    await page.getByRole('button', { name: 'Both' }).click()
    await page.getByText('code wrote every sentence').waitFor()
    await page.getByText(guessed).waitFor()
    await expect.poll(() => page.url()).toContain('brief=both')
    await page.getByRole('button', { name: 'Computed', exact: true }).click()
    await expect.poll(() => page.getByText(guessed).count()).toBe(0)
  })

  it('shows placeholders until a person asks for the names, and records who did', async () => {
    await page.getByRole('button', { name: 'Model', exact: true }).click()
    await page
      .getByRole('listitem')
      .filter({ hasText: /\[HOST-1\]/ })
      .first()
      .waitFor()
    await page.getByRole('button', { name: 'Show real names' }).click()
    await page.getByText('your look is in the ledger').waitFor()
    await expect.poll(() => page.getByText(/\[HOST-1\]/).count()).toBe(0)
    await page.getByRole('button', { name: 'Show placeholders' }).click()
    await page
      .getByText(/\[HOST-1\]/)
      .first()
      .waitFor()
    const caseUrl = page.url()
    await page.goto(`${tocsin.base}/ledger`)
    await page.getByRole('button', { name: 'vault reveal' }).first().waitFor()
    await page.goto(caseUrl)
  })

  it('shows how the model fares and what is left of the budget', async () => {
    const back = page.url()
    await page.goto(`${tocsin.base}/settings?section=models`)
    const row = page.getByRole('row').filter({ hasText: 'stub-1' })
    await row.getByText('Well').waitFor()
    await row.getByText(/[1-9]\d* calls?/).waitFor()
    await page.getByRole('row').filter({ hasText: 'All tasks together' }).getByText(/of 50/).waitFor()
    await page.goto(`${tocsin.base}/settings?section=policy`)
    const contracted = page.getByRole('row').filter({ hasText: 'contracted' })
    await contracted.getByText('placeholders').first().waitFor()
    await page.getByText('id: under-contract').waitFor()
    await page.goto(back)
  })

  it('takes, replaces and removes a list of own names', async () => {
    const back = page.url()
    await page.goto(`${tocsin.base}/settings?section=inventory`)
    await page.getByRole('button', { name: 'Upload a list' }).click()
    await page.getByLabel('File').setInputFiles({
      name: 'crown.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from('vault-01\nvault-02\n'),
    })
    await page.getByRole('button', { name: 'Upload', exact: true }).click()
    const row = page.getByRole('row').filter({ hasText: 'crown' })
    await row.getByText('2', { exact: true }).waitFor()
    await row.getByRole('button', { name: 'Replace' }).click()
    await page.getByLabel('Entries').fill('vault-01\nvault-02\nvault-03\n')
    await page.getByRole('dialog').getByRole('button', { name: 'Replace' }).click()
    await row.getByText('3', { exact: true }).waitFor()
    await row.getByRole('button', { name: 'crown' }).click()
    await page.getByRole('dialog').getByText('vault-03').waitFor()
    await page.keyboard.press('Escape')
    await row.getByRole('button', { name: 'Remove' }).click()
    await page.getByText('No list was uploaded.').waitFor()
    await page.goto(back)
  })

  it('records who validated the findings', async () => {
    await page.getByRole('button', { name: 'Model', exact: true }).click()
    await page.getByText('No person has reviewed these findings.').waitFor()
    await page.getByRole('button', { name: 'Validate' }).click()
    await page.getByText('Findings validated by Administrator').waitFor()
  })

  it.runIf(process.env.TOCSIN_SCREENSHOTS !== undefined)('is looked at', async () => {
    const folder = process.env.TOCSIN_SCREENSHOTS ?? ''
    await takeScreenshots(browser, await page.context().storageState(), folder, {
      'model-brief': page.url(),
      models: `${tocsin.base}/settings?section=models`,
      policy: `${tocsin.base}/settings?section=policy`,
      inventory: `${tocsin.base}/settings?section=inventory`,
    })
  })
})

/** Cites real evidence word for word, guesses once, and invents once. */
const answer = (prompt: string) => citingAnswer(prompt, [guessed, invented])
