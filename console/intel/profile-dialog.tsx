import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Profile, ProfileBody } from '../../src/http/contract-intel.ts'
import { writeProfile } from '../api/intel.ts'
import { failureText } from '../api/request.ts'
import { Button } from '../components/button.tsx'
import { Dialog } from '../components/dialog.tsx'
import { SelectField, TextField } from '../components/field.tsx'
import { toast } from '../components/toast.tsx'

const cadences = [
  { value: 'off', label: 'not at all' },
  { value: 'daily', label: 'every day' },
  { value: 'weekly', label: 'on Mondays' },
] as const

const listOf = (text: string) =>
  text
    .split(',')
    .map(each => each.trim())
    .filter(each => each !== '')

/** What the organisation is and uses, and who gets the digest. */
export function ProfileDialog({ profile, onClose }: { profile: Profile; onClose: () => void }) {
  const client = useQueryClient()
  const [sectors, setSectors] = useState(profile.sectors.join(', '))
  const [technologies, setTechnologies] = useState(profile.technologies.join(', '))
  const [recipients, setRecipients] = useState(profile.recipients.join(', '))
  const [cadence, setCadence] = useState<ProfileBody['cadence']>(profile.cadence)
  const [hour, setHour] = useState(String(profile.hour))
  const save = useMutation({
    mutationFn: () =>
      writeProfile({
        sectors: listOf(sectors),
        technologies: listOf(technologies),
        recipients: listOf(recipients),
        cadence,
        hour: Number(hour),
      }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['intel'] })
      toast('Saved. The digest is ranked by it from now on.')
      onClose()
    },
  })
  return (
    <Dialog title="What the digest is ranked by, and who gets it" onClose={onClose} wide>
      <form
        className="grid gap-3"
        onSubmit={event => {
          event.preventDefault()
          save.mutate()
        }}
      >
        <TextField
          label="Sectors"
          hint="As reports write them, separated by commas: energy, health care."
          value={sectors}
          onChange={event => setSectors(event.target.value)}
        />
        <TextField
          label="Technologies"
          hint="Products and platforms in use, separated by commas: FortiGate, Exchange, VMware."
          value={technologies}
          onChange={event => setTechnologies(event.target.value)}
        />
        <div className="grid gap-3 sm:grid-cols-2">
          <SelectField
            label="Send by mail"
            options={cadences}
            value={cadence}
            onChange={event => setCadence(event.target.value as ProfileBody['cadence'])} // One of the options above.
          />
          <TextField
            label="Hour of the day, UTC"
            type="number"
            min={0}
            max={23}
            required
            value={hour}
            onChange={event => setHour(event.target.value)}
          />
        </div>
        <TextField
          label="Recipients"
          hint="Mail addresses, separated by commas. Titles of reports under a TLP mark stay in the console."
          value={recipients}
          error={save.isError ? failureText(save.error) : undefined}
          onChange={event => setRecipients(event.target.value)}
        />
        <div className="flex justify-end gap-2">
          <Button look="quiet" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" look="primary" busy={save.isPending}>
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
