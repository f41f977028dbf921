/**
 * An array as PostgreSQL reads it in text (manual, 8.15.2), for arrays of texts, finite numbers, booleans and nulls of one dimension;
 * `undefined` for any other, which is left to the driver. The driver puts a literal together element by element, through two regular
 * expressions each: a seventh of all that ingest allocated.
 */
export function arrayLiteral(values: readonly unknown[]): string | undefined {
  const [first] = values
  if (typeof first === 'string' && values.every(isPlain)) return `{"${values.join('","')}"}`
  if (typeof first === 'number' && values.every(Number.isFinite)) return `{${values.join(',')}}`
  return values.every(isSimple) ? `{${values.map(element).join(',')}}` : undefined
}

/** A text that stands between quotes as it is. */
function isPlain(value: unknown): value is string {
  return typeof value === 'string' && !value.includes('"') && !value.includes('\\')
}

function isSimple(value: unknown): boolean {
  return value == null || ['string', 'boolean', 'number'].includes(typeof value)
}

function element(value: unknown): string {
  if (value == null) return 'NULL'
  return typeof value === 'string' ? `"${value.replace(/[\\"]/g, '\\$&')}"` : `"${String(value)}"`
}
