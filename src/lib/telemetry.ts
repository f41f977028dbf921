import {
  type Attributes,
  metrics,
  type Span,
  type SpanOptions,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import { AppError } from './app-error.ts'

// What is told about our own work, through OpenTelemetry's API. Where no SDK was opened (main/open-telemetry.ts) all of
// it does nothing: the API hands out spans that record nothing. Attributes hold names of ours, counts and identifiers,
// never text that came in from outside: a collector is no place that policy knows of.

const scope = 'tocsin'

/**
 * Runs `action` in a span, which is the parent of the spans within. A failure ends it with `error.type` (the code of an
 * AppError, never its message, which may quote what came in) and passes on.
 */
export function inSpan<Result>(
  name: string,
  options: SpanOptions,
  action: (span: Span) => Promise<Result>,
): Promise<Result> {
  return trace.getTracer(scope).startActiveSpan(name, options, async span => {
    try {
      return await action(span)
    } catch (error) {
      span.setAttribute('error.type', errorType(error))
      span.setStatus({ code: SpanStatusCode.ERROR })
      throw error
    } finally {
      span.end()
    }
  })
}

/** A short, stable word for what went wrong, of which there are few. */
export function errorType(error: unknown): string {
  if (error instanceof AppError) return error.code
  return error instanceof Error && error.name === 'AbortError' ? 'aborted' : 'fault'
}

/** A histogram as it is told of: made anew at each use, because the SDK may be opened after this file is loaded. */
export interface HistogramKind {
  readonly name: string
  readonly description: string
  readonly unit: string
  readonly boundaries: readonly number[]
}

/** Adds one measurement. */
export function measure(kind: HistogramKind, value: number, attributes: Attributes): void {
  metrics
    .getMeter(scope)
    .createHistogram(kind.name, {
      description: kind.description,
      unit: kind.unit,
      advice: { explicitBucketBoundaries: [...kind.boundaries] },
    })
    .record(value, attributes)
}
