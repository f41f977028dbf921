import { Fragment, type ReactNode } from 'react'
import { Untrusted } from './untrusted.tsx'

/** In UTF-16 units. Longer than that, it is no passage to read: every line of it would be an element of the page. */
const longest = 20_000

/**
 * The part of Markdown that cannot reach out: headings, lists, code, bold. Links and images stay the text they are, and
 * nothing becomes an address to click on. Every piece of text goes through `Untrusted`. What is very long is shown as it
 * is, cut.
 */
export function PlainMarkdown({ text }: { text: string }) {
  if (text.length > longest) return <Untrusted text={text} limit={longest} layout />
  return <div className="grid gap-1.5">{blocksOf(text).map(blockView)}</div>
}

type Block =
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'text'; readonly text: string; readonly heading: boolean }

function blocksOf(text: string): Block[] {
  const blocks: Block[] = []
  const parts = text.split(/^```.*$/m)
  for (const [index, part] of parts.entries()) {
    if (index % 2 === 1) {
      blocks.push({ kind: 'code', text: part.replace(/^\n|\n$/g, '') })
      continue
    }
    for (const paragraph of part.split(/\n{2,}/)) {
      const lines = paragraph.split('\n').filter(line => line.trim() !== '')
      if (lines.length === 0) continue
      const items = lines.flatMap(line => /^\s*(?:[-*]|\d+\.)\s+(.*)$/.exec(line)?.[1] ?? [])
      if (items.length === lines.length) blocks.push({ kind: 'list', items })
      else
        blocks.push({
          kind: 'text',
          text: lines.join('\n').replace(/^#{1,6}\s+/, ''),
          heading: /^#{1,6}\s/.test(lines[0] ?? ''),
        })
    }
  }
  return blocks
}

function blockView(block: Block, index: number): ReactNode {
  const key = `${block.kind}${index}`
  switch (block.kind) {
    case 'code':
      return (
        <pre key={key} className="overflow-x-auto rounded bg-sunken p-2 font-mono text-xs">
          <Untrusted text={block.text} layout />
        </pre>
      )
    case 'list':
      return (
        <ul key={key} className="list-disc pl-5">
          {block.items.map((item, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the same words may stand in it twice
            <li key={at}>{inline(item)}</li>
          ))}
        </ul>
      )
    case 'text':
      return (
        <p key={key} className={block.heading ? 'font-semibold' : 'whitespace-pre-line'}>
          {inline(block.text)}
        </p>
      )
  }
}

/** Words in which only code between backticks is set apart. */
export function WithCode({ text }: { text: string }) {
  return marked(text, /(`[^`\n]+`)/)
}

function inline(text: string): ReactNode {
  return marked(text, /(`[^`\n]+`|\*\*[^*\n]+\*\*)/)
}

function marked(text: string, marks: RegExp): ReactNode {
  return text.split(marks).map((run, index) => {
    const key = `${index}${run.length}`
    if (/^`[^`]+`$/.test(run))
      return (
        <code key={key} className="rounded bg-sunken px-1 font-mono text-[0.9em]">
          <Untrusted text={run.slice(1, -1)} />
        </code>
      )
    if (/^\*\*[^*]+\*\*$/.test(run))
      return (
        <strong key={key}>
          <Untrusted text={run.slice(2, -2)} />
        </strong>
      )
    return (
      <Fragment key={key}>
        <Untrusted text={run} />
      </Fragment>
    )
  })
}
