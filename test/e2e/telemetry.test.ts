import { appendFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { attributesOf, type OtlpReceiver, startOtlpReceiver } from '../support/otlp-receiver.ts'
import { type RunningTocsin, startTocsin } from '../support/running-tocsin.ts'
import { wazuhLine } from '../support/wazuh-alert.ts'

// `tocsin up` with a collector beside it: what it tells of its own work, and what it does not.

let receiver: OtlpReceiver
let tocsin: RunningTocsin

beforeAll(async () => {
  receiver = await startOtlpReceiver()
  tocsin = await startTocsin({ settings: { TOCSIN_OTEL_URL: receiver.url } })
})

afterAll(async () => {
  await tocsin?.stop()
  await receiver?.close()
})

it('requests and jobs are spans and histograms that hold no name out of an alert', async () => {
  const alert = wazuhLine({
    atMs: Date.now(),
    host: 'secret-host-77',
    rule: ['5712', 10, 'sshd: brute force trying to get access to the system', ['sshd']],
    data: { srcip: '203.0.113.77', srcuser: 'jane.doe' },
  })
  await appendFile(tocsin.alertsFile, `${alert}\n`)
  expect((await fetch(`${tocsin.base}/readyz`)).status).toBe(200)
  expect((await fetch(`${tocsin.base}/api/cases?text=jane.doe`)).status).toBe(401)
  const begun = () => receiver.spans.some(({ name }) => name.startsWith('job '))
  await expect.poll(begun, { interval: 500 }).toBe(true)
  await tocsin.stop() // What is left is sent before it ends.

  expect(receiver.refused).toEqual([])
  const [ready] = receiver.spans.filter(({ name }) => name === 'GET /readyz')
  expect(ready).toMatchObject({ kind: 2, status: { code: 0 } })
  expect(attributesOf(ready?.attributes ?? [])).toMatchObject({
    'http.route': '/readyz',
    'http.response.status_code': 200,
  })
  const [job] = receiver.spans.filter(({ name }) => name.startsWith('job '))
  expect(job).toMatchObject({ kind: 5, status: { code: 0 } })
  const names = receiver.metrics.map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(['http.server.request.duration', 'tocsin.job.duration']))
  const all = receiver.bodies.join('\n')
  expect(all).not.toMatch(/secret-host-77|jane\.doe|203\.0\.113\.77/)
})
