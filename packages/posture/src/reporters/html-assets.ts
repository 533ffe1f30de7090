/** The page's one style sheet. Colours have a contrast of at least 4.5 in both schemes. */
export const STYLE = `
:root { color-scheme: light dark; --text: #1c2330; --soft: #566074; --page: #ffffff; --panel: #f3f5f8; --line: #d5dae3;
  --critical: #8a1558; --high: #b3261e; --medium: #8a5300; --low: #1d5fa8; --info: #566074; --pass: #1a6b3c; }
@media (prefers-color-scheme: dark) { :root { --text: #e6e9ef; --soft: #a3adbf; --page: #12161d; --panel: #1b212b; --line: #38414f;
  --critical: #ff9ad5; --high: #ff9b94; --medium: #f2b866; --low: #8ec2ff; --info: #a3adbf; --pass: #7fd8a4; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 72rem; padding: 1.5rem; font: 1rem/1.5 system-ui, sans-serif; color: var(--text); background: var(--page); }
h1 { font-size: 1.6rem; margin: 0 0 .25rem; } h2 { font-size: 1.25rem; margin: 2rem 0 .75rem; } h3 { font-size: 1rem; margin: 0; }
.soft { color: var(--soft); } code { font: .875rem/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); gap: .75rem; margin: 1rem 0; padding: 0; }
.tiles > div { background: var(--panel); border: 1px solid var(--line); border-radius: .5rem; padding: .75rem; }
.tiles dt { color: var(--soft); font-size: .875rem; } .tiles dd { margin: 0; font-size: 1.6rem; font-weight: 600; }
table { width: 100%; border-collapse: collapse; } th, td { text-align: left; vertical-align: top; padding: .5rem; border-bottom: 1px solid var(--line); }
caption { text-align: left; color: var(--soft); padding-bottom: .5rem; } td.number, th.number { text-align: right; }
.critical { color: var(--critical); } .high { color: var(--high); } .medium { color: var(--medium); } .low { color: var(--low); } .info { color: var(--info); }
.pass { color: var(--pass); } .fail { color: var(--high); } .unknown { color: var(--medium); }
.badge { font-weight: 600; } .notice { border-left: .25rem solid var(--high); background: var(--panel); padding: .75rem 1rem; margin: 1rem 0; }
details { border: 1px solid var(--line); border-radius: .5rem; margin: .5rem 0; } summary { padding: .6rem .75rem; cursor: pointer; }
details > :not(summary) { margin: .5rem .75rem; } details ul { padding-left: 1.2rem; }
form { display: flex; flex-wrap: wrap; gap: 1rem; align-items: end; margin: .75rem 0; } label { display: grid; gap: .25rem; }
input, select { font: inherit; color: inherit; background: var(--page); border: 1px solid var(--soft); border-radius: .35rem; padding: .35rem .5rem; }
a:focus-visible, summary:focus-visible, input:focus-visible, select:focus-visible { outline: 3px solid var(--low); outline-offset: 2px; }
[hidden] { display: none !important; }
@media print { body { max-width: none; padding: 0; font-size: 10pt; } form { display: none; } details { break-inside: avoid; } details::details-content { content-visibility: visible; } }
`;

/** Filters the findings by words and severity, and opens all of them to be printed. The page says everything without it. */
export const SCRIPT = `
const form = document.querySelector("form");
const words = document.querySelector("#words");
const severity = document.querySelector("#severity");
const count = document.querySelector("#count");
const groups = [...document.querySelectorAll("details[data-severity]")];
function filter() {
  const wanted = words.value.toLowerCase().split(/\\s+/).filter(Boolean);
  let shown = 0;
  for (const group of groups) {
    const head = group.dataset.text;
    let any = 0;
    for (const item of group.querySelectorAll("tbody tr")) {
      const text = head + " " + item.textContent.toLowerCase();
      item.hidden = !wanted.every((word) => text.includes(word));
      if (!item.hidden) any += 1;
    }
    group.hidden = any === 0 || (severity.value !== "" && severity.value !== group.dataset.severity);
    if (!group.hidden) shown += any;
  }
  count.textContent = shown + " shown";
}
if (form) {
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", filter);
}
addEventListener("beforeprint", () => { for (const group of document.querySelectorAll("details")) group.open = true; });
`;
