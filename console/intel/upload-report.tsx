import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { addReport } from '../api/intel.ts'
import { DropArea } from '../components/drop-area.tsx'
import { FileField, SelectField } from '../components/field.tsx'
import { toast, toastFailure } from '../components/toast.tsx'

const grades = [
  { value: 'A', label: 'A: completely reliable' },
  { value: 'B', label: 'B: usually reliable' },
  { value: 'C', label: 'C: fairly reliable' },
  { value: 'D', label: 'D: not usually reliable' },
  { value: 'E', label: 'E: unreliable' },
  { value: 'F', label: 'F: cannot be judged' },
] as const
type Grade = (typeof grades)[number]['value']

/** Chooses or drops a report. What it says stays text: nothing in it is run, and no link in it is opened. */
export function UploadReport({ onAdded }: { onAdded: (id: string) => void }) {
  const [trust, setTrust] = useState<Grade>('F')
  const upload = useMutation({
    mutationFn: (file: File) => addReport(file, trust),
    onSuccess: ({ id, known }) => {
      toast(
        known
          ? 'This text was here already: that report is shown.'
          : 'The report was read; the hunt has begun.',
      )
      onAdded(id)
    },
    onError: error => toastFailure('The report could not be added', error),
  })
  return (
    <DropArea
      label="Upload reports"
      className="flex flex-wrap items-start gap-4"
      onFiles={([file]) => {
        if (file !== undefined && !upload.isPending) upload.mutate(file)
      }}
    >
      <FileField
        label="Add a report"
        hint="Text, Markdown, HTML, PDF, DOCX, e-mail, STIX, MISP, JSON or CSV. Drop it here."
        disabled={upload.isPending}
        onFile={file => upload.mutate(file)}
      />
      <SelectField
        label="Trust in its source"
        options={grades}
        value={trust}
        onChange={event => setTrust(event.target.value as Grade)} // One of the options above.
      />
      {upload.isPending && <p role="status">Reading {upload.variables.name}…</p>}
    </DropArea>
  )
}
