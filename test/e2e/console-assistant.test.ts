import { appendFile } from 'node:fs/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accessibilityViolations } from '../support/accessibility.ts'
import { hasBrowser, openBrowser, watchComplaints } from '../support/browser.ts'
import { allRead, firstSignIn, openFirstCase, queueRows } from '../support/console-visit.ts'
import { openaiCompatible } from '../support/provider-servers/chat-completions.ts'
import { type ProviderServer, startProviderServer } from '../support/provider-servers/start-server.ts'
import { type RunningTocsin, startTocsin } from '../support/running-tocsin.ts'
import { intrusion } from '../support/sample-alerts.ts'
import { keepScreenshot } from '../support/screenshots.ts'
import { analystAnswers, analystKey, careful } from '../support/scripted-analyst.ts'
import { stubModels } from '../support/stub-models.ts'
import { standInUser, startWazuhServer, type WazuhStandIn } from '../support/wazuh-server.ts'

// The chat beside the pages, as an analyst uses it: ask, cite, open evidence, prepare a proposal, stop mid-stream.

const invented = 'The intruder copied 41 files to 198.51.100.250.'

let model: ProviderServer
let wazuh: WazuhStandIn
let tocsin: RunningTocsin
let browser: Browser
let page: Page
let complaints: string[]
let consentPath = ''

const steps = [{ tool: 'count_alerts', arguments: { by: 'rule' } }]
const sentences: typeof careful = prompt => {
  const [first] = prompt.items
  return [
    ...careful(prompt).slice(0, 1),
    { text: invented, evidence: [{ id: first?.id ?? '', quote: first?.quote.split('\n')[0] ?? '' }] },
  ]
}

describe.skipIf(!hasBrowser)('the assistant beside the pages', () => {
  beforeAll(async () => {
    ;[model, wazuh] = await Promise.all([
      startProviderServer(openaiCompatible, analystKey),
      startWazuhServer([{ id: '001', name: 'web-07', status: 'active', activeResponse: true }]),
    ])
    model.always({ kind: 'answer', text: analystAnswers({ plan: steps, sentences }) })
    ;[tocsin, browser] = await Promise.all([
      startTocsin({
        models: stubModels(model.url, { name: 'strong', model: 'strong-1', tasks: ['chat'] }),
        settings: {
          TOCSIN_WAZUH_API_URL: wazuh.url,
          TOCSIN_WAZUH_API_USER: standInUser.username,
          TOCSIN_WAZUH_API_PASSWORD: standInUser.password,
          TOCSIN_PUBLISH: 'off',
        },
      }),
      openBrowser(),
    ])
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    complaints = watchComplaints(page)
    await page.goto(tocsin.base)
    await firstSignIn(page, tocsin)
    await appendFile(tocsin.alertsFile, intrusion(Date.now()))
    await queueRows(page).first().waitFor()
    await openFirstCase(page, tocsin.base, 'host=web-07')
  })
  afterAll(async () => {
    await browser?.close()
    await tocsin?.stop()
    await model?.close()
    await wazuh?.close()
  })

  const field = () => page.getByRole('textbox', { name: /^(Question|Ask it differently)/ })
  const ask = async (text: string) => {
    // Keys go to a dialog for as long as it is open, which may be longer than what it did takes to show.
    await page.locator('dialog[open]').first().waitFor({ state: 'detached' })
    await field().fill(text)
    await page.keyboard.press('Enter')
  }
  const lastAnswer = () => page.getByRole('article', { name: 'Answer' }).last()

  it('opens by a key with the focus in the question, and knows what is open', async () => {
    await page.keyboard.press('Control+j')
    const drawer = page.getByRole('complementary', { name: 'Assistant' })
    await drawer
      .getByText(/about case case_/)
      .first()
      .waitFor()
    await expect.poll(() => field().evaluate(node => node.matches(':focus'))).toBe(true)
    await drawer.getByRole('button', { name: 'What happened here?' }).waitFor()
    await keepScreenshot(page, 'assistant-drawer')
  })

  it('answers by code, cites, and opens the evidence down to the raw alert', async () => {
    await ask('Which rules fire most? top 3 rules')
    await lastAnswer()
      .getByText(/Top 3 rules/)
      .waitFor()
    await lastAnswer().getByText('no model was asked').waitFor()
    await lastAnswer()
      .getByRole('button', { name: /^Evidence E2/ })
      .click()
    await lastAnswer().getByRole('button', { name: 'Show the raw alert' }).click()
    await lastAnswer().getByText('full_log').first().waitFor()
    await keepScreenshot(page, 'assistant-evidence')
  })

  it('streams what a model says with the fate of each sentence', async () => {
    await ask('Why should I worry about this?')
    await lastAnswer().getByText('Verified').first().waitFor()
    const struck = lastAnswer().getByRole('listitem').filter({ hasText: invented })
    await struck.getByText('Not in the evidence').waitFor()
    await lastAnswer().getByText('count_alerts').first().waitFor()
    await keepScreenshot(page, 'assistant-model-answer')
  })

  it('stops in the middle, keeps what was verified, and frees the provider', async () => {
    const abandoned = model.abandoned
    const sentence = { text: 'It says alerts: 14.', evidence: [{ id: 'E1', quote: 'alerts: 14' }] }
    model.script(
      {
        kind: 'answer',
        text: JSON.stringify({ steps: [{ tool: 'count_alerts', arguments: '{"by":"rule"}' }] }),
      },
      {
        kind: 'hang',
        text: `${JSON.stringify({ sentences: [sentence] }).slice(0, -2)},{"text":"${'x'.repeat(4000)}`,
        sends: 30,
      },
    )
    await ask('Why is it like that?')
    await page.getByText(sentence.text).waitFor()
    await page.getByRole('button', { name: 'Stop' }).click()
    await page.getByText('Stopped. What had been verified by then:').waitFor()
    await expect.poll(() => model.abandoned).toBe(abandoned + 1)
  })

  it('asks differently in a branch, and goes back to the one before', async () => {
    await page
      .getByRole('article', { name: 'Question' })
      .last()
      .getByRole('button', { name: 'Ask it differently' })
      .click()
    await field().fill('How many alerts are there?')
    await page.keyboard.press('Enter')
    await lastAnswer()
      .getByText(/14 alerts/)
      .waitFor()
    await page.getByText('2 of 2').waitFor()
    await page.getByRole('button', { name: 'Branch before' }).click()
    await page.getByText('Why is it like that?').waitFor()
  })

  it('prepares a proposal as a draft of the person, which waits in the inbox', async () => {
    await ask('/draft')
    await lastAnswer().getByRole('button', { name: 'Prepare a draft' }).first().click()
    await lastAnswer()
      .getByRole('link', { name: /Prepared as your draft/ })
      .click()
    await page.waitForURL(/approvals/)
    await page.getByRole('main').getByText(/draft/i).first().waitFor()
    expect(wazuh.calls).toEqual([])
  })

  it('saves an answer as a note only after a person read it', async () => {
    await page.goBack()
    await page.getByRole('heading', { name: 'Brief' }).waitFor()
    await ask('When was the first alert?')
    // Until then the last answer is that of the question before.
    await page
      .getByRole('article', { name: 'Question' })
      .last()
      .filter({ hasText: 'When was the first alert?' })
      .waitFor()
    await lastAnswer().getByRole('button', { name: 'Save as note' }).click()
    await page.getByRole('dialog').getByLabel('Note').waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Save note' }).click()
    await page
      .getByRole('main')
      .getByText(/Asked: When was the first alert\?/)
      .waitFor()
  })

  it('drafts a rule from the case, which waits in the inbox as a draft of the person', async () => {
    const address = page.url()
    await ask('/draft rule root logs on after many failures')
    await lastAnswer().getByRole('button', { name: 'Draft a rule from this case' }).click()
    const dialog = page.getByRole('dialog')
    await expect
      .poll(() => dialog.getByLabel('What it detects').inputValue())
      .toBe('root logs on after many failures')
    await dialog.getByRole('button', { name: 'Create' }).click()
    await page.waitForURL(/\/rules\/rule_/)
    await page.goto(`${tocsin.base}/approvals`)
    const rule = page.getByRole('region', { name: 'Rules' }).getByRole('listitem')
    await rule.getByText('draft', { exact: true }).waitFor()
    await rule.getByRole('link', { name: 'root logs on after many failures' }).waitFor()
    await keepScreenshot(page, 'assistant-drafts')
    await page.goto(address)
    await page.getByRole('heading', { name: 'Brief' }).waitFor()
  })

  it('makes a playbook of a chat, and runs it on the case step by step', async () => {
    await page.keyboard.press('Control+j')
    await page.getByRole('button', { name: 'New chat' }).click()
    await ask('How many alerts are there?')
    await lastAnswer()
      .getByText(/14 alerts/)
      .waitFor()
    await ask('/ioc 203.0.113.77')
    await lastAnswer()
      .getByText(/is in 1 case/)
      .waitFor()
    await lastAnswer().getByRole('link', { name: 'Save as playbook' }).click()
    const editor = page.getByRole('form', { name: 'Playbook' })
    await expect.poll(() => editor.getByLabel('Step 2: question').inputValue()).toBe('/ioc {{address}}')
    await editor.getByLabel('Name', { exact: true }).first().fill('Guessed password')
    await editor.getByRole('button', { name: 'A search' }).click()
    await keepScreenshot(page, 'playbook-editor')
    expect(await accessibilityViolations(page)).toEqual([])
    await editor.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { name: 'Guessed password' }).waitFor()
    await openFirstCase(page, tocsin.base, 'host=web-07')
    await page.getByRole('button', { name: 'Run Guessed password' }).click()
    const dialog = page.getByRole('dialog')
    await expect.poll(() => dialog.getByLabel('address').inputValue()).toBe('203.0.113.77')
    await dialog.getByRole('button', { name: 'Start' }).click()
    const run = page.getByRole('region', { name: 'Run of Guessed password' })
    await run.getByText(/^0 of 3 steps/).waitFor()
    await run.getByRole('button', { name: 'Take step 1' }).click()
    await run.getByText(/^1 of 3 steps/).waitFor()
    await keepScreenshot(page, 'playbook-run')
    await run.getByRole('button', { name: 'Take all that are left' }).click()
    await run.getByText(/^3 of 3 steps. Done/).waitFor()
    await run
      .getByText(/is in 1 case/)
      .first()
      .waitFor()
    expect(await accessibilityViolations(page)).toEqual([])
  })

  it('starts a playbook from an example that comes with it', async () => {
    await page.goto(`${tocsin.base}/playbooks`)
    const name = 'Example: suspicious log-on'
    await page.getByRole('button', { name: `Start from it ${name}` }).waitFor()
    await keepScreenshot(page, 'playbook-examples')
    expect(await accessibilityViolations(page)).toEqual([])
    await page.getByRole('button', { name: `Start from it ${name}` }).click()
    const editor = page.getByRole('form', { name: 'Playbook' })
    await expect.poll(() => editor.getByLabel('Step 1: question').inputValue()).toBe('What happened here?')
    await editor.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('heading', { name, level: 2 }).waitFor()
  })

  it('takes an attachment, and scans it when it is asked to', async () => {
    await page.goto(`${tocsin.base}/assistant`)
    const chooser = page.waitForEvent('filechooser')
    await page.getByRole('button', { name: 'Attach a file to scan' }).click()
    await (await chooser).setFiles({
      name: 'invoice.js',
      mimeType: 'text/javascript',
      buffer: Buffer.from('eval(1)'),
    })
    await page
      .getByRole('list', { name: 'Attachments' })
      .getByRole('button', { name: 'Scan invoice.js' })
      .click()
    // No rules are installed here: it says so, and where they go.
    await lastAnswer()
      .getByText(/there are no YARA rules in/)
      .first()
      .waitFor()
    await lastAnswer().getByRole('button', { name: 'This did not help' }).click()
    await page.getByRole('button', { name: 'This did not help', pressed: true }).waitFor()
    await lastAnswer().getByRole('button', { name: 'Ask again' }).click()
    await page.getByText('2 of 2').waitFor()
  })

  it('shows a search before it is run, and lets it be changed', async () => {
    await page.goto(`${tocsin.base}/assistant`)
    await ask('/query top 5 source addresses on web-07')
    const editor = page.getByLabel('Search of the Wazuh indexer')
    await expect.poll(() => editor.inputValue()).toContain('"agent.name"')
    await editor.fill('{"index": "tocsin-*", "body": {}}')
    await editor.press('Control+Enter')
    await page.getByText('No Wazuh indexer is connected').waitFor()
    await keepScreenshot(page, 'assistant-query')
    expect(await accessibilityViolations(page)).toEqual([])
  })

  it('asks the person before a program may read in their name', async () => {
    const back = 'http://127.0.0.1:9/callback'
    const registered = await fetch(`${tocsin.base}/oauth/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ client_name: 'Notes <b>&</b> more', redirect_uris: [back] }),
    })
    const { client_id } = JSON.parse(await registered.text())
    const asked = new URLSearchParams({
      client_id,
      redirect_uri: back,
      response_type: 'code',
      code_challenge: 'x'.repeat(43),
      code_challenge_method: 'S256',
      state: 'state-7',
    })
    consentPath = `/authorize?${asked}`
    await page.route(`${back}*`, route => route.fulfill({ contentType: 'text/html', body: 'back' }))
    const consent = async (button: string) => {
      await page.goto(tocsin.base + consentPath)
      await page.getByText('Notes <b>&</b> more').waitFor()
      await page.getByText('127.0.0.1:9').waitFor()
      await keepScreenshot(page, 'consent')
      expect(await accessibilityViolations(page)).toEqual([])
      await page.getByRole('button', { name: button }).click()
      await page.waitForURL(`${back}*`)
      return new URL(page.url()).searchParams
    }
    expect((await consent('Refuse')).get('error')).toBe('access_denied')
    const granted = await consent('Let it read')
    expect([granted.get('state'), (granted.get('code') ?? '').length > 20]).toEqual(['state-7', true])
  })

  it('lets a manager require learning mode', async () => {
    await page.goto(`${tocsin.base}/settings?section=learning`)
    const required = page.getByRole('checkbox', { name: /^Required of/ })
    await required.click()
    await page.getByText(/^required by/).waitFor()
    await keepScreenshot(page, 'learning-managers')
    expect(await accessibilityViolations(page)).toEqual([])
    await required.click() // It changes once the server has taken it.
    await page.getByRole('table').getByText('off', { exact: true }).waitFor()
  })

  it('finds the chat again by its words, on its own page', async () => {
    await page.goto(`${tocsin.base}/assistant`)
    await page.getByLabel('Search your chats').fill('first alert')
    const found = page.getByRole('region', { name: 'Chats' }).getByRole('listitem')
    await expect.poll(() => found.count()).toBe(1) // All of them stay until those that were found have come.
    await found.getByRole('button').first().click()
    await page.getByText('Why should I worry about this?').waitFor()
    await keepScreenshot(page, 'assistant-page')
    expect(await accessibilityViolations(page)).toEqual([])
  })

  it('asks for a hypothesis first in learning mode, and shows the evidence before the conclusion', async () => {
    // Not check(): it looks before the page has drawn what it was told.
    await page.getByLabel('Learning mode').click()
    await expect.poll(() => page.getByLabel('Learning mode').isChecked()).toBe(true)
    await openFirstCase(page, tocsin.base, 'host=web-07')
    await page.keyboard.press('Control+j')
    await ask('What happened here?')
    await page.getByText(/say first what you think happened/).waitFor()
    await page.getByLabel('Your own hypothesis').fill('Somebody guessed the password of root.')
    await field().press('Enter')
    await lastAnswer().getByText('The evidence first').waitFor()
    await keepScreenshot(page, 'assistant-learning')
    await lastAnswer().getByRole('button', { name: 'Show the conclusion' }).click()
    await lastAnswer()
      .getByText(/: 14 alerts, severity/)
      .waitFor()
  })

  it('fits a phone, and the page complained about nothing', async () => {
    await page.setViewportSize({ width: 390, height: 844 })
    await keepScreenshot(page, 'assistant-phone')
    const wider = () => page.locator(':root').evaluate(node => node.scrollWidth - node.clientWidth)
    expect(await wider()).toBe(0)
    for (const [path, name] of [
      ['/playbooks', 'playbooks-phone'],
      ['/playbooks?edit=new', 'playbook-editor-phone'],
      ['/settings?section=learning', 'learning-phone'],
      ['/assistant', 'assistant-page-phone'],
      ['/approvals', 'approvals-phone'],
      [consentPath, 'consent-phone'],
    ] as const) {
      await page.goto(`${tocsin.base}${path}`)
      await allRead(page)
      await keepScreenshot(page, name)
      await expect.poll(async () => [path, await wider()]).toEqual([path, 0])
    }
    expect(complaints).toEqual([])
  })
})
