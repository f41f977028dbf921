import type { Problem } from '../lib/problem.ts'
import { toByteText } from './byte-text.ts'
import { assumedFileName, type Finding, type TechniqueKnowledge } from './finding.ts'
import { lintDecoders } from './lint-decoders.ts'
import { lintRule } from './lint-rule.ts'
import { lintTree } from './lint-tree.ts'
import { loadRuleset, type RulesetFile, type RulesetFiles } from './ruleset.ts'
import { parseWazuhXml, type XmlElement } from './xml.ts'

/**
 * Checks rules, decoders and lists that are not deployed yet, together with the ruleset they are to join. Without one,
 * whatever they refer to is taken to exist. Findings come by file name.
 */
export function checkDrafts(
  drafts: RulesetFiles,
  base: RulesetFiles | undefined,
  knows: TechniqueKnowledge,
): ReadonlyMap<string, readonly Finding[]> {
  const ground = base ?? assumedBase(drafts)
  const files = {
    decoders: [...ground.decoders, ...drafts.decoders],
    rules: [...ground.rules, ...drafts.rules],
    lists: [...ground.lists, ...drafts.lists],
  }
  const { ruleset, problems } = loadRuleset(files)
  const names = new Set([...drafts.decoders, ...drafts.rules].map(file => file.name))
  const concerns = (file: string) => names.has(file)
  const found = new Map<string, Finding[]>([...names].map(name => [name, []]))
  const add = (file: string, finding: Finding) => found.get(file)?.push(finding)
  for (const entry of problems) {
    const file = [...names].find(name => entry.where?.startsWith(`${name}: `))
    if (file !== undefined) add(file, loadFinding(entry, file))
  }
  for (const rule of ruleset.rules.rules)
    if (concerns(rule.body.file)) for (const finding of lintRule(rule, knows)) add(rule.body.file, finding)
  for (const { file, finding } of lintTree(ruleset.rules, ruleset.decoders, concerns)) add(file, finding)
  for (const { file, finding } of lintDecoders(ruleset.decoders, ruleset.rules, concerns)) add(file, finding)
  return found
}

/** Trouble after which Wazuh still loads the rest as written. */
const harmless = new Set(['mitre', 'pattern-type', 'negate'])

function loadFinding({ code, message, where }: Problem, file: string): Finding {
  const place = where?.slice(file.length + 2)
  const severity = harmless.has(code) ? 'warning' : 'error'
  return place === undefined ? { code, message, severity } : { code, message, where: place, severity }
}

/** Templates and stand-ins for everything that the drafts refer to and do not define. */
function assumedBase(drafts: RulesetFiles): RulesetFiles {
  const refers = {
    sids: new Set<string>(),
    groups: new Set<string>(),
    decoders: new Set<string>(),
    lists: new Set<string>(),
  }
  const defines = { sids: new Set<string>(), decoders: new Set<string>() }
  const visit = (element: XmlElement): void => {
    const name = element.name.toLowerCase()
    const { text } = element
    if (name === 'if_sid' || name === 'if_matched_sid')
      for (const sid of text.match(/\d+/g) ?? []) refers.sids.add(sid)
    if (name === 'if_group' || name === 'if_matched_group') refers.groups.add(text)
    if (name === 'decoded_as' || name === 'parent') refers.decoders.add(text)
    if (name === 'list') refers.lists.add(text)
    const [first] = element.attributes
    if (name === 'rule') {
      const overwrites = element.attributes.some(
        attribute => attribute.name === 'overwrite' && attribute.value === 'yes',
      )
      const id = element.attributes.find(attribute => attribute.name === 'id')?.value ?? ''
      ;(overwrites ? refers : defines).sids.add(id)
    }
    if (name === 'decoder') defines.decoders.add(first?.value ?? '')
    for (const child of element.children) visit(child)
  }
  for (const file of [...drafts.decoders, ...drafts.rules])
    for (const element of parseWazuhXml(toByteText(file.text)).elements) visit(element)
  const plain = (text: string) => /^[^<>"&]*$/.test(text)
  const sids = [...refers.sids].filter(sid => !defines.sids.has(sid) && Number(sid) >= 10)
  const decoders = [...refers.decoders].filter(name => !defines.decoders.has(name) && plain(name))
  const rules = [
    ...sids.map(
      sid =>
        `<group name="assumed,"><rule id="${sid}" level="0" noalert="1"><description>assumed</description></rule></group>`,
    ),
    ...[...refers.groups]
      .filter(plain)
      .map(
        (group, index) =>
          `<group name="${group},"><rule id="${999_999 - index}" level="0" noalert="1"><description>assumed</description></rule></group>`,
      ),
  ]
  return {
    decoders: [
      assumedFile(decoders.map(name => `<decoder name="${name}"><prematch>^\\.</prematch></decoder>`)),
    ],
    rules: [assumedFile([...templateRules(defines.sids), ...rules])],
    lists: [...refers.lists].flatMap(name =>
      name.startsWith('etc/lists/') ? [{ name: name.slice(10), text: '' }] : [],
    ),
  }
}

function assumedFile(elements: readonly string[]): RulesetFile {
  return { name: assumedFileName, text: elements.join('\n') }
}

const categories = ['syslog', 'firewall', 'ids', 'web-log', 'squid', 'windows', 'ossec']

/** The rules 1 to 7 of every Wazuh ruleset, but those that the drafts bring along. */
function templateRules(defined: ReadonlySet<string>): string[] {
  return categories.flatMap((category, index) => {
    const id = String(index + 1)
    if (defined.has(id)) return []
    return `<group name="${category},"><rule id="${id}" level="0" noalert="1"><category>${category}</category><description>${category}</description></rule></group>`
  })
}
