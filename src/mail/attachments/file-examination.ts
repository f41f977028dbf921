import type { Problem } from '../../lib/problem.ts'
import type { SignalId } from '../signals/signal-kinds.ts'

/** One thing noticed about an attachment. */
export interface AttachmentNote {
  readonly id: SignalId
  readonly strength: number
  readonly text: string
}

/** An address found inside an attachment. */
export interface AttachmentLink {
  readonly kind: 'attachment' | 'qr'
  readonly target: string
}

/** What is being gathered about one attachment and the files in it, with what is left of its budget. */
export interface FileExamination {
  readonly problems: Problem[]
  /** `part 2`. */
  readonly where: string
  readonly links: AttachmentLink[]
  readonly notes: AttachmentNote[]
  /** Shown each file that is looked at. */
  readonly onFile: ((name: string, bytes: Buffer) => void) | undefined
  unpackedBytes: number
  imagesRead: number
  note(id: SignalId, text: string, strength?: number): void
}

export function newExamination(
  problems: Problem[],
  where: string,
  onFile?: FileExamination['onFile'],
): FileExamination {
  const notes: AttachmentNote[] = []
  return {
    problems,
    where,
    links: [],
    notes,
    onFile,
    unpackedBytes: 0,
    imagesRead: 0,
    note(id, text, strength = 1) {
      notes.push({ id, text, strength })
    },
  }
}
