const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** `4 m`, `3 h`, `2 d`: how long, in the one unit that matters. Input in milliseconds, sign ignored. */
export function shortDuration(milliseconds: number): string {
  const span = Math.abs(milliseconds)
  if (span < minute) return `${Math.floor(span / 1000)} s`
  if (span < hour) return `${Math.floor(span / minute)} m`
  if (span < 2 * day) return `${Math.floor(span / hour)} h`
  return `${Math.floor(span / day)} d`
}

/** `1:04:09` or `4:09`: a running clock, for deadlines. */
export function clockDuration(milliseconds: number): string {
  const seconds = Math.floor(Math.abs(milliseconds) / 1000)
  const pad = (value: number) => String(value).padStart(2, '0')
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor((seconds % 3600) / 60)
  if (hours >= 48) return `${Math.floor(hours / 24)} d ${hours % 24} h`
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(seconds % 60)}` : `${minutes}:${pad(seconds % 60)}`
}

/** `2026-11-24 22:41:07`, local time: sorts as it reads and is the same for everyone on a shift. */
export function fullTime(timestampMs: number): string {
  const date = new Date(timestampMs)
  if (Number.isNaN(date.getTime())) return 'unknown time'
  const pad = (value: number) => String(value).padStart(2, '0')
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())} ${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`
}

/** `22:41:07` today, `11-24 22:41` this year, `2025-11-24` before; `precise` keeps the seconds this year and the clock before. */
export function compactTime(timestampMs: number, nowMs: number, precise = false): string {
  const full = fullTime(timestampMs)
  const now = fullTime(nowMs)
  if (full.slice(0, 10) === now.slice(0, 10)) return full.slice(11)
  if (precise) return full.slice(0, 4) === now.slice(0, 4) ? full.slice(5) : full
  return full.slice(0, 4) === now.slice(0, 4) ? full.slice(5, 16) : full.slice(0, 10)
}
