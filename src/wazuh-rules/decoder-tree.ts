import { type Problem, problem } from '../lib/problem.ts'
import type { Decoder, DecoderNode, DecoderTree } from './decoder.ts'
import { placeText } from './xml.ts'

/** Files in the order of loading give their decoders to `add`; `finish` names the children. */
export function decoderTreeBuilder(): {
  add(decoder: Decoder): Problem | undefined
  finish(): DecoderTree
} {
  const tree: DecoderTree = { withProgramName: [], withoutProgramName: [] }
  return {
    add: decoder => addDecoder(tree, decoder),
    finish() {
      for (const node of [...tree.withProgramName, ...tree.withoutProgramName]) nameChildren(node)
      return tree
    },
  }
}

function addDecoder(tree: DecoderTree, decoder: Decoder): Problem | undefined {
  if (decoder.parent === undefined) {
    const list = decoder.programName ? tree.withProgramName : tree.withoutProgramName
    return addSibling(list, decoder)
  }
  // A parent is a root of that name; where several roots share it, each gets the child.
  const parents = [...tree.withProgramName, ...tree.withoutProgramName].filter(
    node => node.decoder.ownName === decoder.parent,
  )
  if (parents.length === 0)
    return complain(
      decoder,
      `there is no decoder '${decoder.parent}' to be its parent: define it before this one`,
    )
  for (const parent of parents) {
    const trouble = addSibling(parent.children, decoder)
    if (trouble) return trouble
  }
  return undefined
}

function addSibling(list: DecoderNode[], decoder: Decoder): Problem | undefined {
  const namesakes =
    decoder.parent === undefined ? [] : list.filter(node => node.decoder.ownName === decoder.ownName)
  if (namesakes.length > 0) {
    if (decoder.prematch)
      return complain(decoder, 'a further decoder of the same name may not have a prematch')
    if (decoder.firstTimeSeen.length > 0)
      return complain(decoder, 'a further decoder of the same name may not have fts')
    if (!decoder.regex && !decoder.plugin)
      return complain(decoder, 'a further decoder of the same name needs a regex or a plugin')
    if (namesakes.some(node => !node.decoder.regex && !node.decoder.plugin))
      return complain(decoder, 'the decoder of the same name before it has neither regex nor plugin')
  }
  if (decoder.regexOffset === 'after_regex' && namesakes.length === 0)
    return complain(decoder, 'after_regex needs an earlier decoder of the same name')
  for (const node of namesakes) node.decoder.hasNext = true
  list.push({ decoder, children: [] })
  return undefined
}

function nameChildren(node: DecoderNode): void {
  for (const { decoder } of node.children) {
    decoder.name = decoder.useOwnName ? decoder.ownName : node.decoder.ownName
  }
}

function complain(decoder: Decoder, message: string): Problem {
  return problem(
    'decoder-tree',
    `decoder '${decoder.ownName}': ${message}`,
    `${decoder.file}: ${placeText(decoder.place)}`,
  )
}
