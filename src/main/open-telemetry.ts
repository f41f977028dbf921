import { readFile } from 'node:fs/promises'
import { rootCertificates } from 'node:tls'
import packageJson from '../../package.json' with { type: 'json' }
import type { TelemetrySettings } from '../config/telemetry-settings.ts'
import { AppError, messageOf } from '../lib/app-error.ts'
import { createEgressFetch, type EgressRule, lookupFor } from '../lib/egress-fetch.ts'
import { isRecord } from '../lib/is-record.ts'
import { jsonOrNothing } from '../lib/json-or-nothing.ts'

export interface OpenTelemetry {
  /** Sends what is left, for at most a few seconds, and stops. */
  close(): Promise<void>
}

/**
 * Opens OpenTelemetry's SDK: from then on spans and measurements go to the collector, in batches, and are dropped where it
 * does not take them; nothing ever waits for it. The SDK is loaded here and only when asked for. Once per process.
 */
export async function openTelemetry(
  settings: TelemetrySettings,
  instance: string,
  onTrouble: (what: string) => void,
): Promise<OpenTelemetry> {
  const [api, tracing, metering, resources, traceOut, metricOut, contexts] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/sdk-metrics'),
    import('@opentelemetry/resources'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/exporter-metrics-otlp-http'),
    import('@opentelemetry/context-async-hooks'),
  ])
  const transport = await transportOf(settings)
  const resource = resources.resourceFromAttributes({
    'service.name': 'tocsin',
    'service.version': packageJson.version,
    'service.instance.id': instance,
  })
  const traces = new tracing.TracerProvider({
    resource,
    sampler: new tracing.ParentBasedSampler({ root: new tracing.TraceIdRatioBasedSampler(settings.sample) }),
    // A prompt is captured whole or not at all; anything longer is a mistake of ours.
    spanLimits: { attributeValueLengthLimit: settings.captureContent ? 200_000 : 500 },
    spanProcessors: [
      new tracing.BatchSpanProcessor({
        exporter: new traceOut.OTLPTraceExporter({ ...transport, url: `${settings.url}/v1/traces` }),
      }),
    ],
  })
  const meters = new metering.MeterProvider({
    resource,
    readers: [
      new metering.PeriodicExportingMetricReader({
        exporter: new metricOut.OTLPMetricExporter({ ...transport, url: `${settings.url}/v1/metrics` }),
        exportIntervalMillis: 60_000,
      }),
    ],
  })
  api.diag.setLogger(troubleLogger(onTrouble), { logLevel: api.DiagLogLevel.ERROR })
  api.context.setGlobalContextManager(new contexts.AsyncLocalStorageContextManager().enable())
  api.trace.setGlobalTracerProvider(traces)
  api.metrics.setGlobalMeterProvider(meters)
  return {
    async close() {
      const ends = await Promise.allSettled([traces.shutdown(), meters.shutdown()])
      for (const end of ends) if (end.status === 'rejected') onTrouble(messageOf(end.reason))
      api.trace.disable()
      api.metrics.disable()
      api.context.disable()
      api.diag.disable()
    },
  }
}

/**
 * Sends requests that hold nothing, which a collector has to take like any other (OTLP specification, "Full Success").
 * Throws `collector-unreachable`.
 */
export async function checkTelemetry(settings: TelemetrySettings, signal: AbortSignal): Promise<void> {
  const egress = createEgressFetch({
    rules: [collectorRule(settings.url)],
    ...(settings.caFile === undefined ? {} : { extraCa: [await readFile(settings.caFile, 'utf8')] }),
  })
  const refused = (path: string, why: string, cause?: unknown) =>
    new AppError('collector-unreachable', `${settings.url}${path}: ${why}`, { cause })
  try {
    for (const [path, body] of [
      ['/v1/traces', '{"resourceSpans":[]}'],
      ['/v1/metrics', '{"resourceMetrics":[]}'],
    ] as const) {
      const headers = { 'content-type': 'application/json', ...exposedHeaders(settings) }
      const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
      const answer = await egress
        .fetch(`${settings.url}${path}`, { method: 'POST', headers, body, signal: limit })
        .catch(error => {
          throw refused(path, messageOf(error), error)
        })
      await answer.body?.cancel()
      if (!answer.ok) throw refused(path, `it answers ${answer.status}`)
    }
  } finally {
    await egress.close()
  }
}

const timeoutMs = 5_000

const exposedHeaders = ({ headers }: TelemetrySettings): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.expose()]))

function collectorRule(url: string): EgressRule {
  const { hostname, port, protocol } = new URL(url)
  return {
    host: hostname,
    port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
    // An administrator wrote it: a collector on one's own network is what most have.
    addresses: ['127.0.0.0/8', '::1/128', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
  }
}

/** What both exporters connect with: to the place that was named, checked as every connection of ours is. */
async function transportOf(settings: TelemetrySettings) {
  const { url, caFile } = settings
  return {
    headers: exposedHeaders(settings),
    timeoutMillis: timeoutMs,
    httpAgentOptions: {
      keepAlive: true,
      lookup: lookupFor(collectorRule(url)),
      rejectUnauthorized: true,
      ...(caFile === undefined ? {} : { ca: [...rootCertificates, await readFile(caFile, 'utf8')] }),
    },
  }
}

/** The SDK's words of trouble, as one line without what a collector answered. */
function troubleLogger(onTrouble: (what: string) => void) {
  const ignore = () => {}
  return {
    error: (message: string) => onTrouble(shortOf(message)),
    warn: ignore,
    info: ignore,
    debug: ignore,
    verbose: ignore,
  }
}

function shortOf(message: string): string {
  const told = jsonOrNothing(message)
  if (!isRecord(told)) return message.slice(0, 200)
  return [told.name, told.code, told.message]
    .flatMap(part =>
      typeof part === 'string' || typeof part === 'number' ? [String(part).slice(0, 200)] : [],
    )
    .join(': ')
}
