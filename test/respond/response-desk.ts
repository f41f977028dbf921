import type { ResponseSettingsInput } from '../../src/domain/response-settings.ts'
import type { ResponsePolicyView } from '../../src/http/contract-respond.ts'
import { type RespondBench, respondBench } from '../support/respond-bench.ts'
import { type Person, testPassword } from '../support/test-server.ts'

/** A file of the case that actions may be asked for. */
export const sha256 = 'a'.repeat(64)

/** A command of the organisation's own, as an admin would allow it. */
export const reloadNginx = {
  name: 'reload-nginx',
  title: 'Reload nginx',
  command: 'reload-nginx0',
  arguments: [
    { kind: 'choice', name: 'site', choices: ['shop', 'blog'] },
    { kind: 'text', name: 'tag', pattern: '[a-z;]+', maxLength: 20 },
  ],
  platforms: ['linux'],
  effect: 'reversible',
  approvers: 1,
  risk: 'Requests in flight are cut.',
} satisfies NonNullable<ResponseSettingsInput['commands']>[number]

/** A case, whoever works on it, and what admins do to the settings of responses. */
export interface ResponseDesk {
  readonly bench: RespondBench
  /** A file was added on host web-01. */
  readonly caseId: string
  /** A responder. */
  readonly rita: Person
  /** The only admin so far. */
  readonly adam: Person
  /** Two approvers and a second admin, from now on. */
  staff(): Promise<{ readonly ana: Person; readonly ben: Person; readonly ada: Person }>
  change(person: Person, settings: ResponseSettingsInput): Promise<SettingsAnswer>
  confirm(person: Person, version: number, yes?: boolean, proof?: object): Promise<SettingsAnswer>
  policy(): Promise<ResponsePolicyView>
}

export interface SettingsAnswer {
  readonly status: number
  readonly version: number
  readonly state: string
  readonly weakens: readonly string[]
}

export async function openResponseDesk(
  secrets: Readonly<Record<string, string>> = {},
): Promise<ResponseDesk> {
  const bench = await respondBench({ secrets })
  const rita = await bench.server.signIn('responder', 'rita')
  const adam = await bench.server.signIn('admin', 'adam')
  const caseId = await bench.caseOf([
    {
      id: '1770000000.1',
      rule: ['100931', 7, 'File added', ['syscheck']],
      techniques: ['T1505.003'],
      syscheck: { path: '/srv/x.php', sha256_after: sha256, event: 'added' },
    },
  ])
  return {
    bench,
    caseId,
    rita,
    adam,
    async staff() {
      const ana = await bench.server.signIn('approver', 'ana')
      const ben = await bench.server.signIn('approver', 'ben')
      return { ana, ben, ada: await bench.server.signIn('admin', 'ada') }
    },
    async change(person, settings) {
      const body = { settings, reason: 'for the test' }
      const response = await person.call('PUT', '/api/response-settings', body)
      return { status: response.statusCode, ...response.json() }
    },
    async confirm(person, version, yes = true, proof = { kind: 'password', password: testPassword }) {
      const path = `/api/response-settings/${version}/decision`
      const response = await person.call('POST', path, { confirm: yes, proof })
      return { status: response.statusCode, ...response.json() }
    },
    policy: async () => (await adam.call('GET', '/api/response-settings')).json(),
  }
}
