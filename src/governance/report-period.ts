import { AppError } from '../lib/app-error.ts'
import type { Period } from './compliance-report.ts'

const dayMs = 86_400_000

/**
 * The period between two ISO 8601 dates or times. A date without a time means the whole day, at the end too.
 * Throws `bad-usage`.
 */
export function reportPeriod(from: string | undefined, to: string | undefined): Period {
  const fromMs = boundOf('--from', from, 0)
  const toMs = boundOf('--to', to, dayMs)
  if (toMs <= fromMs) throw new AppError('bad-usage', '--to is not after --from')
  return { fromMs, toMs }
}

function boundOf(name: string, text: string | undefined, wholeDayMs: number): number {
  const isDate = text !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(text)
  const isTime = text !== undefined && /^\d{4}-\d{2}-\d{2}T.*(Z|[+-]\d{2}:?\d{2})$/.test(text)
  const ms = isDate || isTime ? Date.parse(text) : Number.NaN
  if (Number.isNaN(ms))
    throw new AppError(
      'bad-usage',
      `say ${name} as a date (2026-06-30) or a time with its zone (2026-06-30T12:00:00Z)`,
    )
  return ms + (isDate ? wholeDayMs : 0)
}
