/** Which azid this is. A test holds it equal to package.json. */
export const version = '0.1.0'

/** Day of the release, for the man pages. */
export const releasedOn = '2026-11-21'
