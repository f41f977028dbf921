/**
 * What an honest model answers to a question for a brief: its sentences cite the evidence of the prompt word for word.
 * `more`: further sentences, under the first citation.
 */
export function citingAnswer(prompt: string, more: readonly string[] = []): string {
  const messages = JSON.parse(prompt) as { content: string | { text: string }[] }[]
  const text = messages
    .map(({ content }) => (typeof content === 'string' ? content : content.map(part => part.text).join('')))
    .join('\n')
  const items = [...text.matchAll(/^(E\d+) \([^)]*; observed\)\n<<\S+\n[^\n]*\n([^\n]+)\n/gm)]
  const told = items.slice(0, 4).map(([, id = '', quote = '']) => ({
    text: `The evidence says ${quote}`.slice(0, 400),
    evidence: [{ id, quote: quote.slice(0, 300) }],
  }))
  const [first = { text: 'Nothing was sent.', evidence: [] }] = told
  return JSON.stringify({
    headline: first,
    claims: [...told, ...more.map(sentence => ({ text: sentence, evidence: first.evidence }))],
    verdict: 'true_positive',
    confidence: 0.8,
    next_steps: [],
    unknowns: [],
  })
}
