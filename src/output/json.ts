/** JSON for stdout that is safe to print wherever it goes: a terminal, a log, a pipeline that obeys its log's lines. */

// JSON.stringify leaves these as they are: DEL, the C1 controls (CSI is one), line separators, marks that reorder text.
const unsafe = /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

/**
 * Two spaces of indent and one newline at the end. Same value as `JSON.stringify` gives, but every character that a
 * terminal would obey is escaped, and so is `##`, with which Azure Pipelines and GitHub Actions find commands in a line.
 */
export function printJson(value: unknown): string {
  const text = JSON.stringify(value, null, 2)
    .replace(unsafe, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .replace(/##/g, '#\\u0023')
  return `${text}\n`
}
