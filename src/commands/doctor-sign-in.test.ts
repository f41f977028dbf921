import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, vi } from 'vitest'
import { doctorOnFreshMachine } from '../../test/support/doctor-on-fresh-machine.ts'
import { startOpenIdProvider } from '../../test/support/openid-provider.ts'

const { path, doctor } = doctorOnFreshMachine()

describe('tocsin doctor, of the sign-in provider', () => {
  it('asks the sign-in provider who it is, whether it comes back here, and what time it has', async () => {
    expect((await doctor()).of('sign-in')).toMatchObject({ state: 'off' })
    const provider = await startOpenIdProvider()
    const file = path('sign-in.yaml')
    const write = (issuer: string) =>
      writeFileSync(
        file,
        `provider:\n  name: SSO\n  issuer: ${issuer}\n  client: ${provider.client.id}\n  secret: { env: DOCTOR_SECRET }\n`,
      )
    write(provider.issuer)
    vi.stubEnv('TOCSIN_SIGN_IN', file)
    try {
      expect((await doctor()).of('sign-in')).toMatchObject({
        state: 'failed',
        detail: expect.stringContaining('DOCTOR_SECRET'),
      })
      vi.stubEnv('DOCTOR_SECRET', 'hunter2secret')
      const fine = await doctor()
      expect(fine.of('sign-in')).toMatchObject({ state: 'ok' })
      expect(fine.of('redirect')).toMatchObject({
        state: 'ok',
        detail: expect.stringContaining('http://localhost:17499/api/sign-in/provider/callback'),
      })
      expect(fine.of('clock')).toMatchObject({ state: 'ok' })
      expect(JSON.stringify(fine.findings)).not.toContain('hunter2secret')

      vi.stubEnv('TOCSIN_PUBLIC_URL', 'https://tocsin.example')
      const elsewhere = await doctor()
      expect(elsewhere.of('redirect')).toMatchObject({
        state: 'failed',
        detail: expect.stringContaining(
          'https://tocsin.example/api/sign-in/provider/callback: it answers 400',
        ),
        hint: expect.stringContaining('Register'),
      })
      expect(provider.refusals).toEqual(['redirect address is not registered'])
      vi.stubEnv('TOCSIN_PUBLIC_URL', '')
      vi.stubEnv('TOCSIN_HOST', '0.0.0.0')
      expect((await doctor()).of('redirect')).toMatchObject({ state: 'warning' })
      provider.setClock(-400_000)
      expect((await doctor()).of('clock')).toMatchObject({
        state: 'failed',
        detail: expect.stringMatching(/\b(399|400|401) s ahead of the sign-in provider/),
      })
      write(`${provider.issuer}/realm`)
      expect((await doctor()).of('sign-in')).toMatchObject({ state: 'failed' })
    } finally {
      await provider.close()
    }
    write(provider.issuer)
    expect((await doctor()).of('sign-in')).toMatchObject({
      state: 'failed',
      hint: expect.stringContaining('issuer'),
    })
  })

  it('is sent nowhere in our own network by a sign-in provider that plays foul', async () => {
    const asked: string[] = []
    const inside = createServer((request, reply) => {
      asked.push(request.url ?? '')
      reply.end()
    })
    inside.listen(0, '127.0.0.1')
    await once(inside, 'listening')
    const portOf = (server: Server) => (server.address() as AddressInfo).port
    let issuer = ''
    const foul = createServer((_, reply) =>
      reply.setHeader('content-type', 'application/json').end(
        JSON.stringify({
          issuer,
          authorization_endpoint: `http://127.0.0.1:${portOf(inside)}/shutdown`,
          token_endpoint: `${issuer}/token`,
          jwks_uri: `${issuer}/jwks`,
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['RS256'],
        }),
      ),
    )
    foul.listen(0, '127.0.0.1')
    await once(foul, 'listening')
    issuer = `http://127.0.0.1:${portOf(foul)}`
    const write = (more = '') =>
      writeFileSync(
        path('sign-in.yaml'),
        `provider:\n  name: SSO\n  issuer: ${issuer}\n  client: c\n  secret: { env: DOCTOR_SECRET }\n${more}`,
      )
    vi.stubEnv('TOCSIN_SIGN_IN', path('sign-in.yaml'))
    vi.stubEnv('DOCTOR_SECRET', 'hunter2secret')
    try {
      write()
      expect((await doctor()).of('redirect')).toMatchObject({
        state: 'failed',
        detail: expect.stringContaining('only public is allowed'),
      })
      expect(asked).toEqual([])
      write(`  hosts: ['127.0.0.1:${portOf(inside)}']\n`)
      expect((await doctor()).of('redirect')).toMatchObject({ state: 'ok' })
      expect(asked).toHaveLength(1)
    } finally {
      inside.close()
      foul.close()
    }
  })
})
