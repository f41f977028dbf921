import { useState } from 'react'
import type { ChatAnswer } from '../../src/http/contract-chat.ts'
import { EvidenceChip } from '../components/evidence-chip.tsx'
import { Untrusted } from '../components/untrusted.tsx'

/** An answer: each sentence with the evidence that it stands on, one click away, and the searches that were run. */
export function AnswerView({ answer }: { answer: ChatAnswer }) {
  const [open, setOpen] = useState<string>()
  const shown = answer.evidence.find(item => item.id === open)
  return (
    <div className="grid gap-2">
      <ul className="grid gap-1">
        {answer.sentences.map(sentence => (
          <li key={sentence.text}>
            <Untrusted text={sentence.text} />
            {sentence.evidence.map(id => (
              <EvidenceChip
                key={id}
                id={id}
                item={answer.evidence.find(item => item.id === id)}
                open={open === id}
                onOpen={each => setOpen(now => (now === each ? undefined : each))}
              />
            ))}
          </li>
        ))}
      </ul>
      {shown !== undefined && (
        <figure className="rounded border border-line bg-sunken p-2">
          <figcaption className="text-xs text-muted">
            {shown.id}: <Untrusted text={shown.label} />, {trustWords[shown.trust]}; {shown.source}
            {shown.pointer}
          </figcaption>
          <blockquote className="font-mono text-sm break-all">
            <Untrusted text={shown.quote} layout />
          </blockquote>
        </figure>
      )}
      <p className="text-xs text-muted">
        Answered by code{answer.model === null ? ', no model was asked' : ` and ${answer.model}`}.
        {answer.toolCalls.map(call => ` ${call.tool}${argumentsOf(call.arguments)}: ${call.rows} found.`)}
      </p>
    </div>
  )
}

const trustWords = {
  observed: 'observed by Wazuh',
  'attacker-controlled': 'an attacker could have written it',
  'knowledge-base': 'from a knowledge base',
  human: 'written by a colleague',
} as const

function argumentsOf(values: Readonly<Record<string, string | number>>): string {
  const words = Object.entries(values).map(([name, value]) => `${name} ${value}`)
  return words.length === 0 ? '' : ` (${words.join(', ')})`
}
