import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { afterAll, beforeAll, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..', '..')
const client = new Client({ name: 'test', version: '1' })

beforeAll(async () => {
  const args = [join(root, 'bin/tocsin.js'), 'mcp', '--data', join(root, 'samples/alerts.ndjson')]
  await client.connect(new StdioClientTransport({ command: process.execPath, args, stderr: 'ignore' }))
})
afterAll(() => client.close())

interface TextResult {
  readonly isError?: boolean
  readonly content: readonly { readonly text: string }[]
}

it('offers only tools that read', async () => {
  const { tools } = await client.listTools()
  const names = tools.map(tool => tool.name)
  expect(names).toEqual(expect.arrayContaining(['ask', 'search_alerts', 'attack_lookup', 'search_documents']))
  expect(names.filter(name => /delete|block|approve|write|propose|deploy|close/.test(name))).toEqual([])
  expect(tools.every(tool => tool.annotations?.readOnlyHint === true)).toBe(true)
})

it("answers the official SDK's client from the data, with evidence", async () => {
  const result = (await client.callTool({
    name: 'ask',
    arguments: { question: 'What is the MITRE ID for obfuscation?' },
  })) as TextResult
  expect(result.content[0]?.text).toContain('T1027')
  const count = (await client.callTool({
    name: 'ask',
    arguments: { question: 'How many alerts are there?' },
  })) as TextResult
  expect(JSON.parse(count.content[0]?.text ?? '')).toMatchObject({
    rows: [{ status: 'computed', evidence: expect.arrayContaining(['E1']) }],
  })
})

it('refuses arguments that are too long, and unknown tools', async () => {
  const long = (await client
    .callTool({ name: 'ask', arguments: { question: 'x'.repeat(3000) } })
    .catch(error => ({ isError: true, content: [{ text: String(error) }] }))) as TextResult
  expect(long.isError).toBe(true)
  const unknown = (await client
    .callTool({ name: 'delete_file', arguments: {} })
    .catch(error => ({ isError: true, content: [{ text: String(error) }] }))) as TextResult
  expect(unknown.isError).toBe(true)
})

it('offers knowledge as resources and reviewed prompts', async () => {
  const { resourceTemplates } = await client.listResourceTemplates()
  expect(resourceTemplates.map(each => each.uriTemplate)).toContain('tocsin://attack/{id}')
  const { contents } = await client.readResource({ uri: 'tocsin://attack/T1027' })
  expect(JSON.stringify(contents)).toContain('Obfuscated Files or Information')
  await expect(client.readResource({ uri: 'file:///etc/passwd' })).rejects.toThrow(/no resource/)
  const prompt = await client.getPrompt({ name: 'triage-case', arguments: { case_id: 'case_1' } })
  expect(JSON.stringify(prompt.messages)).toContain('case_1')
})
