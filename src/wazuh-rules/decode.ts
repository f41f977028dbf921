import type { Decoder, DecoderNode, DecoderTree } from './decoder.ts'
import { orderableFields, type StaticField, type WazuhEvent } from './event.ts'
import type { PluginRunner } from './plugins/plugin.ts'
import type { Prefilter } from './prefilter.ts'

const captures: string[] = []

/** Finds the decoder of an event and fills its fields. */
export function decodeEvent(
  event: WazuhEvent,
  tree: DecoderTree,
  prefilter: Prefilter,
  runPlugin: PluginRunner,
): void {
  const roots = event.programName === undefined ? tree.withoutProgramName : tree.withProgramName
  const candidates = prefilter.decoders(event, roots)
  const { nodes } = candidates
  for (let at = candidates.next(0); at < nodes.length; at = candidates.next(at + 1)) {
    const node = nodes[at]
    if (!node) return
    const afterParent = matchRoot(event, node.decoder, prefilter)
    if (afterParent === undefined) continue
    event.decoder = node.decoder
    event.category = node.decoder.type
    event.afterPrematch = afterParent
    if (node.children.length === 0)
      runDecoders(event, [node], 0, afterParent, undefined, prefilter, runPlugin)
    else runChildren(event, node.children, afterParent, prefilter, runPlugin)
    return
  }
}

/** The place after the prematch, or undefined where the decoder is not this event's. */
function matchRoot(event: WazuhEvent, decoder: Decoder, prefilter: Prefilter): number | undefined {
  let after = 0
  if (event.programName !== undefined) {
    if (!decoder.programName?.matches(event.programName, event.lower(event.programName))) return undefined
  }
  if (decoder.prematch) {
    if (!prefilter.mayMatch(decoder.prematch)) return undefined
    after = decoder.prematch.locate(event.log, event.logLower, 0)
    if (after < 0) return undefined
  }
  return after
}

/** Takes the first child whose prematch fits; a child without prematch always fits. */
function runChildren(
  event: WazuhEvent,
  children: readonly DecoderNode[],
  afterParent: number,
  prefilter: Prefilter,
  runPlugin: PluginRunner,
): void {
  for (let at = 0; at < children.length; at++) {
    const child = children[at]?.decoder
    if (!child) return
    if (!child.prematch) {
      runDecoders(event, children, at, afterParent, afterParent, prefilter, runPlugin)
      return
    }
    const from = child.prematchAfterParent ? afterParent : 0
    const after = prefilter.mayMatch(child.prematch)
      ? child.prematch.locate(event.log, event.logLower, from)
      : -1
    if (after >= 0) {
      event.decoder = child
      event.category = child.type
      event.afterParent = afterParent
      event.afterPrematch = after
      runDecoders(event, children, at, afterParent, after, prefilter, runPlugin)
      return
    }
    // The further regexes of the same name belong to it: they are passed over together.
    while (children[at]?.decoder.hasNext) at++
  }
}

/** Runs a decoder's regex or plugin, then those of the siblings that continue it. */
function runDecoders(
  event: WazuhEvent,
  nodes: readonly DecoderNode[],
  first: number,
  afterParent: number,
  afterPrematch: number | undefined,
  prefilter: Prefilter,
  runPlugin: PluginRunner,
): void {
  let afterRegex: number | undefined
  for (let at = first; at < nodes.length; at++) {
    const decoder = nodes[at]?.decoder
    if (!decoder) return
    if (decoder.plugin) runPlugin(decoder.plugin, event)
    else if (decoder.regex) {
      const from = startOf(decoder, afterParent, afterPrematch, afterRegex)
      const after = prefilter.mayMatch(decoder.regex)
        ? decoder.regex.capture(event.log, event.logLower, from, captures)
        : -1
      if (after >= 0) {
        afterRegex = after
        storeCaptures(event, decoder)
      } else if (!decoder.hasNext) return
    } else return
    if (!decoder.hasNext) return
  }
}

function startOf(
  decoder: Decoder,
  afterParent: number,
  afterPrematch: number | undefined,
  afterRegex: number | undefined,
): number {
  switch (decoder.regexOffset) {
    case 'start':
      return 0
    case 'after_parent':
      return afterParent
    case 'after_prematch':
      return afterPrematch ?? 0
    case 'after_regex':
      return afterRegex ?? afterPrematch ?? 0
  }
}

function storeCaptures(event: WazuhEvent, decoder: Decoder): void {
  for (let i = 0; i < captures.length; i++) {
    const name = decoder.order[i]
    const value = captures[i] ?? ''
    if (name === undefined) return
    // The set was built from the names of the type.
    if (orderableFields.has(name)) event.fields[name as StaticField] = value
    else event.addDynamic(name, value)
  }
}
