import type { XmlElement } from './xml.ts'

/** One case of a Wazuh ruleset test file: logs of one session, and what the last of them must come to. */
export interface IniTest {
  readonly section: string
  /** The key, such as `log 1 pass`. */
  readonly name: string
  readonly logs: readonly string[]
  readonly expected: { readonly rule: string; readonly level: string; readonly decoder: string }
  /** `fail` in the key: the expectation must not hold. */
  readonly negated: boolean
}

/**
 * Reads `.ini` tests as Wazuh's runner does (Python's configparser): keys repeat, equal keys join to several logs,
 * indented lines continue a value. Sections without logs give no tests.
 */
export function parseIniTests(text: string): readonly IniTest[] {
  return readSections(text).flatMap(({ name: section, values }) => {
    const single = (key: string) => (values.get(key) ?? []).join('\n').trim()
    const expected = { rule: single('rule'), level: single('alert'), decoder: single('decoder') }
    return [...values].flatMap(([name, lines]) =>
      name.startsWith('log ')
        ? [
            {
              section,
              name,
              logs: lines.flatMap(line => line.split('\n')).filter(line => line !== ''),
              expected,
              negated: name.endsWith('fail'),
            },
          ]
        : [],
    )
  })
}

interface Section {
  readonly name: string
  readonly values: Map<string, string[]>
}

function readSections(text: string): Section[] {
  const sections = new Map<string, Section>()
  let section: Section | undefined
  let open: string[] | undefined
  for (const line of text.split(/\r?\n/)) {
    const trimmed = line.trim()
    if (/^[;#]/.test(trimmed)) continue
    if (open && /^\s/.test(line) && trimmed !== '') {
      open[open.length - 1] = `${open.at(-1)}\n${trimmed}`
      continue
    }
    const header = /^\[([^\]]+)\]/.exec(line)
    if (header) {
      const name = header[1] ?? ''
      section = sections.get(name) ?? { name, values: new Map() }
      sections.set(name, section)
      open = undefined
      continue
    }
    const pair = /^(.*?)\s*[=:]\s*(.*)$/.exec(trimmed)
    if (!pair || !section) continue
    const key = (pair[1] ?? '').toLowerCase()
    open = section.values.get(key) ?? []
    open.push(pair[2] ?? '')
    section.values.set(key, open)
  }
  return [...sections.values()]
}

/**
 * Wazuh's runner feeds Windows events as JSON, so it lets the root of the Windows rules (60000) take what the JSON
 * decoder decoded. The same change, for `loadRuleset`.
 */
export function windowsRulesFromJson(rule: XmlElement): XmlElement {
  if (rule.attributes.find(({ name }) => name === 'id')?.value !== '60000') return rule
  const kept = rule.children.filter(({ name }) => name !== 'decoded_as' && name !== 'category')
  const { place, textPlace } = rule
  const decodedAs = { name: 'decoded_as', attributes: [], children: [], text: 'json', place, textPlace }
  return { ...rule, children: [...kept, decodedAs] }
}

/** Whether the case is met. An expectation with an empty part never holds, as in Wazuh's runner. */
export function iniTestPasses(
  test: IniTest,
  actual: { readonly rule: string; readonly level: string; readonly decoder: string },
): boolean {
  const { rule, level, decoder } = test.expected
  const complete = rule !== '' && level !== '' && decoder !== ''
  const holds = rule === actual.rule && level === actual.level && decoder === actual.decoder
  return (complete && holds) !== test.negated
}
