import type { DecoderNode } from './decoder.ts'
import type { WazuhEvent } from './event.ts'
import { LogDigest } from './log-digest.ts'
import type { Prefilter } from './prefilter.ts'
import type { RuleBody, RuleNode } from './rule.ts'

/** Program names whose decoders are remembered. A log source has few; a hostile one can have as many as it likes. */
const rememberedPrograms = 2000

/**
 * The prefilter for real use, for one ruleset and one session at a time. Rules are looked up by decoder and program
 * name, root decoders by program name or by the first byte of the log, and patterns on the log are only run where the log
 * has the byte pairs that they need.
 */
export function fastPrefilter(): Prefilter {
  const digest = new LogDigest()
  const byProgram = new Map<string, readonly DecoderNode[]>()
  const byFirstByte = new Map<number, readonly DecoderNode[]>()
  /** By parent, decoder and program name. */
  const rulesOf = new Map<RuleNode, Map<string | undefined, Map<string | undefined, readonly RuleNode[]>>>()

  const forProgram = (name: string, lower: string, roots: readonly DecoderNode[]) => {
    let nodes = byProgram.get(name)
    if (!nodes) {
      if (byProgram.size >= rememberedPrograms) byProgram.clear()
      nodes = roots.filter(({ decoder }) => decoder.programName?.matches(name, lower))
      byProgram.set(name, nodes)
    }
    return nodes
  }

  const forFirstByte = (event: WazuhEvent, roots: readonly DecoderNode[]) => {
    const byte = event.logLower === '' ? -1 : event.logLower.charCodeAt(0)
    let nodes = byFirstByte.get(byte)
    if (!nodes) {
      nodes = roots.filter(({ decoder }) => decoder.prematch?.mayStartWith(byte) ?? true)
      byFirstByte.set(byte, nodes)
    }
    return nodes
  }

  return {
    begin: event => digest.read(event.logLower),
    mayMatch: ({ pairs }) => pairs === undefined || digest.mayHold(pairs),
    decoders(event, roots) {
      const program = event.programName
      return program === undefined
        ? forFirstByte(event, roots)
        : forProgram(program, event.lower(program), roots)
    },
    rules(event, node) {
      if (node.children.length < 8) return node.children
      const byProgram = inner(inner(rulesOf, node), event.decoder?.name)
      const program = event.programName
      let nodes = byProgram.get(program)
      if (!nodes) {
        if (byProgram.size >= rememberedPrograms) byProgram.clear()
        nodes = node.children.filter(({ rule }) => mayConcern(rule.body, event))
        byProgram.set(program, nodes)
      }
      return nodes
    },
  }
}

/** Whether a rule may match an event of this decoder and program name, whatever its log says. */
function mayConcern(body: RuleBody, event: WazuhEvent): boolean {
  if (body.decodedAs !== undefined && body.decodedAs !== event.decoder?.name) return false
  return body.tests.every(test => test.field !== 'program_name' || test.passes(event))
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
