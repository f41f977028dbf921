import { existsSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { describe, expect, it, vi } from 'vitest'
import { doctorOnFreshMachine } from '../../test/support/doctor-on-fresh-machine.ts'
import { startOtlpReceiver } from '../../test/support/otlp-receiver.ts'
import { startS3Server } from '../../test/support/s3-server.ts'
import { selfSigned } from '../../test/support/self-signed.ts'
import { startSyslogServer } from '../../test/support/syslog-server.ts'

const { path, doctor } = doctorOnFreshMachine()

describe('tocsin doctor, of where things are sent and kept', () => {
  it('asks the object store for what is not there, and says what is wrong with the key', async () => {
    const server = await startS3Server({
      accessKeyId: 'AKID',
      secret: 'k',
      region: 'us-east-1',
      bucket: 'files',
    })
    try {
      vi.stubEnv('TOCSIN_FILES', `s3+${server.url}/files`)
      vi.stubEnv('TOCSIN_FILES_S3_KEY', 'AKID:k')
      expect((await doctor()).of('files')).toMatchObject({ state: 'ok' })
      expect(server.objects.size).toBe(0)
      vi.stubEnv('TOCSIN_FILES_S3_KEY', 'AKID:hunter2secret')
      const { code, findings, of } = await doctor()
      expect(code).toBe(1)
      expect(of('files')?.detail).toContain('SignatureDoesNotMatch')
      expect(JSON.stringify(findings)).not.toContain('hunter2secret')
    } finally {
      await server.close()
    }
  })

  it('asks a collector of telemetry with nothing in hand, and says what it answers', async () => {
    expect((await doctor()).of('telemetry')).toMatchObject({ state: 'off' })
    const collector = await startOtlpReceiver('Bearer hunter2secret')
    try {
      vi.stubEnv('TOCSIN_OTEL_URL', collector.url)
      const refused = await doctor()
      expect(refused.code).toBe(1)
      expect(refused.of('telemetry')).toMatchObject({
        state: 'failed',
        detail: expect.stringContaining('/v1/traces: it answers 401'),
        hint: expect.stringContaining('_HEADERS'),
      })
      vi.stubEnv('TOCSIN_OTEL_HEADERS', 'authorization=Bearer hunter2secret')
      const taken = await doctor()
      expect(taken.of('telemetry')).toMatchObject({ state: 'ok' })
      expect([collector.spans, collector.metrics]).toEqual([[], []])
      expect(collector.bodies).toHaveLength(2)
      expect(JSON.stringify([refused.findings, taken.findings])).not.toContain('hunter2secret')
    } finally {
      await collector.close()
    }
    expect((await doctor()).of('telemetry')).toMatchObject({
      state: 'failed',
      detail: expect.stringMatching(/ECONNREFUSED|fetch failed/),
    })
  })

  it('finds whether each place for checkpoints would take one, and sends none', async () => {
    expect((await doctor()).of('checkpoints')).toMatchObject({ state: 'off' })
    const own = selfSigned('localhost')
    const [tcp, tls] = await Promise.all([startSyslogServer('tcp'), startSyslogServer('tls', own)])
    const store = await startS3Server({ accessKeyId: 'AKID', secret: 'k', region: 'us-east-1', bucket: 'b' })
    const authority = path('ca.pem')
    writeFileSync(authority, own.certificatePem)
    const kept = pathToFileURL(path('kept.ndjson')).href
    const places = {
      [kept]: ['warning', 'on the disk of the data folder'],
      [pathToFileURL(path('nowhere', 'kept.ndjson')).href]: ['failed', 'ENOENT'],
      'syslog+udp://127.0.0.1:9': ['ok', 'nobody says over UDP'],
      'syslog+udp://no.such.host.invalid': ['failed', 'takes no checkpoint'],
      [`syslog+tcp://127.0.0.1:${tcp.port}`]: ['ok', 'takes connections'],
      'syslog+tcp://127.0.0.1:9': ['failed', 'ECONNREFUSED'],
      [`syslog+tls://localhost:${tls.port}`]: ['ok', 'takes connections'],
      [`syslog+tls://127.0.0.1:${tls.port}`]: ['failed', 'takes no checkpoint'],
      [`s3+${store.url}/b/ledger`]: ['ok', 'takes objects'],
      [`s3+${store.url}/another/ledger`]: ['failed', 'NoSuchBucket'],
    } as const
    vi.stubEnv('TOCSIN_CHECKPOINT_TO', Object.keys(places).join(','))
    vi.stubEnv('TOCSIN_CHECKPOINT_CA', authority)
    vi.stubEnv('TOCSIN_CHECKPOINT_S3_KEY', 'AKID:k')
    try {
      const { code, findings } = await doctor()
      const found = findings.filter(({ check }) => check === 'checkpoints')
      expect(code).toBe(1)
      expect(found.map(({ state }) => state)).toEqual(Object.values(places).map(([state]) => state))
      for (const [index, [, detail]] of Object.values(places).entries())
        expect(found[index]?.detail).toContain(detail)
      for (const { state, hint } of found)
        expect([state, hint !== undefined]).toEqual([state, state !== 'ok'])
      expect([...tcp.messages, ...tls.messages, ...store.objects.keys()]).toEqual([])
      expect(existsSync(path('kept.ndjson'))).toBe(false)
      vi.stubEnv('TOCSIN_CHECKPOINT_S3_KEY', 'AKID:hunter2secret')
      const wrong = await doctor()
      expect(JSON.stringify(wrong.findings)).toContain('SignatureDoesNotMatch')
      expect(JSON.stringify(wrong.findings)).not.toContain('hunter2secret')
    } finally {
      await Promise.all([tcp.close(), tls.close(), store.close()])
    }
  })
})
