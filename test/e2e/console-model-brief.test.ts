import { appendFile } from 'node:fs/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hasBrowser, openBrowser } from '../support/browser.ts'
import { firstSignIn, openFirstCase, queueRows } from '../support/console-visit.ts'
import { openaiCompatible } from '../support/provider-servers/chat-completions.ts'
import { type ProviderServer, startProviderServer } from '../support/provider-servers/start-server.ts'
import { type RunningTocsin, startTocsin } from '../support/running-tocsin.ts'
import { intrusion } from '../support/sample-alerts.ts'

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
    ;[tocsin, browser] = await Promise.all([startTocsin({ models: modelsYaml(model.url) }), openBrowser()])
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    page.setDefaultTimeout(20_000)
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
    expect(page.url()).toContain('brief=both')
    await page.getByRole('button', { name: 'Computed', exact: true }).click()
    await expect.poll(() => page.getByText(guessed).count()).toBe(0)
  })

  it('records who validated the findings', async () => {
    await page.getByRole('button', { name: 'Model', exact: true }).click()
    await page.getByText('No person has reviewed these findings.').waitFor()
    await page.getByRole('button', { name: 'Validate' }).click()
    await page.getByText('Findings validated by Administrator').waitFor()
  })
})

function modelsYaml(url: string): string {
  return `models:
  - name: stub
    provider: openai-compatible
    model: stub-1
    zone: local
    baseUrl: ${url}/v1
    plainHttp: true
    addresses: [127.0.0.1/32]
    key: { env: TOCSIN_STUB_KEY }
`
}

/** Cites real evidence word for word, guesses once, and invents once. */
function answer(prompt: string): string {
  const messages = JSON.parse(prompt) as { content: string | { text: string }[] }[]
  const text = messages
    .map(({ content }) => (typeof content === 'string' ? content : content.map(part => part.text).join('')))
    .join('\n')
  const items = [...text.matchAll(/^(E\d+) \([^)]*; observed\)\n<<\S+\n[^\n]*\n([^\n]+)\n/gm)]
  const told = items.slice(0, 4).map(([, id = '', quote = '']) => ({
    text: `The evidence says ${quote}`.slice(0, 400),
    evidence: [{ id, quote: quote.slice(0, 300) }],
  }))
  const [first = { text: 'Nothing was sent.', evidence: [] }] = told
  return JSON.stringify({
    headline: first,
    claims: [
      ...told,
      { text: guessed, evidence: first.evidence },
      { text: invented, evidence: first.evidence },
    ],
    verdict: 'true_positive',
    confidence: 0.8,
    next_steps: [],
    unknowns: [],
  })
}
