import { createHmac, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { z } from 'zod'

// A stand-in for an organisation's connector to its mail system, written from deploy/mail-gateway/README.md alone. It refuses
// what a careful one would: a wrong or old signature, another method or type, members that are missing, unknown or malformed.

const address = z.string().regex(/^[^\s@A-Z]+@[a-z0-9.-]+$/)
const messages = z.strictObject({ messageIds: z.array(z.string().min(3)).min(1), sender: address })
const operations: Readonly<Record<string, z.ZodType>> = {
  'block-mail-sender': z.strictObject({ address }),
  'unblock-mail-sender': z.strictObject({ address }),
  'block-mail-domain': z.strictObject({ domain: z.string().regex(/^[a-z0-9.-]+$/) }),
  'unblock-mail-domain': z.strictObject({ domain: z.string().regex(/^[a-z0-9.-]+$/) }),
  'purge-mail': messages,
  'restore-mail': messages,
  'warn-recipients': z.strictObject({ recipients: z.array(address).min(1), text: z.string().min(1) }),
  'reset-credentials': z.strictObject({ address }),
}
const requestBody = z.strictObject({
  version: z.literal(1),
  id: z.string().min(1),
  operation: z.string(),
  arguments: z.record(z.string(), z.unknown()),
  expires: z.iso.datetime(),
  requested_by: z.string().min(1),
  approved_by: z.array(z.string().min(1)).min(1),
})

export interface MailGatewayStandIn {
  readonly url: string
  /** What was carried out, each id once. */
  readonly done: z.output<typeof requestBody>[]
  /** Why calls were refused. */
  readonly refused: string[]
  /** The next answers, in place of the right one. */
  readonly faults: { readonly status: number; readonly text: string }[]
  close(): Promise<void>
}

export async function startMailGateway(secret: string): Promise<MailGatewayStandIn> {
  const done: MailGatewayStandIn['done'] = []
  const refused: string[] = []
  const faults: { status: number; text: string }[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer) // A request without an encoding gives buffers.
    const text = Buffer.concat(chunks).toString('utf8')
    const answer = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    const refuse = (status: number, why: string) => {
      refused.push(why)
      answer(status, { error: why })
    }
    if (request.method !== 'POST' || request.headers['content-type'] !== 'application/json')
      return refuse(415, 'not a POST of JSON')
    if (!isSigned(secret, String(request.headers['tocsin-signature']), text))
      return refuse(401, 'bad signature')
    const body = requestBody.safeParse(jsonOf(text))
    if (!body.success) return refuse(400, body.error.message)
    if (request.headers['idempotency-key'] !== body.data.id)
      return refuse(400, 'idempotency-key is not the id')
    if (Date.parse(body.data.expires) < Date.now()) return refuse(410, 'expired')
    const schema = operations[body.data.operation]
    if (schema === undefined) return refuse(404, `no operation ${body.data.operation}`)
    if (!schema.safeParse(body.data.arguments).success) return refuse(422, 'bad arguments')
    const fault = faults.shift()
    if (fault !== undefined) return response.writeHead(fault.status).end(fault.text)
    if (!done.some(each => each.id === body.data.id)) done.push(body.data)
    return answer(200, { result: 'done', detail: `${body.data.operation} was carried out` })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // It listens on TCP.
  return {
    url: `http://127.0.0.1:${port}/tocsin`,
    done,
    refused,
    faults,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function isSigned(secret: string, header: string, body: string): boolean {
  const [, seconds = '', mac = ''] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(header) ?? []
  if (seconds === '' || Math.abs(Date.now() / 1000 - Number(seconds)) > 300) return false
  const expected = createHmac('sha256', secret).update(`${seconds}.${body}`).digest()
  return timingSafeEqual(expected, Buffer.from(mac, 'hex'))
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // The schema refuses it.
  }
}
