import { Histogram, type Registry } from 'prom-client'
import { type HistogramKind, measure } from '../lib/telemetry.ts'

/** How long requests took, by route pattern (never by address: ids would make endless series). */
export interface HttpMetrics {
  observe(method: string, route: string, status: number, seconds: number): void
}

const requestDuration: HistogramKind = {
  name: 'http.server.request.duration',
  description: 'Duration of HTTP server requests.',
  unit: 's',
  boundaries: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
}

export function createHttpMetrics(registry: Registry): HttpMetrics {
  const histogram = new Histogram({
    name: 'tocsin_http_request_seconds',
    help: 'Duration of HTTP requests',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  })
  return {
    observe(method, route, status, seconds) {
      histogram.observe({ method, route, status: String(status) }, seconds)
      measure(requestDuration, seconds, {
        'http.request.method': method,
        'http.route': route,
        'http.response.status_code': status,
        'url.scheme': 'http',
      })
    },
  }
}
