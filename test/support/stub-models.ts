/**
 * A models.yaml of one model behind this stand-in of a provider, with its key in TOCSIN_STUB_KEY. `model` and `more` say
 * what is otherwise: JSON is YAML.
 */
export function stubModels(url: string, model: object = {}, more: object = {}): string {
  const stub = {
    name: 'stub',
    provider: 'openai-compatible',
    model: 'stub-1',
    zone: 'local',
    baseUrl: `${url}/v1`,
    plainHttp: true,
    addresses: ['127.0.0.1/32'],
    key: { env: 'TOCSIN_STUB_KEY' },
    ...model,
  }
  return JSON.stringify({ models: [stub], ...more })
}
