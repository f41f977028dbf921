/**
 * A first draft of a Wazuh rule for what a report describes and no rule sees: written by code, from facts. A person
 * finishes it in the rule editor, where it is measured on past alerts like any other draft.
 */
import { type AttackKnowledge, shippedAttack } from '../knowledge/attack-knowledge.ts'
import { convertSigma } from '../sigma/convert/convert-sigma.ts'
import { parseSigma } from '../sigma/sigma-rule.ts'
import { techniquePatterns } from './technique-patterns.ts'

/** As the rule editor opens it: with logs on which it must and must not fire. */
export interface RuleDraftProposal {
  readonly title: string
  readonly text: string
  readonly cases: readonly { readonly log: string; readonly fires: boolean }[]
}

/** Wazuh reads no longer expression; a report with more indicators wants a CDB list. */
const longestExpression = 6_000
const matchedTypes = new Set(['ipv4', 'ipv6', 'domain', 'url', 'md5', 'sha1', 'sha256', 'sha512', 'email'])

const sudoLine = (command: string) =>
  `Nov 28 12:00:00 web-01 sudo:  operator : TTY=pts/0 ; PWD=/home/operator ; USER=root ; COMMAND=${command}`
const sshLine = (text: string) => `Nov 28 12:00:00 web-01 sshd[4242]: ${text} port 40022 ssh2`

/** A rule for a technique; undefined where ATT&CK has no such technique. */
export function draftForTechnique(
  id: string,
  reportTitle: string,
  attack: AttackKnowledge = shippedAttack,
): RuleDraftProposal | undefined {
  const technique = attack.current(id)
  if (technique === undefined) return undefined
  const pattern = techniquePatterns[technique.id]
  const name = `${technique.id} ${technique.title}`
  const mitre = [technique.id]
  const rules = [
    ...(pattern?.windows === undefined
      ? []
      : [
          rule(100_000, 8, {
            conditions: [
              '<if_group>sysmon_event1</if_group>',
              `<field name="win.eventdata.commandLine" type="pcre2">(?i)${pattern.windows}</field>`,
            ],
            description: `${name}: command line on Windows`,
            mitre,
          }),
        ]),
    ...(pattern?.linux === undefined
      ? []
      : [
          rule(100_001, 8, {
            conditions: [
              '<if_sid>5402,5403</if_sid>',
              `<regex type="pcre2">${pattern.linux.pattern}</regex>`,
            ],
            description: `${name}: command with sudo`,
            mitre,
          }),
        ]),
  ]
  // Nothing is known of how it looks here: a frame that matches a word nobody writes, for a person to fill.
  const frame = rule(100_000, 8, {
    conditions: ['<if_level>3</if_level>', `<match>words of the log that show ${technique.id}</match>`],
    description: name,
    mitre,
  })
  return {
    title: cut(`${name}, described in ${reportTitle}`),
    text: group(rules.length === 0 ? [frame] : rules),
    cases:
      pattern?.linux === undefined
        ? []
        : [
            { log: sudoLine(pattern.linux.example), fires: true },
            { log: sudoLine('/usr/bin/apt-get update'), fires: false },
          ],
  }
}

/** A rule that fires on a report's indicators anywhere in a log that some rule has a word for. */
export function draftForIndicators(
  indicators: readonly { readonly type: string; readonly value: string }[],
  reportTitle: string,
  techniqueIds: readonly string[],
): RuleDraftProposal | undefined {
  const values: string[] = []
  let length = 0
  for (const { type, value } of indicators) {
    if (!matchedTypes.has(type) || /[<&\n]/.test(value)) continue
    const written = value.replace(/^https?:\/\//i, '').replaceAll(/[\\^$.|?*+()[\]{}]/g, '\\$&')
    if (length + written.length > longestExpression) break
    values.push(written)
    length += written.length + 1
  }
  const first = indicators.find(({ type, value }) => type === 'ipv4' || (type === 'domain' && value !== ''))
  if (values.length === 0) return undefined
  return {
    title: cut(`Indicators of ${reportTitle}`),
    text: group([
      rule(100_000, 10, {
        conditions: [
          '<if_level>3</if_level>',
          // No lookbehind: `<` begins an element, whatever stands around it.
          `<regex type="pcre2">(?i)(?:^|[^\\w-])(?:${values.join('|')})(?:$|[^\\w-])</regex>`,
        ],
        description: `Indicator of a threat report: ${reportTitle}`,
        mitre: techniqueIds.slice(0, 5),
      }),
    ]),
    cases:
      first === undefined
        ? []
        : [
            { log: sshLine(`Failed password for invalid user admin from ${first.value}`), fires: true },
            { log: sshLine('Failed password for invalid user admin from 192.0.2.1'), fires: false },
          ],
  }
}

/** A Sigma rule that the report quotes, as Wazuh's; undefined where it cannot be converted. */
export function draftForSigma(text: string, name: string): RuleDraftProposal | undefined {
  const [document] = parseSigma(text)
  const output = document === undefined ? undefined : convertSigma(document, 'wazuh').output
  return output === undefined ? undefined : { title: cut(`Sigma: ${name}`), text: output, cases: [] }
}

function group(rules: readonly string[]): string {
  return `<group name="tocsin_intel,">\n${rules.join('')}</group>\n`
}

function rule(
  id: number,
  level: number,
  parts: {
    readonly conditions: readonly string[]
    readonly description: string
    readonly mitre: readonly string[]
  },
): string {
  const mitre =
    parts.mitre.length === 0
      ? ''
      : `    <mitre>\n${parts.mitre.map(each => `      <id>${each}</id>\n`).join('')}    </mitre>\n`
  const conditions = parts.conditions.map(condition => `    ${condition}\n`).join('')
  // Wazuh's XML knows no entities, and `$(` in a description is filled in.
  const description = parts.description.replaceAll(/[<>&\r\n]+/g, ' ').replaceAll('$(', '( ')
  return `  <rule id="${id}" level="${level}">\n${conditions}    <description>${cut(description)}</description>\n${mitre}  </rule>\n`
}

function cut(text: string): string {
  return text.length <= 180 ? text : `${text.slice(0, 179)}…`
}
