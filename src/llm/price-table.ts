import prices from './prices.json' with { type: 'json' }

/** US dollars for a million tokens. */
export interface Price {
  readonly inputUsd: number
  readonly outputUsd: number
}

/**
 * The price of a model. An administrator's own table comes first, then the table we ship (list prices, dated in the
 * file). A model in neither costs nothing when it runs on one's own machines, and is unknown otherwise.
 */
export function priceOf(
  modelId: string,
  own: Readonly<Record<string, Price>> = {},
  zone = 'public',
): Price | undefined {
  if (Object.hasOwn(own, modelId)) return own[modelId]
  const shipped = prices.models.filter(([prefix]) => modelId.toLowerCase().includes(String(prefix)))
  const [longest] = shipped.sort(([a], [b]) => String(b).length - String(a).length)
  if (zone === 'local' || zone === 'on-prem') return { inputUsd: 0, outputUsd: 0 }
  return longest ? { inputUsd: Number(longest[1]), outputUsd: Number(longest[2]) } : undefined
}

/** What a call cost, rounded to a millionth of a dollar. */
export function costUsd(
  price: Price,
  usage: { readonly inputTokens: number; readonly outputTokens: number },
): number {
  const cost = (usage.inputTokens * price.inputUsd + usage.outputTokens * price.outputUsd) / 1_000_000
  return Math.round(cost * 1_000_000) / 1_000_000
}
