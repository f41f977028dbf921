import type { DetectionNode } from '../detection-tree.ts'
import { windowsCategories, windowsServices } from '../log-source.ts'
import type { LogSource } from '../sigma-rule.ts'

/** The log source of a rule as conditions on the event itself, where Windows says what it is; else none. */
export function sourceNode(source: LogSource): DetectionNode[] {
  const leaf = (field: string, value: string | number): DetectionNode => ({
    kind: 'field',
    field,
    modifiers: [],
    value,
    search: 'logsource',
  })
  const any = (of: readonly DetectionNode[]): DetectionNode => ({ kind: 'or', of })
  const origins =
    source.product === 'windows' && source.category !== undefined
      ? windowsCategories[source.category]
      : undefined
  const channels =
    source.product === 'windows' && source.service !== undefined ? windowsServices[source.service] : undefined
  return [
    ...(origins === undefined
      ? []
      : [
          any(
            origins.map(origin => ({
              kind: 'and',
              of: [
                any(origin.channels.map(name => leaf('Channel', name))),
                any(origin.eventIds.map(id => leaf('EventID', id))),
              ],
            })),
          ),
        ]),
    ...(channels === undefined ? [] : [any(channels.map(name => leaf('Channel', name)))]),
  ]
}

/** A log source in words. */
export function describeLogSource(source: LogSource): string {
  return (
    [source.product, source.category, source.service].filter(part => part !== undefined).join('/') ||
    'an unnamed log source'
  )
}
