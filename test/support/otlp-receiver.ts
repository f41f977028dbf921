import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { z } from 'zod'

// A collector that takes OTLP/HTTP in its JSON form and nothing that the protocol does not have. Source: OpenTelemetry
// Protocol 1.x, "JSON Protobuf Encoding" (ids are hexadecimal, 64-bit numbers are decimal strings, enums are numbers,
// names are lowerCamelCase), and the message definitions of opentelemetry-proto.

const uint64 = z.union([z.string().regex(/^\d{1,20}$/), z.int().nonnegative()])
type AnyValue = { readonly [member: string]: unknown }
const anyValue: z.ZodType<AnyValue> = z.lazy(() =>
  z.union([
    z.strictObject({ stringValue: z.string() }),
    z.strictObject({ boolValue: z.boolean() }),
    z.strictObject({ intValue: z.union([z.int(), z.string().regex(/^-?\d{1,19}$/)]) }),
    z.strictObject({ doubleValue: z.number() }),
    z.strictObject({ arrayValue: z.strictObject({ values: z.array(anyValue) }) }),
    z.strictObject({ kvlistValue: z.strictObject({ values: attributes }) }),
    z.strictObject({ bytesValue: z.base64() }),
  ]),
)
const attributes: z.ZodType<readonly { readonly key: string; readonly value: AnyValue }[]> = z
  .array(z.strictObject({ key: z.string().min(1), value: anyValue }))
  .refine(list => new Set(list.map(({ key }) => key)).size === list.length, 'a key is there twice')
const id = (bytes: number) =>
  z
    .string()
    .regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`))
    .refine(text => !/^0+$/.test(text), 'an id of zeros')
const count = z.int().nonnegative()
const resource = z.strictObject({ attributes, droppedAttributesCount: count.optional() })
const scope = z.strictObject({
  name: z.string(),
  version: z.string().optional(),
  attributes: attributes.optional(),
  droppedAttributesCount: count.optional(),
})
const span = z
  .strictObject({
    traceId: id(16),
    spanId: id(8),
    parentSpanId: id(8).optional(),
    traceState: z.string().optional(),
    flags: count.optional(),
    name: z.string().min(1),
    kind: z.int().min(1).max(5),
    startTimeUnixNano: uint64,
    endTimeUnixNano: uint64,
    attributes,
    droppedAttributesCount: count.optional(),
    events: z.array(
      z.strictObject({
        timeUnixNano: uint64,
        name: z.string(),
        attributes,
        droppedAttributesCount: count.optional(),
      }),
    ),
    droppedEventsCount: count.optional(),
    links: z.array(z.strictObject({ traceId: id(16), spanId: id(8), attributes })),
    droppedLinksCount: count.optional(),
    status: z.strictObject({ code: z.int().min(0).max(2), message: z.string().optional() }),
  })
  .refine(each => BigInt(each.endTimeUnixNano) >= BigInt(each.startTimeUnixNano), 'it ends before it begins')
// A request that holds nothing is taken like any other ("Full Success" of the protocol).
const tracesBody = z.strictObject({
  resourceSpans: z.array(
    z.strictObject({
      resource,
      schemaUrl: z.string().optional(),
      scopeSpans: z.array(
        z.strictObject({ scope, schemaUrl: z.string().optional(), spans: z.array(span).min(1) }),
      ),
    }),
  ),
})
const histogramPoint = z
  .strictObject({
    attributes,
    startTimeUnixNano: uint64,
    timeUnixNano: uint64,
    count: uint64,
    sum: z.number().optional(),
    min: z.number().optional(),
    max: z.number().optional(),
    bucketCounts: z.array(uint64),
    explicitBounds: z.array(z.number()),
  })
  .refine(
    point => point.bucketCounts.length === point.explicitBounds.length + 1,
    'one bucket more than bounds',
  )
  .refine(
    point => point.explicitBounds.every((bound, at, all) => at === 0 || bound > (all[at - 1] ?? 0)),
    'bounds rise',
  )
  .refine(
    point => point.bucketCounts.reduce<bigint>((sum, each) => sum + BigInt(each), 0n) === BigInt(point.count),
    'buckets add up to the count',
  )
const metric = z.strictObject({
  name: z.string().min(1),
  description: z.string().optional(),
  unit: z.string().optional(),
  histogram: z.strictObject({
    aggregationTemporality: z.int().min(1).max(2),
    dataPoints: z.array(histogramPoint).min(1),
  }),
})
const metricsBody = z.strictObject({
  resourceMetrics: z.array(
    z.strictObject({
      resource,
      schemaUrl: z.string().optional(),
      scopeMetrics: z.array(
        z.strictObject({ scope, schemaUrl: z.string().optional(), metrics: z.array(metric) }),
      ),
    }),
  ),
})

export type ReceivedSpan = z.infer<typeof span>
export type ReceivedMetric = z.infer<typeof metric>

export interface OtlpReceiver {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string
  readonly spans: readonly ReceivedSpan[]
  readonly metrics: readonly ReceivedMetric[]
  /** Every body that came, as text. */
  readonly bodies: readonly string[]
  /** What was refused, and why. */
  readonly refused: readonly string[]
  close(): Promise<void>
}

/** Starts one. `authorization` must come with every request, where it is given. */
export async function startOtlpReceiver(authorization?: string): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = []
  const metrics: ReceivedMetric[] = []
  const bodies: string[] = []
  const refused: string[] = []
  const take = (path: string, text: string) => {
    if (path === '/v1/traces') {
      const { resourceSpans } = tracesBody.parse(JSON.parse(text))
      spans.push(...resourceSpans.flatMap(each => each.scopeSpans.flatMap(scoped => scoped.spans)))
    } else {
      const { resourceMetrics } = metricsBody.parse(JSON.parse(text))
      metrics.push(...resourceMetrics.flatMap(each => each.scopeMetrics.flatMap(scoped => scoped.metrics)))
    }
  }
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString()
    const refuse = (status: number, why: string) => {
      refused.push(why)
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ message: why }))
    }
    if (request.method !== 'POST') return refuse(405, 'only POST')
    if (request.url !== '/v1/traces' && request.url !== '/v1/metrics') return refuse(404, `${request.url}`)
    if (request.headers['content-type'] !== 'application/json')
      return refuse(415, `${request.headers['content-type']}`)
    if (authorization !== undefined && request.headers.authorization !== authorization)
      return refuse(401, 'who is it?')
    bodies.push(text)
    try {
      take(request.url, text)
    } catch (error) {
      return refuse(400, error instanceof Error ? error.message : String(error))
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, // A TCP server has such an address.
    spans,
    metrics,
    bodies,
    refused,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** The attributes of a span or a data point as one object; arrays of values as arrays. */
export function attributesOf(list: readonly { readonly key: string; readonly value: AnyValue }[]) {
  const plain = (value: AnyValue): unknown => {
    const [held] = Object.values(value)
    const values = (held as { readonly values?: readonly AnyValue[] } | null)?.values
    return values === undefined ? held : values.map(plain)
  }
  return Object.fromEntries(list.map(({ key, value }) => [key, plain(value)]))
}
