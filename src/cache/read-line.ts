/** Small files of one line, such as machine ids and `/proc` entries. */
import type { FileSystem } from '../runtime.ts'

/** The trimmed text of a small file, or null where it is not there, not readable or empty. */
export async function readLine(path: string, files: Pick<FileSystem, 'read'>): Promise<string | null> {
  const content = await files.read(path, { maxBytes: 4096 })
  if (!content.ok) return null
  const line = Buffer.from(content.value).toString('utf8').trim()
  return line === '' ? null : line
}
