import { Histogram, type Registry } from 'prom-client'

/** How long requests took, by route pattern (never by address: ids would make endless series). */
export interface HttpMetrics {
  observe(method: string, route: string, status: number, seconds: number): void
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
    observe: (method, route, status, seconds) =>
      histogram.observe({ method, route, status: String(status) }, seconds),
  }
}
