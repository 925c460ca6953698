// Loaded before a measured program: tells on file descriptor 3 how much memory it had at most, in KiB.
'use strict'
process.on('exit', () => require('node:fs').writeSync(3, String(process.resourceUsage().maxRSS)))
