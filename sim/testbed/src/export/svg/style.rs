//! Colours, fonts, patterns and arrowheads.

/// What is defined before anything is drawn. A viewer that knows no dark pages draws a light one.
pub(super) const STYLE: &str = r##"<style>
text { font: 12px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: #1f2328; white-space: pre }
.title { font-weight: 700; font-size: 15px }
.head, .op, .violated { font-weight: 700 }
.soft { fill: #656d76 }
.bad, .violated { fill: #c22f2f }
.paper { fill: #ffffff }
.grid { stroke: #eef0f2; stroke-width: 1 }
.life { stroke: #8c959f; stroke-width: 1 }
.hatch { stroke: #8c959f; stroke-width: 1 }
.down { fill: url(#down) }
.asleep { fill: url(#asleep) }
.offline { fill: url(#offline) }
.ink { stroke: #57606a; stroke-width: 1.3; fill: none }
.load, .load-head { stroke: #5b6066; stroke-width: 1.3; fill: none }
.known, .done, .done-head { stroke: #7c8289; stroke-width: 1.3; fill: none }
.correction { stroke: #9a5b00; stroke-width: 1.3; fill: none }
.content { stroke: #1f5fbf; stroke-width: 2.2; fill: none }
.load { stroke-dasharray: 6 4 }
.done { stroke-dasharray: 1.5 3.5 }
.copy { stroke-dasharray: 10 3 2 3 }
.way { stroke-dasharray: 2 5 }
.fault, .lost { stroke: #c22f2f }
.fault { stroke-width: 1.6; fill: none }
.known-head { fill: #7c8289; stroke: #7c8289 }
.correction-head { fill: #9a5b00; stroke: #9a5b00 }
.content-head { fill: #1f5fbf; stroke: #1f5fbf }
.full { fill: #57606a; stroke: #57606a }
.accent { fill: #1f5fbf; stroke: #1f5fbf }
.wrong { fill: #c22f2f; stroke: #c22f2f }
.hollow { fill: #ffffff; stroke: #57606a; stroke-width: 1.3 }
.hollow-head { fill: #ffffff; stroke: #7c8289; stroke-width: 1.3 }
.hollow-content { fill: #ffffff; stroke: #1f5fbf; stroke-width: 1.3 }
.clock { fill: #ffffff; stroke: #9a5b00; stroke-width: 1.3 }
.absent { fill: #ffffff; stroke: #c22f2f; stroke-width: 1.3 }
.alarm { fill: none; stroke: #c22f2f; stroke-width: 2.5 }
.pattern { stroke: #57606a; stroke-width: 1; fill: #57606a }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 }
.soft { fill: #9198a1 }
.bad, .violated { fill: #ff8078 }
.paper { fill: #0d1117 }
.grid { stroke: #1c222a }
.life, .hatch { stroke: #6e7681 }
.ink { stroke: #a5adb6 }
.load, .load-head { stroke: #b0b5ba }
.known, .done, .done-head { stroke: #8d9399 }
.correction { stroke: #e3a94f }
.content { stroke: #7db1ff }
.fault, .lost { stroke: #ff8078 }
.known-head { fill: #8d9399; stroke: #8d9399 }
.correction-head { fill: #e3a94f; stroke: #e3a94f }
.content-head { fill: #7db1ff; stroke: #7db1ff }
.full, .pattern { fill: #a5adb6; stroke: #a5adb6 }
.accent { fill: #7db1ff; stroke: #7db1ff }
.wrong { fill: #ff8078; stroke: #ff8078 }
.hollow { fill: #0d1117; stroke: #a5adb6 }
.hollow-head { fill: #0d1117; stroke: #8d9399 }
.hollow-content { fill: #0d1117; stroke: #7db1ff }
.clock { fill: #0d1117; stroke: #e3a94f }
.absent { fill: #0d1117; stroke: #ff8078 }
.alarm { stroke: #ff8078 }
}
</style>
<defs>
<pattern id="down" width="6" height="6" patternUnits="userSpaceOnUse"><path class="pattern" d="M0 6L6 0M0 0L6 6"/></pattern>
<pattern id="asleep" width="5" height="5" patternUnits="userSpaceOnUse"><circle class="pattern" cx="2.5" cy="2.5" r="0.7"/></pattern>
<pattern id="offline" width="5" height="5" patternUnits="userSpaceOnUse"><path class="pattern" d="M0 5L5 0"/></pattern>
<marker id="open" markerUnits="userSpaceOnUse" markerWidth="14" markerHeight="12" refX="13" refY="6" orient="auto"><path class="load-head" d="M1 2L8 6L1 10"/></marker>
<marker id="closed" markerUnits="userSpaceOnUse" markerWidth="14" markerHeight="12" refX="13" refY="6" orient="auto"><path class="known-head" d="M1 2.7L8 6L1 9.3Z"/></marker>
<marker id="hollow" markerUnits="userSpaceOnUse" markerWidth="14" markerHeight="12" refX="13" refY="6" orient="auto"><path class="hollow-head" d="M1 2.7L8 6L1 9.3Z"/></marker>
<marker id="double" markerUnits="userSpaceOnUse" markerWidth="20" markerHeight="12" refX="20" refY="6" orient="auto"><path class="correction-head" d="M1 2.7L8 6L1 9.3ZM8 2.7L15 6L8 9.3Z"/></marker>
<marker id="content" markerUnits="userSpaceOnUse" markerWidth="14" markerHeight="12" refX="13" refY="6" orient="auto"><path class="content-head" d="M0 1.7L9 6L0 10.3Z"/></marker>
<marker id="hollow-content" markerUnits="userSpaceOnUse" markerWidth="14" markerHeight="12" refX="13" refY="6" orient="auto"><path class="hollow-content" d="M0 1.7L9 6L0 10.3Z"/></marker>
<marker id="bar" markerUnits="userSpaceOnUse" markerWidth="14" markerHeight="12" refX="13" refY="6" orient="auto"><path class="done-head" d="M7 1.5V10.5"/></marker>
</defs>
"##;
