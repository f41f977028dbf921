import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { Language, type Node, Parser } from 'web-tree-sitter'
import { responseActions } from '../../src/respond/actions.ts'

// No Windows and no PowerShell here: the script is parsed, it is not run. The POSIX one is run for real beside this.
const source = readFileSync(
  resolve(import.meta.dirname, '../../deploy/wazuh/active-response/tocsin-respond.ps1'),
  'utf8',
)

async function parse(text: string): Promise<Node> {
  await Parser.init()
  const grammar = createRequire(import.meta.url).resolve('tree-sitter-powershell/tree-sitter-powershell.wasm')
  const parser = new Parser()
  parser.setLanguage(await Language.load(grammar))
  const tree = parser.parse(text)
  if (tree === null) throw new Error('the parser gave no tree')
  return tree.rootNode
}

it('the Windows script is PowerShell that parses', async () => {
  expect((await parse(source)).hasError).toBe(false)
  expect(
    (await parse(source.replace('function Get-Slot($Fields) {', 'function Get-Slot($Fields) '))).hasError,
  ).toBe(true)
})

it('both scripts know every action that is sent to endpoints', () => {
  const posix = readFileSync(
    resolve(import.meta.dirname, '../../deploy/wazuh/active-response/tocsin-respond'),
    'utf8',
  )
  const sent = responseActions
    .filter(action => !action.platforms.includes('mail'))
    .map(action => action.name)
    .filter(name => name !== 'restart-agent')
  expect(sent.filter(name => !source.includes(`'${name}' =`))).toEqual([])
  expect(sent.filter(name => !posix.includes(`    ${name}) `))).toEqual([])
})
