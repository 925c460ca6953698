/** A credential's choice in one line, for `-v` and `chain`. */
import type { Choice } from '../engine/types.ts'

/** `managed identity host: App Service, because of IDENTITY_ENDPOINT and IDENTITY_HEADER; otherwise IMDS` */
export function drawChoice({ what, because, otherwise }: Choice): string {
  const names = because.length < 3 ? because.join(' and ') : `${because.slice(0, -1).join(', ')} and ${because.at(-1)}`
  const reason = because.length === 0 ? ', because nothing names another' : `, because of ${names}`
  return `${what}${reason}${otherwise === undefined ? '' : `; otherwise ${otherwise}`}`
}
