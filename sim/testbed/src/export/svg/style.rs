//! Colours, fonts, patterns and arrowheads.

/// What is defined before anything is drawn. A viewer that knows no dark pages draws a light one.
pub(super) const STYLE: &str = r##"<style>
text { font: 12px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: #1f2328; white-space: pre }
.title { font-weight: 700; font-size: 15px }
.head, .op, .violated { font-weight: 700 }
.soft { fill: #656d76 }
.bad, .violated { fill: #b3261e }
.paper { fill: #ffffff }
.grid { stroke: #eef0f2; stroke-width: 1 }
.life { stroke: #8c959f; stroke-width: 1 }
.hatch { stroke: #8c959f; stroke-width: 1 }
.down { fill: url(#down) }
.asleep { fill: url(#asleep) }
.offline { fill: url(#offline) }
.ink { stroke: #57606a; stroke-width: 1.3; fill: none }
.strong { stroke: #0a58ca; stroke-width: 2; fill: none }
.fault { stroke: #b3261e; stroke-width: 1.6; fill: none }
.dashed { stroke-dasharray: 6 4 }
.dotted { stroke-dasharray: 1.5 4; stroke-linecap: round }
.dashdot { stroke-dasharray: 8 3 2 3 }
.full { fill: #57606a; stroke: #57606a }
.accent { fill: #0a58ca; stroke: #0a58ca }
.wrong { fill: #b3261e; stroke: #b3261e }
.hollow { fill: #ffffff; stroke: #57606a; stroke-width: 1.3 }
.alarm { fill: none; stroke: #b3261e; stroke-width: 2.5 }
.pattern { stroke: #57606a; stroke-width: 1; fill: #57606a }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 }
.soft { fill: #9198a1 }
.bad, .violated { fill: #ff8a80 }
.paper { fill: #0d1117 }
.grid { stroke: #1c222a }
.life, .hatch { stroke: #6e7681 }
.ink { stroke: #a5adb6 }
.strong { stroke: #6cb0ff }
.fault { stroke: #ff8a80 }
.full, .pattern { fill: #a5adb6; stroke: #a5adb6 }
.accent { fill: #6cb0ff; stroke: #6cb0ff }
.wrong { fill: #ff8a80; stroke: #ff8a80 }
.hollow { fill: #0d1117; stroke: #a5adb6 }
.alarm { stroke: #ff8a80 }
}
</style>
<defs>
<pattern id="down" width="6" height="6" patternUnits="userSpaceOnUse"><path class="pattern" d="M0 6L6 0M0 0L6 6"/></pattern>
<pattern id="asleep" width="5" height="5" patternUnits="userSpaceOnUse"><circle class="pattern" cx="2.5" cy="2.5" r="0.7"/></pattern>
<pattern id="offline" width="5" height="5" patternUnits="userSpaceOnUse"><path class="pattern" d="M0 5L5 0"/></pattern>
<marker id="open" markerUnits="userSpaceOnUse" markerWidth="14" markerHeight="12" refX="13" refY="6" orient="auto"><path class="ink" d="M1 2L8 6L1 10"/></marker>
<marker id="closed" markerUnits="userSpaceOnUse" markerWidth="14" markerHeight="12" refX="13" refY="6" orient="auto"><path class="full" d="M1 2L8 6L1 10Z"/></marker>
<marker id="content" markerUnits="userSpaceOnUse" markerWidth="14" markerHeight="12" refX="13" refY="6" orient="auto"><path class="accent" d="M0 1L9 6L0 11Z"/></marker>
</defs>
"##;
