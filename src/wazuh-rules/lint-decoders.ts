import type { Decoder, DecoderNode, DecoderTree } from './decoder.ts'
import { explosivePattern, type Finding, warning } from './finding.ts'
import type { RuleTree } from './rule-tree.ts'

/** Mistakes in the decoders of the given files: shadowed by an earlier one, or used by no rule. */
export function lintDecoders(
  decoders: DecoderTree,
  rules: RuleTree,
  concerns: (file: string) => boolean,
): { readonly file: string; readonly finding: Finding }[] {
  const all = [...decoders.withProgramName, ...decoders.withoutProgramName].flatMap(root => [
    root.decoder,
    ...root.children.map(child => child.decoder),
  ])
  const explosive = all.flatMap(decoder =>
    [decoder.programName, decoder.prematch, decoder.regex].flatMap(expression =>
      expression?.explosive && concerns(decoder.file)
        ? [
            {
              file: decoder.file,
              finding: explosivePattern(expression.source, `decoder '${decoder.ownName}'`, decoder.place),
            },
          ]
        : [],
    ),
  )
  const wanted = new Set(rules.rules.flatMap(({ body }) => body.decodedAs ?? []))
  const misplaced = [decoders.withProgramName, decoders.withoutProgramName].flatMap(roots =>
    roots.flatMap((root, index) => {
      const { decoder } = root
      if (!concerns(decoder.file)) return []
      const findings: Finding[] = []
      const before = roots.slice(0, index).find(other => takesAll(other.decoder, decoder))
      if (before)
        findings.push(
          warning(
            'decoder-shadowed',
            `decoder '${decoder.ownName}' is never reached: '${before.decoder.ownName}' before it takes the same logs. Make it a child of that one (<parent>)`,
            decoder.place,
          ),
        )
      if (!namesOf(root).some(name => wanted.has(name)))
        findings.push(
          warning(
            'decoder-unused',
            `no rule asks for decoder '${decoder.ownName}' (decoded_as): its events only meet rules without decoded_as`,
            decoder.place,
          ),
        )
      return findings.map(finding => ({ file: decoder.file, finding }))
    }),
  )
  return [...explosive, ...misplaced]
}

function namesOf(node: DecoderNode): string[] {
  return [node.decoder.name, ...node.children.map(child => child.decoder.name)]
}

/** Whether the first takes every log that the second would: the same program name, and no narrower prematch. */
function takesAll(first: Decoder, second: Decoder): boolean {
  if (first.programName?.source !== second.programName?.source) return false
  return first.prematch === undefined || first.prematch.source === second.prematch?.source
}
