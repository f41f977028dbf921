import type { Diagnostic } from '@codemirror/lint'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { YaraDiagnostic } from '../../src/http/contract-yara.ts'
import { addPack } from '../api/yara.ts'
import { Button } from '../components/button.tsx'
import { CodeEditor } from '../components/code-editor.tsx'
import { Complaint } from '../components/complaint.tsx'
import { FileField, TextField } from '../components/field.tsx'
import { Form } from '../components/form.tsx'
import { toast } from '../components/toast.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import { lineMark } from '../text/line-mark.ts'

/** Writes or pastes rules, or reads them from a file; what does not compile is marked at its line and not kept. */
export function PackEditor({ onDone }: { onDone: () => void }) {
  const client = useQueryClient()
  const [name, setName] = useState('')
  const [source, setSource] = useState('')
  const [checked, setChecked] = useState<{ source: string; findings: readonly YaraDiagnostic[] }>()
  const add = useMutation({
    mutationFn: () => addPack(name, source),
    onSuccess: async ({ version, findings }) => {
      setChecked({ source, findings })
      if (version === null) return
      await client.invalidateQueries({ queryKey: ['yara'] })
      toast(`Added as ${name} ${version}, a draft: put it into use below.`)
      onDone()
    },
  })
  const findings = checked?.source === source ? checked.findings : []
  const marks: Diagnostic[] = findings.flatMap(({ line, column, message, severity }) => {
    const mark = line === null ? undefined : lineMark(source, line, column ?? undefined)
    return mark === undefined ? [] : [{ ...mark, message, severity }]
  })
  return (
    <Form aria-label="Add rules" className="grid grid-cols-1 gap-3" onSubmit={() => add.mutate()}>
      <div className="flex flex-wrap items-end gap-3">
        <TextField
          label="Name of the pack"
          hint="A name that is there already gets its next version."
          required
          pattern="[a-z0-9][a-z0-9._\-]{0,59}"
          value={name}
          onChange={event => setName(event.target.value)}
        />
        <FileField
          label="From a file"
          accept=".yar,.yara,text/plain"
          onFile={async file => {
            setSource(await file.text())
            if (name === '') setName(packNameOf(file.name))
          }}
        />
      </div>
      <CodeEditor label="Rules" language="yara" value={source} diagnostics={marks} onChange={setSource} />
      <ul className="grid gap-1">
        {findings.map(each => (
          <li
            key={`${each.line} ${each.message}`}
            className={each.severity === 'error' ? 'font-medium text-bad' : 'text-muted'}
          >
            {each.severity === 'error' ? 'Error' : 'Warning'}
            {each.line !== null && `, line ${each.line}`}: <Untrusted text={each.message} />
          </li>
        ))}
      </ul>
      <Complaint error={add.error} />
      <div className="flex gap-2">
        <Button type="submit" look="primary" busy={add.isPending} disabled={name === '' || source === ''}>
          Compile and add
        </Button>
        <Button onClick={onDone}>Cancel</Button>
      </div>
    </Form>
  )
}

function packNameOf(file: string): string {
  return file
    .toLowerCase()
    .replace(/\.ya?ra?$/, '')
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 60)
}
