import { type Problem, problem } from '../lib/problem.ts'
import { toByteText } from './byte-text.ts'
import { type CdbList, parseCdbList } from './cdb-list.ts'
import { type DecoderTree, internalDecoders } from './decoder.ts'
import { decoderTreeBuilder } from './decoder-tree.ts'
import { readDecoder } from './read-decoder.ts'
import { readRule } from './read-rule.ts'
import { type RuleTree, ruleTreeBuilder } from './rule-tree.ts'
import { parseWazuhXml, placeText, type XmlElement } from './xml.ts'
import { applyVariables } from './xml-variables.ts'

/** A file of a ruleset. `name` is what problems call it; for lists, the path below `lists/`. */
export interface RulesetFile {
  readonly name: string
  readonly text: string
}

/** The files of a ruleset, each kind in the order of loading (Wazuh: by name, stock before own). */
export interface RulesetFiles {
  readonly decoders: readonly RulesetFile[]
  readonly rules: readonly RulesetFile[]
  readonly lists: readonly RulesetFile[]
}

/** A compiled ruleset. It holds no state: sessions do. */
export interface Ruleset {
  readonly decoders: DecoderTree
  readonly rules: RuleTree
}

export interface LoadOptions {
  /** Changes a `<rule>` before it is compiled; used to run tests the way Wazuh's own runner does. */
  readonly adaptRule?: (rule: XmlElement) => XmlElement
}

/**
 * Compiles a ruleset. Decoders and rules with errors are left out and named in `problems`; Wazuh would refuse to
 * start on some of them.
 */
export function loadRuleset(
  files: RulesetFiles,
  { adaptRule = rule => rule }: LoadOptions = {},
): {
  readonly ruleset: Ruleset
  readonly problems: readonly Problem[]
} {
  const problems: Problem[] = []
  const decoderNames = new Set(internalDecoders)
  const decoders = decoderTreeBuilder()
  for (const file of files.decoders) {
    for (const element of readXml(file, problems)) {
      const read = readDecoder(element, file.name)
      problems.push(...read.problems)
      if (!read.decoder) continue
      decoderNames.add(read.decoder.ownName)
      const trouble = decoders.add(read.decoder)
      if (trouble) problems.push(trouble)
    }
  }
  const lists = new Map<string, CdbList>()
  for (const file of files.lists) lists.set(`etc/lists/${file.name}`, parseCdbList(toByteText(file.text)))
  const rules = ruleTreeBuilder()
  for (const file of files.rules) {
    for (const group of readXml(file, problems)) {
      const name = groupName(group)
      if (name === undefined) {
        problems.push(
          problem(
            'not-a-group',
            `<${group.name}> where <group name="..."> was expected`,
            `${file.name}: ${placeText(group.place)}`,
          ),
        )
        continue
      }
      for (const element of group.children) {
        const read = readRule(adaptRule(element), name, file.name, { decoderNames, lists })
        problems.push(...read.problems)
        const trouble = read.rule ? rules.add(read.rule) : undefined
        if (trouble) problems.push(trouble)
      }
    }
  }
  return { ruleset: { decoders: decoders.finish(), rules: rules.finish() }, problems }
}

function readXml(file: RulesetFile, problems: Problem[]): readonly XmlElement[] {
  const parsed = parseWazuhXml(toByteText(file.text))
  const applied = applyVariables(parsed.elements)
  for (const { code, message, where } of [...parsed.problems, ...applied.problems])
    problems.push(problem(code, message, `${file.name}: ${where}`))
  return applied.elements
}

function groupName(element: XmlElement): string | undefined {
  const [first] = element.attributes
  const named = element.name.toLowerCase() === 'group' && first?.name.toLowerCase() === 'name'
  return named && element.attributes.length === 1 ? first.value : undefined
}
