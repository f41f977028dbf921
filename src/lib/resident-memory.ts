import { readFileSync } from 'node:fs'

/** Memory that a process holds, in bytes; 0 where the system does not tell (not Linux) or the process is gone. */
export function residentBytes(pid: number | undefined): number {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * 4096
  } catch {
    return 0
  }
}
