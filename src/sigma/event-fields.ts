/** The fields of one event, looked up as Sigma rules name them. Names are compared without case. */
export interface EventFields {
  /** All values of a field (several where the event holds a list); nothing where it is absent. */
  values(field: string): readonly unknown[]
  /** Every value in the event, for keyword searches. */
  all(): Iterable<unknown>
}

const depthLimit = 64
const valueLimit = 50_000

// Where the fields of a Windows event lie, in the order in which a short name is looked up: as evtx tools print it, as
// Winlogbeat does, as Wazuh does.
const windowsContainers = [
  'event.eventdata',
  'event.userdata',
  'event.system',
  'winlog.event_data',
  'winlog',
  'data.win.eventdata',
  'data.win.system',
]

/** Sigma's name for a field, and what some sources call it instead. Source: Sigma taxonomy appendix, Security 4688. */
const otherNames: Record<string, readonly string[]> = {
  image: ['newprocessname'],
  parentimage: ['parentprocessname'],
  user: ['subjectusername'],
  processid: ['newprocessid'],
  provider_name: ['provider.name', 'providername', 'sourcename'],
  channel: ['logname'],
  computer: ['computername', 'hostname'],
}

/**
 * Reads any JSON event: flat, nested with dots, `Event.EventData` as evtx tools print it, Winlogbeat, or a Wazuh alert
 * (`data.win.eventdata`). An indexer hit is unwrapped. Deep or huge events are read to a bound.
 */
export function eventFields(event: unknown): EventFields {
  const byPath = new Map<string, unknown[]>()
  let count = 0
  const add = (path: string, value: unknown) => {
    if (count++ >= valueLimit) return
    const list = byPath.get(path)
    if (list === undefined) byPath.set(path, [value])
    else list.push(value)
  }
  const walk = (value: unknown, path: string, depth: number) => {
    if (depth > depthLimit) return
    if (Array.isArray(value)) {
      for (const item of value) walkItem(item, path, depth)
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, member] of Object.entries(value)) walk(member, joinPath(path, key), depth + 1)
    } else {
      add(path, path.startsWith('data.win.') && typeof value === 'string' ? withoutDoubling(value) : value)
    }
  }
  // `<Data Name="X">value</Data>` becomes {"#attributes": {"Name": "X"}, "#text": value} in some converters.
  const walkItem = (item: unknown, path: string, depth: number) => {
    const name = attributeName(item)
    if (name === undefined) walk(item, path, depth + 1)
    else add(`${path.replace(/\.?data$/, '')}.${name}`.toLowerCase(), textOfElement(item))
  }
  walk(unwrap(event), '', 0)
  const lookUp = (name: string) => {
    const exact = byPath.get(name)
    if (exact !== undefined) return exact
    for (const container of windowsContainers) {
      const found = byPath.get(`${container}.${name}`)
      if (found !== undefined) return found
    }
    return undefined
  }
  return {
    values(field) {
      const name = field.toLowerCase()
      const found = lookUp(name)
      if (found !== undefined) return found
      for (const other of otherNames[name] ?? []) {
        const values = lookUp(other)
        if (values !== undefined) return values
      }
      return []
    },
    *all() {
      for (const values of byPath.values()) yield* values
    },
  }
}

function unwrap(event: unknown): unknown {
  if (typeof event === 'object' && event !== null && '_source' in event && typeof event._source === 'object')
    return event._source
  return event
}

/** `#attributes`, `#text` and `@` are a converter's marks, not part of a name. */
function joinPath(path: string, key: string): string {
  if (key === '#attributes' || key === '#text') return path
  const name = key.toLowerCase()
  return path === '' ? name : `${path}.${name}`
}

function attributeName(item: unknown): string | undefined {
  if (typeof item !== 'object' || item === null) return undefined
  const attributes = '#attributes' in item ? item['#attributes'] : undefined
  if (typeof attributes !== 'object' || attributes === null || !('Name' in attributes)) return undefined
  return typeof attributes.Name === 'string' ? attributes.Name : undefined
}

function textOfElement(item: unknown): unknown {
  return typeof item === 'object' && item !== null && '#text' in item ? item['#text'] : null
}

/** Wazuh keeps the backslashes of Windows events as its agent escaped them: `C:\\\\Windows`. Undone where all are pairs. */
function withoutDoubling(text: string): string {
  const runs = text.match(/\\+/g) ?? []
  return runs.length > 0 && runs.every(run => run.length % 2 === 0) ? text.replaceAll('\\\\', '\\') : text
}
