import { appendFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type RunningTocsin, startTocsin } from '../support/running-tocsin.ts'
import { intrusion } from '../support/sample-alerts.ts'
import { standInUser, startWazuhServer, type WazuhStandIn } from '../support/wazuh-server.ts'

// The link that an analyst finds beside the alert in Wazuh, from a Tocsin whose port the system chose and that has no
// public address.

let wazuh: WazuhStandIn
let tocsin: RunningTocsin

beforeAll(async () => {
  wazuh = await startWazuhServer()
  tocsin = await startTocsin({
    settings: {
      TOCSIN_WAZUH_API_URL: wazuh.url,
      TOCSIN_WAZUH_API_USER: standInUser.username,
      TOCSIN_WAZUH_API_PASSWORD: standInUser.password,
    },
  })
})
afterAll(async () => {
  await tocsin?.stop()
  await wazuh?.close()
})

it('what is written back to Wazuh links to the case, at the port that is listened on', async () => {
  await appendFile(tocsin.alertsFile, intrusion(Date.now()))
  await expect.poll(() => wazuh.events.length).toBeGreaterThan(0)
  const event = wazuh.events[0] ?? ''
  const { tocsin: written } = JSON.parse(event.slice(event.indexOf('{')))
  expect(written.case_url).toBe(`${tocsin.base}/cases/${written.case_id}`)
  const page = await fetch(written.case_url, { headers: { accept: 'text/html' } })
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
})
