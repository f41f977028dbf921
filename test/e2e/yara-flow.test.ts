import { createHash } from 'node:crypto'
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { CaseResponse, ProposalView } from '../../src/http/contract-respond.ts'
import { addRequest, type EndpointHost, endpointHost, type Report } from '../endpoint/endpoint-host.ts'
import { type ApiPerson, apiPerson, proofOf, until } from '../support/api-person.ts'
import { hasBrowser, openBrowser } from '../support/browser.ts'
import { consolePassword } from '../support/console-visit.ts'
import { type RunningTocsin, startTocsin } from '../support/running-tocsin.ts'
import { keepScreenshot } from '../support/screenshots.ts'
import { standInUser, startWazuhServer, type WazuhStandIn } from '../support/wazuh-server.ts'

// The mission's flow, whole: FIM sees a file -> YARA on the endpoint -> a case -> people approve -> quarantine, verified ->
// restore -> delete by two. Tocsin, its database, the endpoint's scripts, yara and the browser are real; the Wazuh
// manager is a stand-in that carries JSON between them as the real one does.

const hasYara = existsSync('/usr/bin/yara') || existsSync('/usr/local/bin/yara')
if (!hasYara) console.warn('SKIPPED: yara is not on this machine; the YARA flow is not tested')

let tocsin: RunningTocsin
let wazuh: WazuhStandIn
let endpoint: EndpointHost
let alertCount = 0
const agent = { id: '001', name: 'web-01', ip: '192.0.2.7' }

beforeAll(async () => {
  if (!hasYara) return
  endpoint = endpointHost(agent.id)
  wazuh = await startWazuhServer([{ id: agent.id, name: agent.name, status: 'active', activeResponse: true }])
  wazuh.onActiveResponse = (_, body) => void carryOut(body)
  tocsin = await startTocsin({
    // Its admin makes everybody alone, and the test cannot wait for a day until their word counts.
    response: 'newRightHours: 0\n',
    settings: {
      TOCSIN_WAZUH_API_URL: wazuh.url,
      TOCSIN_WAZUH_API_USER: standInUser.username,
      TOCSIN_WAZUH_API_PASSWORD: standInUser.password,
    },
  })
})
afterAll(async () => {
  if (!hasYara) return
  await tocsin.stop()
  await wazuh.close()
  endpoint.close()
})

/** remoted, execd and analysisd in one: runs the script, and makes alerts of what it reports. */
async function carryOut(body: Record<string, unknown>): Promise<void> {
  const reports = await endpoint.run(String(body.command).replace('!', ''), addRequest(body.alert))
  for (const report of reports) alertOf(report)
}

function alertOf(report: Report): void {
  const [id, level, description] =
    report.event === 'yara_match'
      ? ['100921', 12, `YARA rule ${report.rule} matches ${report.path}`]
      : report.result === 'done'
        ? ['100924', 3, `Tocsin action ${report.action} done: ${report.detail}`]
        : ['100925', 8, `Tocsin action ${report.action} ${report.result}: ${report.detail}`]
  writeAlert({
    rule: {
      level,
      id,
      description,
      groups: ['tocsin', 'active_response', 'yara'],
      firedtimes: 1,
      mail: false,
    },
    decoder: { name: 'ar_log_json' },
    data: { tocsin: report },
    location: '/var/ossec/logs/active-responses.log',
  })
}

function writeAlert(parts: Record<string, unknown>): void {
  const now = Date.now()
  const timestamp = new Date(now).toISOString().replace('Z', '+0000')
  appendFileSync(
    tocsin.alertsFile,
    `${JSON.stringify({ timestamp, agent, manager: { name: 'manager' }, id: `${Math.floor(now / 1000)}.${++alertCount}`, ...parts })}\n`,
  )
}

it.skipIf(!hasYara)(
  'from a file that FIM saw to a verified quarantine, a restore, and a deletion by two',
  async () => {
    // FIM reports a file; the manager's active response runs the scan; its match is an alert.
    const path = join(endpoint.files, 'x "new".php')
    writeFileSync(path, '<?php /* dropped-here-by-the-test */ eval($_POST[1]);')
    writeFileSync(
      join(endpoint.ossec, 'etc/tocsin/rules.yar'),
      'rule dropped_php : webshell { strings: $m = "dropped-here-by-the-test" condition: $m }',
    )
    const sha256 = createHash('sha256').update(readFileSync(path)).digest('hex')
    const fim = { syscheck: { path, event: 'added', sha256_after: sha256, size_after: '55' } }
    writeAlert({
      rule: {
        level: 7,
        id: '100931',
        description: 'File added where programs are dropped',
        groups: ['tocsin_scan', 'syscheck'],
        firedtimes: 1,
        mail: false,
      },
      full_log: `File '${path}' added`,
      decoder: { name: 'syscheck_new_entry' },
      location: 'syscheck',
      ...fim,
    })
    for (const report of await endpoint.run('tocsin-yara', addRequest(fim), { reports: 1 })) alertOf(report)

    const admin = await apiPerson(tocsin.base, 'admin', tocsin.password)
    const addPerson = async (username: string, role: string) => {
      const created = await admin<{ oneTimePassword: string }>('POST', '/api/users', {
        username,
        displayName: username,
        role,
        ...proofOf(consolePassword),
      })
      return apiPerson(tocsin.base, username, created.body.oneTimePassword)
    }
    const rita = await addPerson('rita', 'responder')
    const ana = await addPerson('ana', 'approver')
    await addPerson('ben', 'approver')

    // The case names the match, and offers to quarantine exactly this file.
    const step = await until('a case with the match and a quarantine step', async () => {
      const { body } = await rita<{ cases: { id: string }[] }>('GET', '/api/cases?limit=20')
      for (const { id } of body.cases) {
        const response = await rita<CaseResponse>('GET', `/api/cases/${id}/response`)
        const found = response.body.steps.find(
          each => each.action?.action === 'quarantine-file' && each.text.includes(sha256),
        )
        if (found?.action != null) return { caseId: id, action: found.action }
      }
      return undefined
    })
    const proposeAs = async (person: ApiPerson, action: string) => {
      const body = {
        action,
        arguments: { path, sha256 },
        agentId: agent.id,
        platform: 'linux',
        reason: 'YARA names it a web shell',
      }
      const reply = await person<{ proposal: ProposalView }>(
        'POST',
        `/api/cases/${step.caseId}/proposals`,
        body,
      )
      expect(reply.status).toBe(200)
      return reply.body.proposal
    }
    const decide = (person: ApiPerson, proposal: ProposalView, more: object = {}) =>
      person<{ error?: { message: string }; proposal?: ProposalView }>(
        'POST',
        `/api/proposals/${proposal.id}/decision`,
        { digest: proposal.digest, decision: 'approve', ...more },
      )
    const now = async (id: string) =>
      (await rita<{ proposal: ProposalView }>('GET', `/api/proposals/${id}`)).body.proposal
    const ended = (id: string) =>
      until(`the end of ${id}`, async () => {
        const proposal = await now(id)
        return ['done', 'failed', 'unknown'].includes(proposal.state) ? proposal : undefined
      })

    // What Tocsin found stands beside the match in Wazuh before anybody has decided anything.
    await until('the enrichment beside the match', async () =>
      wazuh.events.find(event => event.includes(step.caseId) && event.includes('YARA rule dropped_php')),
    )

    // Quarantine: the requester cannot approve; one other person can; the endpoint confirms.
    const quarantine = await proposeAs(rita, 'quarantine-file')
    expect((await decide(rita, quarantine)).status).toBe(403)
    expect(existsSync(path)).toBe(true)
    const anasDesk = await approver('ana', 1280)
    await anasDesk.approve('Quarantine file')
    expect(await ended(quarantine.id)).toMatchObject({
      state: 'done',
      outcome: expect.stringContaining('quarantined'),
    })
    expect(existsSync(path)).toBe(false)

    // Restore: asked for as what takes the quarantine back.
    const asked = await rita<{ proposal: ProposalView }>('POST', `/api/proposals/${quarantine.id}/rollback`, {
      reason: 'the shop needs it for a minute',
    })
    const restore = asked.body.proposal
    expect(restore).toMatchObject({ action: 'restore-file', rollbackOf: quarantine.id })
    const bensPhone = await approver('ben', 390)
    await bensPhone.approve('Restore file from quarantine')
    expect((await ended(restore.id)).state).toBe('done')
    expect(createHash('sha256').update(readFileSync(path)).digest('hex')).toBe(sha256)

    // Delete: takes two, each with the password anew.
    const deletion = await proposeAs(rita, 'delete-file')
    expect((await decide(ana, deletion)).status).toBe(403)
    expect((await decide(ana, deletion, proofOf('not the password'))).status).toBe(400)
    await anasDesk.approve('Delete file', consolePassword)
    expect(await now(deletion.id)).toMatchObject({ state: 'awaiting', approvalsNow: 1, approversNeeded: 2 })
    expect((await decide(ana, deletion, proofOf(consolePassword))).status).toBe(409)
    expect(existsSync(path)).toBe(true)
    await bensPhone.approve('Delete file', consolePassword)
    expect(await ended(deletion.id)).toMatchObject({ state: 'done', outcome: 'deleted' })
    expect(existsSync(path)).toBe(false)
    expect(wazuh.calls.filter(call => call.path === '/active-response').length).toBe(3)

    // Every step of each stands in the ledger, in its order.
    const steps = async (id: string) => {
      const { body } = await admin<{ entries: { kind: string; actor: string }[] }>(
        'GET',
        `/api/ledger?subject=${id}`,
      )
      return body.entries.toReversed().map(entry => entry.kind)
    }
    const carried = ['approval', 'approval', 'action-intent', 'action-outcome', 'action-outcome']
    expect(await steps(quarantine.id)).toEqual(carried)
    expect(await steps(restore.id)).toEqual(carried)
    expect(await steps(deletion.id)).toEqual(['approval', ...carried])
    await anasDesk.readsLedger(deletion.id)
    await anasDesk.close()
    await bensPhone.close()
  },
)

interface Desk {
  /** Approves the one proposal of this name that waits, by keyboard alone. */
  approve(title: string, password?: string): Promise<void>
  readsLedger(id: string): Promise<void>
  close(): Promise<void>
}

/** An approver at a browser of this width; over the API where there is no browser. */
async function approver(username: string, width: number): Promise<Desk> {
  if (!hasBrowser) {
    console.warn('SKIPPED: no Chromium; approvals are made over the API')
    const person = await apiPerson(tocsin.base, username)
    return {
      async approve(title, password) {
        const { body } = await person<{ proposals: ProposalView[] }>('GET', '/api/proposals')
        const proposal = body.proposals.find(each => each.title === title && each.state === 'awaiting')
        const proof = password === undefined ? {} : proofOf(password)
        const decision = { digest: proposal?.digest, decision: 'approve', ...proof }
        await person('POST', `/api/proposals/${proposal?.id}/decision`, decision)
      },
      readsLedger: async () => undefined,
      close: async () => undefined,
    }
  }
  const browser = await openBrowser()
  const page = await browser.newPage({ viewport: { width, height: 844 } })
  await page.goto(`${tocsin.base}/approvals`)
  await page.getByLabel('User name').fill(username)
  await page.getByLabel('Password').fill(consolePassword)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Approvals', level: 1 }).waitFor()
  return {
    async approve(title, password) {
      await page.goto(`${tocsin.base}/approvals`)
      await page.getByRole('heading', { name: `${title} on web-01` }).waitFor()
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
      await keepScreenshot(page, `inbox-${title.toLowerCase().replaceAll(' ', '-')}-${width}`)
      await page.keyboard.press('y')
      const dialog = page.getByRole('dialog', { name: /^Approve/ })
      await dialog.waitFor()
      if (password !== undefined) {
        await dialog.getByLabel('Your password again').waitFor()
        await tabTo(page, 'Your password again')
        await page.keyboard.type(password)
      }
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width)
      await keepScreenshot(page, `approve-${title.toLowerCase().replaceAll(' ', '-')}-${width}`)
      await tabTo(page, 'Approve')
      await page.keyboard.press('Enter')
      await page.getByText('Approved.').waitFor()
    },
    async readsLedger(id) {
      await page.goto(`${tocsin.base}/ledger?subject=${id}`)
      await page.getByRole('button', { name: 'action outcome' }).first().waitFor()
    },
    close: () => browser.close(),
  }
}

/** Moves the focus by Tab until it is on the control of this name. */
async function tabTo(page: Page, name: string): Promise<void> {
  const focused = `(() => {
    const at = document.activeElement
    const label = at?.labels?.[0]?.textContent ?? at?.getAttribute?.('aria-label') ?? at?.textContent ?? ''
    return label.trim()
  })()`
  for (let presses = 0; presses < 40; presses++) {
    if ((await page.evaluate(focused)) === name) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`no Tab leads to ${name}`)
}
