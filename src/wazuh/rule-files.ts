import { z } from 'zod'
import type { ManagerLogtest, ManagerVerdict, RuleDeployment } from '../domain/rule-deployment.ts'
import { AppError } from '../lib/app-error.ts'
import type { WazuhApi, WazuhReply, WazuhRequest } from './server-api.ts'

const envelope = z.looseObject({
  data: z
    .looseObject({
      affected_items: z.array(z.unknown()).default([]),
      failed_items: z
        .array(z.looseObject({ error: z.looseObject({ code: z.number(), message: z.string() }) }))
        .default([]),
    })
    .optional(),
  message: z.string().optional(),
  detail: z.string().optional(),
  error: z.number(),
})

/** Wazuh's codes for a file of rules, of decoders, a list, or any file that is not there. */
const noSuchFile: readonly (number | undefined)[] = [1415, 1503, 1802, 1906]

/** What the server API keeps in files. */
export type RulesetPart = 'rules' | 'decoders' | 'lists'

/**
 * Files of rules, decoders or lists through the server API of Wazuh 4.x: those of `etc/rules` and its like; the stock ruleset
 * is never written. A list takes effect once `ossec.conf` names it.
 * The engine is reloaded, not restarted: agents stay connected. Source: `api/api/spec/spec.yaml` 4.14.7.
 */
export function openRuleFiles(api: WazuhApi, part: RulesetPart = 'rules'): RuleDeployment {
  const fileCall = (method: 'GET' | 'PUT' | 'DELETE', fileName: string, query: Record<string, string>) =>
    ({
      method,
      path: `/${part}/files/${encodeURIComponent(fileName)}`,
      // Lists have one folder, and the API knows no parameter for it.
      query: { ...(part === 'lists' ? {} : { relative_dirname: `etc/${part}` }), ...query },
    }) as const
  return {
    async read(fileName, signal) {
      const reply = await api(fileCall('GET', fileName, { raw: 'true' }), signal)
      // With raw=true a file that is there is text, and a failure is JSON.
      if (typeof reply.body === 'string' && reply.status === 200) return reply.body
      const failure = failureOf(reply)
      if (noSuchFile.includes(failure?.code)) return undefined
      throw refusal(`read ${fileName}`, reply)
    },
    async write(fileName, text, signal) {
      const request = fileCall('PUT', fileName, { overwrite: 'true' })
      await succeed(api, { ...request, file: Buffer.from(text, 'utf8') }, `write ${fileName}`, signal)
    },
    async remove(fileName, signal) {
      await succeed(api, fileCall('DELETE', fileName, {}), `remove ${fileName}`, signal)
    },
    async validate(signal) {
      const reply = await api({ method: 'GET', path: '/manager/configuration/validation' }, signal)
      const nodes = z
        .array(z.looseObject({ status: z.string() }))
        .safeParse(envelope.safeParse(reply.body).data?.data?.affected_items)
      const ok = nodes.success && nodes.data.length > 0 && nodes.data.every(({ status }) => status === 'OK')
      return { ok, details: ok ? '' : describe(reply) }
    },
    async restart(signal) {
      await succeed(api, { method: 'PUT', path: '/manager/analysisd/reload' }, 'reload the ruleset', signal)
    },
    async isHealthy(signal) {
      const reply = await api({ method: 'GET', path: '/manager/status' }, signal)
      const [status] = envelope.safeParse(reply.body).data?.data?.affected_items ?? []
      return z.looseObject({ 'wazuh-analysisd': z.literal('running') }).safeParse(status).success
    },
  }
}

const logtestReply = z.looseObject({
  data: z.looseObject({
    token: z.string(),
    alert: z.boolean().default(false),
    output: z.looseObject({
      rule: z.looseObject({ id: z.string(), level: z.number().optional() }).optional(),
      decoder: z.looseObject({ name: z.string().optional() }).nullish(),
    }),
  }),
})

/** The manager's own `logtest`: a fresh session reads the rules as they are on disk, before any reload. */
export function openManagerLogtest(api: WazuhApi): ManagerLogtest {
  return async (logs, location, signal) => {
    const verdicts: ManagerVerdict[] = []
    let token: string | undefined
    try {
      for (const event of logs) {
        const body = { event, location, log_format: 'syslog', ...(token === undefined ? {} : { token }) }
        const reply = await api({ method: 'PUT', path: '/logtest', body }, signal)
        const parsed = logtestReply.safeParse(reply.body)
        if (!parsed.success) throw refusal('run logtest', reply)
        const { data } = parsed.data
        token = data.token
        const { rule, decoder } = data.output
        verdicts.push({ ruleId: rule?.id, level: rule?.level, decoder: decoder?.name, alert: data.alert })
      }
    } finally {
      // A session left behind would end by itself after 15 minutes; there are 64 at most.
      if (token !== undefined && /^[0-9a-f]{8}$/.test(token))
        await api({ method: 'DELETE', path: `/logtest/sessions/${token}` }, signal).catch(() => undefined)
    }
    return verdicts
  }
}

async function succeed(
  api: WazuhApi,
  request: WazuhRequest,
  what: string,
  signal: AbortSignal,
): Promise<void> {
  const reply = await api(request, signal)
  const parsed = envelope.safeParse(reply.body)
  if (reply.status >= 300 || !parsed.success || parsed.data.error !== 0) throw refusal(what, reply)
}

function failureOf(reply: WazuhReply): { readonly code: number; readonly message: string } | undefined {
  return envelope.safeParse(reply.body).data?.data?.failed_items[0]?.error
}

function describe(reply: WazuhReply): string {
  const parsed = envelope.safeParse(reply.body).data
  return failureOf(reply)?.message ?? parsed?.detail ?? parsed?.message ?? `status ${reply.status}`
}

function refusal(what: string, reply: WazuhReply): AppError {
  return new AppError('wazuh-refused', `Wazuh would not ${what}: ${describe(reply)}`, {
    retryable: reply.status === 429 || reply.status >= 500,
  })
}
