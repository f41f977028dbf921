import { useEffect, useState } from 'react'
import type { ChatAnswer } from '../../src/http/contract-chat.ts'
import type { EmbedSession } from '../../src/http/contract-embed.ts'
import { Button, buttonClass } from '../components/button.tsx'
import { Claim } from '../components/claim.tsx'
import { Field, inputClass } from '../components/field.tsx'
import { Form } from '../components/form.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { askEmbedded, type DashboardContext, readDashboardOrigin, waitForDashboard } from './embed-session.ts'

/** Tocsin in the Wazuh dashboard: ask about what is open there; cases, proposals and everything else open in a tab. */
export function EmbedPage() {
  const [session, setSession] = useState<EmbedSession>()
  const [context, setContext] = useState<DashboardContext>({ agentId: null, alertId: null })
  const [trouble, setTrouble] = useState<string>()
  useEffect(() => {
    let stop: () => void = () => undefined
    let gone = false
    void readDashboardOrigin().then(
      origin => {
        // A page that is gone asks for no token: two that ask would take the same one twice.
        if (gone) return
        if (origin === null) setTrouble('No dashboard is set: TOCSIN_DASHBOARD_ORIGIN, TOCSIN_DASHBOARD_KEY.')
        else
          stop = waitForDashboard(
            origin,
            (opened, open) => {
              setSession(opened)
              setContext(open)
            },
            setTrouble,
          )
      },
      () => setTrouble('Tocsin does not answer.'),
    )
    return () => {
      gone = true
      stop()
    }
  }, [])
  return (
    <main className="grid grid-cols-[minmax(0,1fr)] gap-3 p-4">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h1 className="text-lg font-semibold">Tocsin</h1>
        <a href="/" target="_blank" rel="noopener" className={buttonClass('plain')}>
          Open Tocsin
        </a>
      </div>
      {trouble !== undefined && (
        <p role="alert" className="text-bad">
          <Untrusted text={trouble} limit={500} />
        </p>
      )}
      {session === undefined ? (
        trouble === undefined && <p className="text-muted">Waiting for the dashboard to say who you are…</p>
      ) : (
        <Questions session={session} context={context} />
      )}
    </main>
  )
}

function Questions({ session, context }: { session: EmbedSession; context: DashboardContext }) {
  const [text, setText] = useState('')
  const [answer, setAnswer] = useState<ChatAnswer>()
  const [busy, setBusy] = useState(false)
  const [failure, setFailure] = useState<string>()
  const ask = async (question: string) => {
    setBusy(true)
    setFailure(undefined)
    try {
      setAnswer(await askEmbedded(session, { question }))
    } catch (error) {
      setFailure(error instanceof Error ? error.message : String(error))
    } finally {
      setBusy(false)
    }
  }
  const suggestions = [
    ...(context.alertId === null ? [] : [`Explain alert ${context.alertId}`]),
    ...(context.agentId === null ? [] : [`What happened on agent ${context.agentId}?`]),
    'What is the most severe alert?',
    'Top 5 source addresses',
  ]
  return (
    <>
      <p className="text-sm text-muted">
        Signed in as <Untrusted text={session.username} limit={100} /> by the dashboard, reading only.
      </p>
      <Form
        className="grid gap-2"
        onSubmit={() => {
          if (text.trim() !== '') void ask(text.trim())
        }}
      >
        <Field label="Question" error={failure}>
          {control => (
            <input
              {...control}
              className={inputClass}
              maxLength={2000}
              value={text}
              onChange={event => setText(event.target.value)}
            />
          )}
        </Field>
        <Button
          type="submit"
          look="primary"
          className="justify-self-start"
          busy={busy}
          disabled={text.trim() === ''}
        >
          Ask
        </Button>
        <div className="flex flex-wrap gap-1.5">
          {suggestions.map(each => (
            <Button key={each} onClick={() => void ask(each)}>
              <Untrusted text={each} limit={120} />
            </Button>
          ))}
        </div>
      </Form>
      {answer !== undefined && <EmbeddedAnswer answer={answer} />}
    </>
  )
}

function EmbeddedAnswer({ answer }: { answer: ChatAnswer }) {
  const [open, setOpen] = useState<string>()
  const item = answer.evidence.find(each => each.id === open)
  return (
    <section aria-label="Answer" className="grid gap-2">
      <ul className="grid gap-1">
        {answer.sentences.map(sentence => (
          <Claim
            key={sentence.text}
            claim={{ ...sentence, evidence: sentence.evidence.map(id => ({ id, quote: '' })) }}
            evidence={answer.evidence}
            openId={open}
            onOpen={id => setOpen(now => (now === id ? undefined : id))}
          />
        ))}
      </ul>
      {item !== undefined && (
        <figure className="grid gap-1 rounded bg-sunken p-2">
          <figcaption className="text-xs text-muted">
            {item.id}: <Untrusted text={`${item.label}, ${item.source} ${item.pointer}`} limit={400} />
          </figcaption>
          <blockquote className="font-mono text-xs">
            <Untrusted text={item.quote} layout />
          </blockquote>
          {item.pointer.startsWith('/') && (
            <a
              className="text-accent underline"
              target="_blank"
              rel="noopener"
              href={`/alert?key=${encodeURIComponent(item.source)}`}
            >
              Open its case in Tocsin
            </a>
          )}
        </figure>
      )}
    </section>
  )
}
