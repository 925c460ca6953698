/** How the pages look: one style sheet, light and dark, for every width. It stands in the page, and the page's policy names its hash. */
import { createHash } from 'node:crypto'

export const style = `
:root {
  color-scheme: light dark;
  --ground: #eef2f7; --glow: #d9e6f7; --card: #ffffff; --edge: #dfe4ea; --text: #1b1b1b; --quiet: #5b6068;
  --line: #666c75; --accent: #0067b8; --accent-over: #005da6; --on-accent: #ffffff; --plain: #e6e8eb; --plain-over: #d8dbe0;
  --over: #f1f4f8; --error: #c50f1f; --badge: #e5f0fb; --badge-text: #004e8c; --code: #f5f7fa;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14171c; --glow: #1b2635; --card: #1f232a; --edge: #343a44; --text: #f3f4f6; --quiet: #aab1bc;
    --line: #9aa2ae; --accent: #479ef5; --accent-over: #62abf5; --on-accent: #0b1a2a; --plain: #353b45; --plain-over: #424954;
    --over: #2a3039; --error: #ff99a4; --badge: #16304b; --badge-text: #9ccbff; --code: #171a20;
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { font: 15px/1.45 "Segoe UI", "Segoe UI Web", system-ui, -apple-system, Roboto, "Noto Sans", "Helvetica Neue", sans-serif; }
body {
  margin: 0; min-height: 100vh; color: var(--text); display: flex; flex-direction: column; align-items: center;
  background: radial-gradient(60rem 32rem at 82% -8rem, var(--glow), transparent 70%), radial-gradient(50rem 30rem at 8% 108%, var(--glow), transparent 70%), var(--ground);
}
main { width: calc(100% - 32px); max-width: 440px; margin: auto; padding: 40px 0 24px; }
.card { background: var(--card); border: 1px solid var(--edge); border-radius: 6px; padding: 40px 44px 44px; box-shadow: 0 2px 6px rgb(0 0 0 / .12), 0 12px 32px rgb(0 0 0 / .08); }
.wide main, .wide footer { max-width: 620px; }
.brand { display: flex; align-items: center; gap: 10px; margin: 0 0 20px; font-size: 17px; font-weight: 600; color: var(--quiet); }
.brand svg { width: 22px; height: 22px; flex: none; }
.brand .badge { margin-left: auto; }
.badge { font-size: 12px; font-weight: 600; line-height: 1; padding: 5px 8px; border-radius: 999px; color: var(--badge-text); background: var(--badge); }
h1 { font-size: 24px; line-height: 1.2; font-weight: 600; margin: 0 0 14px; overflow-wrap: anywhere; }
p { margin: 0 0 14px; overflow-wrap: anywhere; }
.quiet { color: var(--quiet); }
.small { font-size: 13px; }
.who { display: flex; align-items: center; gap: 8px; margin: 0 0 16px; overflow-wrap: anywhere; }
label { display: block; font-size: 13px; color: var(--quiet); margin: 0 0 2px; }
input {
  width: 100%; font: inherit; color: inherit; background: transparent; padding: 7px 0; margin: 0; border: 0;
  border-bottom: 1px solid var(--line); border-radius: 0; outline: 0;
}
input:hover { border-bottom-color: var(--text); }
input:focus { border-bottom-color: var(--accent); box-shadow: 0 1px 0 var(--accent); }
input[aria-invalid="true"], input[aria-invalid="true"]:focus { border-bottom-color: var(--error); }
input[aria-invalid="true"]:focus { box-shadow: 0 1px 0 var(--error); }
input.code { font-family: Consolas, "Cascadia Mono", "Noto Sans Mono", ui-monospace, monospace; font-size: 20px; letter-spacing: .12em; text-transform: uppercase; }
input.digits { letter-spacing: .2em; font-size: 20px; }
.field { margin: 0 0 16px; }
.error { color: var(--error); margin: 0 0 12px; }
.buttons { display: flex; justify-content: flex-end; gap: 8px; margin: 26px 0 0; }
button, .button {
  font: inherit; min-width: 108px; min-height: 34px; padding: 5px 14px; border: 1px solid transparent; border-radius: 3px; cursor: pointer;
  color: var(--text); background: var(--plain); text-align: center; text-decoration: none; display: inline-block;
}
button:hover, .button:hover { background: var(--plain-over); }
button.primary { color: var(--on-accent); background: var(--accent); font-weight: 600; }
button.primary:hover { background: var(--accent-over); }
button.link { min-width: 0; min-height: 24px; padding: 0; border: 0; background: none; color: var(--accent); font-weight: 400; text-align: left; }
button.link:hover { text-decoration: underline; }
:focus-visible { outline: 2px solid var(--text); outline-offset: 2px; }
input:focus-visible { outline: 0; }
.accounts { list-style: none; padding: 0; margin: 8px -44px -16px; }
.accounts button {
  display: flex; align-items: center; gap: 14px; width: 100%; padding: 12px 44px; border-radius: 0; background: none; text-align: left; line-height: 1.3;
}
.accounts button:hover { background: var(--over); }
.accounts button:focus-visible { outline-offset: -3px; }
.face { flex: none; width: 42px; height: 42px; border-radius: 50%; display: grid; place-items: center; font-weight: 600; color: var(--badge-text); background: var(--badge); }
.accounts b { display: block; font-weight: 600; }
.accounts span span { display: block; overflow-wrap: anywhere; }
.permissions { margin: 0 0 18px; padding: 0; list-style: none; border-top: 1px solid var(--edge); }
.permissions li { padding: 10px 0; border-bottom: 1px solid var(--edge); }
.permissions b { display: block; font-weight: 600; }
.app { display: flex; align-items: center; gap: 14px; margin: 0 0 16px; }
.app b { display: block; font-size: 17px; font-weight: 600; overflow-wrap: anywhere; }
.app .face { border-radius: 6px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 6px 16px; margin: 0; font-size: 13px; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
.message { background: var(--code); border: 1px solid var(--edge); border-radius: 4px; padding: 12px 14px; font-size: 13px; margin: 0 0 18px; overflow-wrap: anywhere; }
.done { display: grid; place-items: center; width: 52px; height: 52px; border-radius: 50%; background: var(--badge); color: var(--badge-text); margin: 4px 0 18px; }
.done svg { width: 26px; height: 26px; }
footer { width: calc(100% - 32px); max-width: 440px; padding: 0 4px 24px; color: var(--quiet); font-size: 12px; }
details { margin: 0 0 10px; }
summary { cursor: pointer; width: max-content; padding: 2px 0; }
details dl { padding: 8px 0 4px; font-size: 12px; gap: 3px 12px; }
footer p { margin: 0; }
@media (max-width: 480px) {
  body { background: var(--card); }
  main, footer { width: 100%; }
  main { margin: 0; padding: 0; }
  .card { border: 0; border-radius: 0; box-shadow: none; padding: 28px 24px 32px; }
  .accounts { margin: 8px -24px 0; }
  button { min-height: 40px; }
  .accounts button { padding: 12px 24px; }
  footer, .wide footer { padding: 0 24px 24px; margin-top: auto; max-width: none; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin: 0 0 8px; }
}
@media (forced-colors: active) { button, .button { border-color: ButtonText; } }
`

/** What `style-src` must name. */
export const styleHash = `'sha256-${createHash('sha256').update(style).digest('base64')}'`
