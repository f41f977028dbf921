import { type Candidates, gatedCandidates } from './candidates.ts'
import type { DecoderNode } from './decoder.ts'
import { staticFieldNames, type WazuhEvent } from './event.ts'
import { LogDigest, type WordPairs } from './log-digest.ts'
import type { Prefilter } from './prefilter.ts'
import type { RuleBody, RuleNode } from './rule.ts'

/** Program names whose decoders and rules are remembered. A log source has few; a hostile one as many as it likes. */
const rememberedPrograms = 2000

/** The rules below each rule that may concern events of one shape. */
type RulesOfShape = Map<RuleNode, Candidates<RuleNode>>

/**
 * The prefilter for real use, for one ruleset and one session at a time. Rules are looked up by the shape of the event
 * (decoder, program name, which fields it has), root decoders by program name or by the first byte of the log, and
 * patterns on the log are only run where the log has the byte pairs that they need.
 */
export function fastPrefilter(): Prefilter {
  const digest = new LogDigest()
  const byProgram = new Map<string, Candidates<DecoderNode>>()
  const byFirstByte = new Map<number, Candidates<DecoderNode>>()
  /** By program name, decoder and the fields there. */
  const shapes = new Map<string | undefined, Map<string | undefined, Map<number, RulesOfShape>>>()
  let current: WazuhEvent | undefined
  let rulesOfCurrent: RulesOfShape = new Map()

  const gated = (nodes: readonly DecoderNode[]) =>
    gatedCandidates(nodes, ({ decoder }) => decoder.prematch?.pairs, digest)

  const forProgram = (name: string, lower: string, roots: readonly DecoderNode[]) => {
    let nodes = byProgram.get(name)
    if (!nodes) {
      if (byProgram.size >= rememberedPrograms) byProgram.clear()
      nodes = gated(roots.filter(({ decoder }) => decoder.programName?.matches(name, lower)))
      byProgram.set(name, nodes)
    }
    return nodes
  }

  const forFirstByte = (event: WazuhEvent, roots: readonly DecoderNode[]) => {
    const byte = event.logLower === '' ? -1 : event.logLower.charCodeAt(0)
    let nodes = byFirstByte.get(byte)
    if (!nodes) {
      nodes = gated(roots.filter(({ decoder }) => decoder.prematch?.mayStartWith(byte) ?? true))
      byFirstByte.set(byte, nodes)
    }
    return nodes
  }

  const rulesOfShape = (event: WazuhEvent): RulesOfShape => {
    if (shapes.size >= rememberedPrograms && !shapes.has(event.programName)) shapes.clear()
    const byDecoder = inner(shapes, event.programName)
    return inner(inner(byDecoder, event.decoder?.name), fieldsThere(event))
  }

  return {
    begin(event) {
      digest.read(event.logLower)
      current = undefined
    },
    mayMatch: ({ pairs }) => pairs === undefined || digest.mayHold(pairs),
    decoders(event, roots) {
      const program = event.programName
      return program === undefined
        ? forFirstByte(event, roots)
        : forProgram(program, event.programNameLower, roots)
    },
    rules(event, node) {
      // Rules are asked for only when the decoder is done with the event.
      if (current !== event) {
        current = event
        rulesOfCurrent = rulesOfShape(event)
      }
      let candidates = rulesOfCurrent.get(node)
      if (!candidates) {
        const nodes = node.children.filter(({ rule }) => mayConcern(rule.body, event))
        candidates = gatedCandidates(nodes, ({ rule }) => needsOf(rule.body), digest)
        rulesOfCurrent.set(node, candidates)
      }
      return candidates
    },
  }
}

const bits = new Map<string, number>(staticFieldNames.map((name, index) => [name, 1 << index]))
const dynamicBit = 1 << staticFieldNames.length

/** A bit for each fixed field that the event has, and one for dynamic fields of whatever name. */
function fieldsThere({ fields, dynamicNames }: WazuhEvent): number {
  let there = dynamicNames.length > 0 ? dynamicBit : 0
  for (const name in fields) there |= bits.get(name) ?? 0
  return there
}

/** Whether a rule may match an event of this shape, whatever its log says and its fields hold. */
function mayConcern(body: RuleBody, event: WazuhEvent): boolean {
  if (body.decodedAs !== undefined && body.decodedAs !== event.decoder?.name) return false
  return body.tests.every(test => {
    if (test.field === 'program_name') return test.passes(event)
    // Which dynamic fields there are is not part of the shape.
    if (test.field.startsWith('field ')) return event.dynamicNames.length > 0
    return test.present?.(event) ?? true
  })
}

/** The words of the first pattern on the log that needs any. */
function needsOf(body: RuleBody): readonly WordPairs[] | undefined {
  return body.tests.find(test => test.onLog?.pairs && !test.negated)?.onLog?.pairs
}

/** The inner map of a key, made where it is not there. */
function inner<Key, InnerKey, Value>(maps: Map<Key, Map<InnerKey, Value>>, key: Key): Map<InnerKey, Value> {
  let map = maps.get(key)
  if (!map) {
    map = new Map()
    maps.set(key, map)
  }
  return map
}
