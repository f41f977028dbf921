import { useMutation, useQueryClient } from '@tanstack/react-query'
import { mailHref, uploadMail } from '../api/mail.ts'
import { ChooseFiles } from '../components/choose-files.tsx'
import { DropArea } from '../components/drop-area.tsx'
import { toastFailure } from '../components/toast.tsx'
import { useGo } from '../router.tsx'

/** Takes .eml and .msg files, dropped or chosen. One opens its page; several fill the list. */
export function MailUpload() {
  const go = useGo()
  const client = useQueryClient()
  const upload = useMutation({
    mutationFn: (files: readonly File[]) => Promise.all(files.map(uploadMail)),
    onSuccess: mails => {
      void client.invalidateQueries({ queryKey: ['mail'] })
      const [only, ...others] = mails
      if (only !== undefined && others.length === 0) go(mailHref(only.id))
    },
    onError: error => toastFailure('The mail could not be analysed', error),
  })
  return (
    <DropArea
      label="Upload mails"
      className="mx-4 flex flex-wrap items-center gap-3"
      onFiles={files => upload.mutate(files)}
    >
      <ChooseFiles
        busy={upload.isPending ? 'Analysing …' : undefined}
        accept=".eml,.msg,message/rfc822"
        onFiles={files => upload.mutate(files)}
      />
      <p className="min-w-0 flex-1 basis-40 text-muted">
        or drop .eml and .msg files here. Nothing in them is opened or fetched.
      </p>
    </DropArea>
  )
}
