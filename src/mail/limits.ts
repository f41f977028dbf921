/**
 * Every bound of the analysis in one place. Reaching one is a problem in the record, never an error and never silence.
 * Sized so that a 50 MB message stays under 300 MB of memory and a hostile one under a second or so.
 */
export const mailLimits = {
  /** Levels of multipart and message/rfc822 inside each other. */
  depth: 50,
  parts: 2_000,
  headerFields: 2_000,
  /** Bytes of one header value that are kept. */
  headerValueBytes: 65_536,
  /** Bytes of all headers of one part. */
  headerBlockBytes: 2 * 1024 * 1024,
  /** Decoded bytes of one text part that are read. */
  textPartBytes: 1024 * 1024,
  /** Characters of visible text over all parts. */
  textCharacters: 400_000,
  /** Characters of the body whose words and phrases are weighed. */
  foldedCharacters: 120_000,
  links: 2_000,
  /** Open elements inside each other. */
  htmlDepth: 3_000,
  subjectCharacters: 1_000,
  /** Decoded bytes of one attachment that are examined. */
  attachmentBytes: 12 * 1024 * 1024,
  attachments: 100,
  archiveEntries: 1_000,
  archiveDepth: 3,
  /** Unpacked bytes over one archive. */
  archiveBytes: 32 * 1024 * 1024,
  imagePixels: 4_000_000,
  images: 6,
  pdfStreams: 200,
  /** Streams of one PDF that are walked as drawings, among those with enough to draw. */
  pdfDrawings: 12,
} as const
