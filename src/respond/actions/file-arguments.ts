import { z } from 'zod'

/**
 * A file on an endpoint, bound to its content: a file that was swapped since has another hash and is refused there.
 * The path is absolute, without `.` or `..` and without NUL; at most 4,096 bytes of UTF-8.
 */
export const fileArguments = z.strictObject({
  path: z
    .string()
    .min(2)
    .refine(path => /^(\/|[A-Za-z]:\\)/.test(path), 'the path must be absolute')
    .refine(path => !/^[A-Za-z]:.*~\d/.test(path), 'the path has a short (8.3) name in it')
    // Windows drops dots and blanks at the end of a name, and a colon opens another stream: two ways to write one file.
    .refine(
      path => !/^[A-Za-z]:.*(?::|[. ](?:[\\/]|$))/s.test(path),
      'the path has a name that Windows reads as another one',
    )
    .refine(path => !path.includes('\0'), 'the path has a NUL byte')
    .refine(
      path => !path.split(/[/\\]/).some(part => part === '.' || part === '..'),
      'the path has . or .. in it',
    )
    .refine(
      path => path.isWellFormed() && Buffer.byteLength(path) <= 4096,
      'the path is longer than 4,096 bytes',
    ),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 is 64 lower-case hexadecimal digits'),
})
