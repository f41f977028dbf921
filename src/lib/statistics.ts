/** The arithmetic mean; 0 of none. */
export function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length
}

const resamples = 2000

/** The 95 % interval of a mean by percentile bootstrap: resample items, take the 2.5th and 97.5th percentile of means. */
export function bootstrapInterval(
  values: readonly number[],
  random: () => number,
): [low: number, high: number] {
  if (values.length === 0) return [0, 0]
  const means = Array.from({ length: resamples }, () => {
    let sum = 0
    for (let i = 0; i < values.length; i++) sum += values[Math.floor(random() * values.length)] ?? 0
    return sum / values.length
  }).sort((a, b) => a - b)
  return [means[Math.floor(resamples * 0.025)] ?? 0, means[Math.floor(resamples * 0.975)] ?? 0]
}

/**
 * McNemar's exact test for two models on the same items, from the numbers of items that only one of them got right: how
 * likely so uneven a split is, were they equally good. Returns the two-sided p.
 */
export function mcNemar(onlyFirst: number, onlySecond: number): number {
  const n = onlyFirst + onlySecond
  if (n === 0) return 1
  let term = 0.5 ** n
  let tail = 0
  for (let k = 0; k <= Math.min(onlyFirst, onlySecond); k++) {
    tail += term
    term *= (n - k) / (k + 1)
  }
  return Math.min(1, 2 * tail)
}

/**
 * Fisher's exact test, one-sided: how likely so many or more hits in the first of two groups are, were the chance of a hit
 * the same in both.
 */
export function fisherMore(
  first: { readonly hits: number; readonly of: number },
  second: typeof first,
): number {
  const hits = first.hits + second.hits
  const all = first.of + second.of
  const choose = (n: number, k: number) => logFactorial(n) - logFactorial(k) - logFactorial(n - k)
  const whole = choose(all, hits)
  let p = 0
  for (let k = first.hits; k <= Math.min(first.of, hits); k++) {
    if (hits - k > second.of) continue
    p += Math.exp(choose(first.of, k) + choose(second.of, hits - k) - whole)
  }
  return Math.min(1, p)
}

function logFactorial(n: number): number {
  let sum = 0
  for (let i = 2; i <= n; i++) sum += Math.log(i)
  return sum
}
