import { expect, it } from 'vitest'
import { pageContextOf } from './page-context.ts'

it('knows what is open from the address alone', () => {
  expect(pageContextOf('/cases/case_1').context).toEqual({ caseId: 'case_1', page: 'case' })
  expect(pageContextOf('/entities/file/%2Fetc%2Fpasswd').context.entity).toEqual({
    type: 'file',
    value: '/etc/passwd',
  })
  expect(pageContextOf('/').words).toBeUndefined()
  expect(pageContextOf('/assistant', 'case_2').context.caseId).toBe('case_2')
})
