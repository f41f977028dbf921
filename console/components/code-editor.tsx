import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint'
import { tags } from '@lezer/highlight'
import { basicSetup, EditorView } from 'codemirror'
import { useEffect, useRef } from 'react'
import { type CodeLanguage, ruleLanguages } from './rule-languages.ts'

/**
 * An editor for rules. `diagnostics` (UTF-16 offsets) are shown at their lines. It lives in a shadow root: there CodeMirror
 * uses constructed style sheets, which the CSP allows; elsewhere it would write style elements, which it does not.
 * Changing `language` or `label` means mounting anew (`key`).
 */
export function CodeEditor({
  label,
  value,
  language,
  diagnostics = [],
  readOnly = false,
  onChange,
}: {
  label: string
  value: string
  language: CodeLanguage
  diagnostics?: readonly Diagnostic[]
  readOnly?: boolean
  onChange?: (value: string) => void
}) {
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(undefined)
  const change = useRef(onChange)
  change.current = onChange
  const first = useRef({ value, language, label, readOnly })

  useEffect(() => {
    if (host.current === null) return
    const root = host.current.shadowRoot ?? host.current.attachShadow({ mode: 'open' })
    const start = first.current
    const editor = new EditorView({
      doc: start.value,
      root,
      parent: root,
      extensions: [
        basicSetup,
        ruleLanguages[start.language](),
        lintGutter(),
        syntaxHighlighting(colours),
        look,
        EditorView.lineWrapping,
        EditorView.editable.of(!start.readOnly),
        EditorView.contentAttributes.of({ 'aria-label': start.label }),
        EditorView.updateListener.of(update => {
          if (update.docChanged) change.current?.(update.state.doc.toString())
        }),
      ],
    })
    view.current = editor
    return () => editor.destroy()
  }, [])

  useEffect(() => {
    const editor = view.current
    const current = editor?.state.doc.toString()
    if (editor !== undefined && current !== value)
      editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } })
  }, [value])

  useEffect(() => {
    const editor = view.current
    if (editor === undefined) return
    const end = editor.state.doc.length
    const inside = diagnostics.map(each => ({
      ...each,
      from: Math.min(each.from, end),
      to: Math.min(each.to, end),
    }))
    editor.dispatch(setDiagnostics(editor.state, inside))
  }, [diagnostics])

  return <div ref={host} className="min-h-24 overflow-auto rounded border border-line-strong bg-surface" />
}

/** The console's own colours and type; custom properties reach into the shadow root. */
const look = EditorView.theme({
  '&': { color: 'var(--text)', backgroundColor: 'var(--surface)', fontSize: '0.8125rem' },
  '.cm-content, .cm-gutters': { fontFamily: 'ui-monospace, "DejaVu Sans Mono", monospace' },
  '.cm-content': { caretColor: 'var(--text)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-gutters': { color: 'var(--faint)', backgroundColor: 'var(--sunken)', border: 'none' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--selected)' },
  '&.cm-focused': { outline: '2px solid var(--focus)' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--mark)' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': {
    color: 'var(--text)',
    backgroundColor: 'var(--selected)',
  },
  '.cm-completionDetail': { color: 'var(--muted)' },
  '.cm-tooltip': {
    color: 'var(--text)',
    backgroundColor: 'var(--surface)',
    border: '1px solid var(--line-strong)',
  },
  // CodeMirror draws these as data: images, which the CSP forbids.
  '.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy var(--bad)' },
  '.cm-lintRange-warning': { backgroundImage: 'none', textDecoration: 'underline wavy var(--high)' },
  '.cm-lint-marker-error': { content: 'none', borderRadius: '50%', backgroundColor: 'var(--bad)' },
  '.cm-lint-marker-warning': { content: 'none', borderRadius: '2px', backgroundColor: 'var(--high)' },
})

/** In place of the default colours, which are too faint on a dark ground. */
const colours = HighlightStyle.define([
  { tag: [tags.tagName, tags.keyword, tags.propertyName], color: 'var(--accent)' },
  { tag: [tags.attributeName], color: 'var(--muted)' },
  { tag: [tags.string, tags.attributeValue], color: 'var(--good)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--medium)' },
  { tag: [tags.comment], color: 'var(--faint)', fontStyle: 'italic' },
  { tag: [tags.invalid], color: 'var(--bad)' },
])
