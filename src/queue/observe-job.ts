import { SpanKind } from '@opentelemetry/api'
import { errorType, type HistogramKind, inSpan, measure } from '../lib/telemetry.ts'
import type { Job } from './jobs.ts'

const jobDuration: HistogramKind = {
  name: 'tocsin.job.duration',
  description: 'How long jobs of the queue took, by kind.',
  unit: 's',
  boundaries: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900],
}

/** A job as a span and a measurement: by its kind, never by its key, which may name what came in. */
export async function observeJob(job: Job, handle: () => Promise<void>): Promise<void> {
  const attributes = { 'tocsin.job.kind': job.kind }
  const started = performance.now()
  const seconds = () => (performance.now() - started) / 1000
  const options = {
    kind: SpanKind.CONSUMER,
    attributes: { ...attributes, 'tocsin.job.attempt': job.attempt, 'tocsin.tenant': job.tenant },
  }
  try {
    await inSpan(`job ${job.kind}`, options, handle)
    measure(jobDuration, seconds(), attributes)
  } catch (error) {
    measure(jobDuration, seconds(), { ...attributes, 'error.type': errorType(error) })
    throw error
  }
}
