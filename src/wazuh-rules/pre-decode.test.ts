import { describe, expect, it } from 'vitest'
import { preDecode } from './pre-decode.ts'

describe('the pre-decoder', () => {
  it.each<[string, { timestamp?: string; hostname?: string; programName?: string; log: string }]>([
    [
      'Feb 10 23:21:05 web1 sshd[12]: hello',
      { timestamp: 'Feb 10 23:21:05', hostname: 'web1', programName: 'sshd', log: 'hello' },
    ],
    [
      'Feb 10 23:21:05 web1 su: hi',
      { timestamp: 'Feb 10 23:21:05', hostname: 'web1', programName: 'su', log: 'hi' },
    ],
    [
      'Feb 10 23:21:05 web1 su:hi',
      { timestamp: 'Feb 10 23:21:05', hostname: 'web1', programName: 'su', log: 'hi' },
    ],
    ['Feb 10 23:21:05 su: hi', { timestamp: 'Feb 10 23:21:05', programName: 'su', log: 'hi' }],
    ['Feb 10 23:21:05 a=b', { timestamp: 'Feb 10 23:21:05', log: 'a=b' }],
    ['Feb 10 23:21:05 web1 a=b', { timestamp: 'Feb 10 23:21:05', hostname: 'web1', log: 'a=b' }],
    [
      'Feb 10 23:21:05 web1 app[1] text',
      { timestamp: 'Feb 10 23:21:05', hostname: 'web1', programName: 'app', log: 'text' },
    ],
    [
      'Feb 10 23:21:05 web1 app[1x text',
      { timestamp: 'Feb 10 23:21:05', hostname: 'web1', log: 'app[1x text' },
    ],
    [
      'Feb 10 23:21:05 web1 auth|security:info su: bad',
      { timestamp: 'Feb 10 23:21:05', hostname: 'web1', programName: 'su', log: 'bad' },
    ],
    [
      'Feb 10 23:21:05 web1 su: [ID 366847 auth.notice] bad',
      { timestamp: 'Feb 10 23:21:05', hostname: 'web1', programName: 'su', log: 'bad' },
    ],
    [
      '2007-06-14T15:48:55-04:00 web1 su: this is long enough',
      {
        timestamp: '2007-06-14T15:48:55-04:00',
        hostname: 'web1',
        programName: 'su',
        log: 'this is long enough',
      },
    ],
    [
      '2022-12-19T15:02:53.288+00:00 web1 su: this is long',
      {
        timestamp: '2022-12-19T15:02:53.288+00:00',
        hostname: 'web1',
        programName: 'su',
        log: 'this is long',
      },
    ],
    [
      '2009-05-22T09:36:46.214994-07:00 web1 su: hi',
      { timestamp: '2009-05-22T09:36:46.214994-07:00', hostname: 'web1', programName: 'su', log: 'hi' },
    ],
    [
      '2015 Dec 29 10:00:01 web1 su: hi',
      { timestamp: '2015 Dec 29 10:00:01', hostname: 'web1', programName: 'su', log: 'hi' },
    ],
    ['[Fri Feb 11 18:06:35 2004] [warn] text', { timestamp: 'Fri Feb 11 18:06:35 2004', log: '[warn] text' }],
    ['01/28-09:13:16.240702  [**] text', { timestamp: '01/28-09:13:16.240702', log: '[**] text' }],
    ['01/28/1979-09:13:16.240702  [**] text', { timestamp: '01/28/1979-09:13:16.240702', log: '[**] text' }],
    [
      'Mon Apr 17 18:27:14 2006 1 64.160.42.130',
      { timestamp: 'Mon Apr 17 18:27:14 2006', log: '1 64.160.42.130' },
    ],
    [
      '1140804070.368  11623 1.2.3.4 TCP_MISS/200',
      { timestamp: '1140804070.368 ', log: '11623 1.2.3.4 TCP_MISS/200' },
    ],
    [
      '[Time 2006.12.28 15:53:55 UTC] [Facility auth] [Sender sshd] [PID 4] [Message no way] [Host mac]',
      { hostname: 'mac', programName: 'sshd', log: 'no way' },
    ],
    ['<13>Feb 10 23:21:05 web1 su: hi', { log: '<13>Feb 10 23:21:05 web1 su: hi' }],
    ['{"a":1}', { log: '{"a":1}' }],
    ['', { log: '' }],
  ])('reads %s', (fullLog, expected) => {
    const { fullLog: kept, ...found } = preDecode(fullLog)
    expect(kept).toBe(fullLog)
    expect(found).toEqual({ timestamp: undefined, hostname: undefined, programName: undefined, ...expected })
  })
})
