import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type DragEvent, useId, useState } from 'react'
import { mailHref, uploadMail } from '../api/mail.ts'
import { buttonClass } from '../components/button.tsx'
import { toastFailure } from '../components/toast.tsx'
import { useGo } from '../router.tsx'

/** Takes .eml and .msg files, dropped or chosen. One opens its page; several fill the list. */
export function MailUpload() {
  const id = useId()
  const go = useGo()
  const client = useQueryClient()
  const [over, setOver] = useState(false)
  const upload = useMutation({
    mutationFn: (files: readonly File[]) => Promise.all(files.map(uploadMail)),
    onSuccess: mails => {
      void client.invalidateQueries({ queryKey: ['mail'] })
      const [only, ...others] = mails
      if (only !== undefined && others.length === 0) go(mailHref(only.id))
    },
    onError: error => toastFailure('The mail could not be analysed', error),
  })
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    upload.mutate([...event.dataTransfer.files])
  }
  return (
    <section
      aria-label="Upload mails"
      onDragOver={event => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      className={`mx-4 flex flex-wrap items-center gap-3 rounded border border-dashed p-3 ${over ? 'border-accent bg-selected' : 'border-line-strong'}`}
    >
      <label htmlFor={id} className={`${buttonClass('plain')} cursor-pointer`}>
        {upload.isPending ? 'Analysing …' : 'Choose files'}
      </label>
      <input
        id={id}
        type="file"
        accept=".eml,.msg,message/rfc822"
        multiple
        className="sr-only"
        onChange={event => {
          upload.mutate([...(event.target.files ?? [])])
          event.target.value = ''
        }}
      />
      <p className="min-w-0 flex-1 basis-40 text-muted">
        or drop .eml and .msg files here. Nothing in them is opened or fetched.
      </p>
    </section>
  )
}
