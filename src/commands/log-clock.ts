const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/**
 * A clock that follows the timestamps of the logs (syslog, ISO, Apache). Syslog names no year: the one of `--at` is
 * taken, and the year moves on where the month jumps back by more than half a year. A log without a time keeps the last.
 */
export function logClock(startSeconds: number): (log: string) => number {
  let now = startSeconds
  let year = new Date(startSeconds * 1000).getUTCFullYear()
  let lastMonth = -1
  return log => {
    const iso = /(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)/.exec(log.slice(0, 40))
    const syslog = /([A-Z][a-z]{2}) +(\d{1,2}) (\d\d):(\d\d):(\d\d)(?: (\d{4}))?/.exec(log.slice(0, 40))
    const month = months.indexOf(syslog?.[1] ?? '')
    if (iso)
      now =
        Date.UTC(
          +(iso[1] ?? 0),
          +(iso[2] ?? 1) - 1,
          +(iso[3] ?? 1),
          +(iso[4] ?? 0),
          +(iso[5] ?? 0),
          +(iso[6] ?? 0),
        ) / 1000
    else if (syslog && month >= 0) {
      if (syslog[6]) year = Number(syslog[6])
      else if (lastMonth - month > 6) year++
      lastMonth = month
      now =
        Date.UTC(year, month, +(syslog[2] ?? 1), +(syslog[3] ?? 0), +(syslog[4] ?? 0), +(syslog[5] ?? 0)) /
        1000
    }
    return now
  }
}
