//! Why a seed fails, as a page: the share of failing futures over time as a plot with its band, what else is known, and the
//! shares in a table. The page loads nothing and runs nothing, and the same answers make the same bytes.

use super::{Answer, Likely, Place, band};
use std::fmt::Write;

/// How large the plot is, without its margins, in pixels.
const WIDTH: u64 = 720;
const HEIGHT: u64 = 240;

/// Room for what stands beside it.
const LEFT: u64 = 56;
const TOP: u64 = 24;
const BELOW: u64 = 44;

/// Colours follow whether a light or a dark page is wanted, and nothing is told by colour alone.
const STYLE: &str = "\
:root { color-scheme: light dark; --ink: #1c1c1c; --soft: #6b6b6b; --page: #ffffff; --line: #0b57a4; --band: #0b57a433; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8e8e8; --soft: #a0a0a0; --page: #161616; --line: #7db8f0; --band: #7db8f044; }
}
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); max-width: 840px; margin: 2em auto; padding: 0 1em; }
svg { width: 100%; height: auto; }
svg text { font: 12px system-ui, sans-serif; fill: var(--soft); }
.axis { stroke: var(--soft); stroke-width: 1; }
.share { stroke: var(--line); stroke-width: 2; fill: none; }
.band { fill: var(--band); }
.jump { stroke: var(--ink); stroke-width: 1; stroke-dasharray: 3 3; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 2px 14px 2px 0; vertical-align: top; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; }
";

/// The page of a seed that fails. `title` says which, and `answers` what else is known of it.
pub fn page(title: &str, likely: &Likely, answers: &[Answer]) -> String {
    let (title, key) = (escaped(title), escaped(&likely.key));
    let mut page = format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n<h1>{title}</h1>\n<p>It fails by <b>{key}</b>. Of {} futures from \
         each place, so many fail in the same way; the true share lies in the band, nineteen times in twenty.</p>\n{}",
        likely.futures,
        svg(likely)
    );
    jumps(likely, &mut page);
    for Answer { title, lines } in answers {
        put(&mut page, &format!("<h2>{}</h2>", escaped(title)));
        if !lines.is_empty() {
            put(&mut page, &format!("<pre>{}</pre>", escaped(&lines.join("\n"))));
        }
    }
    table(likely, &mut page);
    page.push_str("</html>\n");
    page
}

/// The plot: time to the right, the share upwards.
fn svg(likely: &Likely) -> String {
    let scale = Scale::of(likely);
    let (right, bottom) = (LEFT + WIDTH, TOP + HEIGHT);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"The share of futures that \
         fail, over time\">\n",
        right + 24,
        bottom + BELOW
    );
    for percent in [0, 25, 50, 75, 100] {
        let y = scale.y(percent * 10);
        put(
            &mut svg,
            &format!("<line class=\"axis\" x1=\"{}\" y1=\"{y}\" x2=\"{LEFT}\" y2=\"{y}\"/>", LEFT - 5),
        );
        put(
            &mut svg,
            &format!("<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{percent} %</text>", LEFT - 8, y + 4),
        );
    }
    put(&mut svg, &format!("<path class=\"axis\" fill=\"none\" d=\"M{LEFT} {TOP}V{bottom}H{right}\"/>"));
    let ends = [likely.places.first(), likely.places.last()];
    for (place, anchor) in ends.into_iter().flatten().zip(["start", "end"]) {
        let (x, y) = (scale.x(place), bottom + 18);
        put(
            &mut svg,
            &format!(
                "<text x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\">{}</text>",
                escaped(&place.at.to_string())
            ),
        );
    }
    let bounds = |place: &Place| band(place.failing, likely.futures);
    let point = |place: &Place, thousandths: u64| format!("{},{}", scale.x(place), scale.y(thousandths));
    let upper = likely.places.iter().map(|place| point(place, bounds(place)[1]));
    let lower = likely.places.iter().rev().map(|place| point(place, bounds(place)[0]));
    put(&mut svg, &format!("<polygon class=\"band\" points=\"{}\"/>", joined(upper.chain(lower))));
    let share = likely.places.iter().map(|place| point(place, share(place.failing, likely.futures)));
    put(&mut svg, &format!("<polyline class=\"share\" points=\"{}\"/>", joined(share)));
    for (number, jump) in (1..).zip(&likely.jumps) {
        let x = scale.at(jump.at.as_us(), jump.number);
        put(&mut svg, &format!("<line class=\"jump\" x1=\"{x}\" y1=\"{TOP}\" x2=\"{x}\" y2=\"{bottom}\"/>"));
        put(&mut svg, &format!("<text x=\"{x}\" y=\"{}\" text-anchor=\"middle\">{number}</text>", TOP - 6));
    }
    svg.push_str("</svg>\n");
    svg
}

fn jumps(likely: &Likely, page: &mut String) {
    if !likely.jumps.is_empty() {
        put(
            page,
            "<h2>The decisions that made it so</h2>\n<table>\n<tr><th></th><th>at</th><th>before</th><th>after</th><th>what</th></tr>",
        );
        for (number, jump) in (1..).zip(&likely.jumps) {
            let [before, after] =
                [jump.before, jump.after].map(|failing| share(failing, likely.futures) / 10);
            let (at, what) = (escaped(&jump.at.to_string()), escaped(&jump.what));
            put(
                page,
                &format!(
                    "<tr><td>{number}</td><td>{at}</td><td>{before} %</td><td>{after} %</td><td>{what}</td></tr>"
                ),
            );
        }
        put(page, "</table>");
    }
}

fn table(likely: &Likely, page: &mut String) {
    put(
        page,
        "<h2>All places</h2>\n<table>\n<tr><th>decisions</th><th>at</th><th>fail</th><th>of</th><th>between</th></tr>",
    );
    for place in &likely.places {
        let [from, to] = band(place.failing, likely.futures);
        let (decided, at, failing, of) =
            (place.decided, escaped(&place.at.to_string()), place.failing, likely.futures);
        let (from, to) = (from / 10, to.div_ceil(10));
        put(
            page,
            &format!(
                "<tr><td>{decided}</td><td>{at}</td><td>{failing}</td><td>{of}</td><td>{from} % and {to} %</td></tr>"
            ),
        );
    }
    put(page, "</table>");
}

/// A share, in thousandths.
fn share(failing: u32, futures: u32) -> u64 {
    u64::from(failing) * 1000 / u64::from(futures.max(1))
}

/// Where something is in the plot.
struct Scale {
    /// The last moment, and the last decision: where all is at one time, decisions are what goes on.
    until_us: u64,
    decisions: u64,
}

impl Scale {
    fn of(likely: &Likely) -> Scale {
        let last = likely.places.last();
        Scale {
            until_us: last.map_or(0, |place| place.at.as_us()),
            decisions: last.map_or(0, |place| place.decided as u64),
        }
    }

    fn x(&self, place: &Place) -> u64 {
        self.at(place.at.as_us(), place.decided)
    }

    fn at(&self, at_us: u64, decided: usize) -> u64 {
        let (at, until) =
            if self.until_us > 0 { (at_us, self.until_us) } else { (decided as u64, self.decisions.max(1)) };
        // A run may last for years of microseconds.
        let x = u128::from(at) * u128::from(WIDTH) / u128::from(until);
        LEFT + u64::try_from(x).unwrap_or(WIDTH).min(WIDTH)
    }

    fn y(&self, thousandths: u64) -> u64 {
        TOP + HEIGHT - thousandths.min(1000) * HEIGHT / 1000
    }
}

fn joined(points: impl Iterator<Item = String>) -> String {
    points.collect::<Vec<_>>().join(" ")
}

fn put(page: &mut String, line: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(page, "{line}");
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::{page, svg};
    use crate::why::{Answer, Jump, Likely, Place};
    use cosim_core::Time;

    fn likely() -> Likely {
        let place = |decided, at_us, failing| Place { decided, at: Time::from_us(at_us), failing };
        let jump = Jump {
            number: 3,
            at: Time::from_us(1_000_000),
            what: "lost: a>b content <notes> & more".to_owned(),
            before: 40,
            after: 200,
        };
        Likely {
            key: "timely client>server deadline".to_owned(),
            futures: 200,
            places: vec![
                place(0, 0, 80),
                place(2, 500_000, 40),
                place(3, 1_000_000, 200),
                place(9, 2_000_000, 200),
            ],
            jumps: vec![jump],
            unmet: None,
        }
    }

    /// The share is a line, and the band around it: each point is where its numbers say.
    #[test]
    fn points_are_where_the_numbers_say() {
        let svg = svg(&likely());
        assert!(svg.contains("class=\"share\" points=\"56,168 236,216 416,24 776,24\""), "{svg}");
        assert!(svg.contains("class=\"band\" points=\"56,"), "{svg}");
        assert!(svg.contains("<line class=\"jump\" x1=\"416\""), "{svg}");
    }

    /// What a scenario calls things is never markup, and nothing is loaded.
    #[test]
    fn names_are_text() {
        let lines = vec!["lost: <script> & co.".to_owned(), "cut: a and b".to_owned()];
        let answer = Answer { title: "Of <b> alone".to_owned(), lines };
        let page = page("<script>.json, seed 1", &likely(), &[answer]);
        assert!(page.contains(
            "<h2>Of &lt;b&gt; alone</h2>\n<pre>lost: &lt;script&gt; &amp; co.\ncut: a and b</pre>"
        ));
        assert!(page.contains("content &lt;notes&gt; &amp; more"), "{page}");
        assert!(!page.contains("<script") && !page.contains("http://www.w3.org/1999"), "{page}");
        assert_eq!(page.matches("<tr>").count(), 2 + 4 + 1);
    }

    /// Where all happens at one time, decisions are what goes on.
    #[test]
    fn without_time_decisions_go_on() {
        let mut likely = likely();
        likely.places.iter_mut().for_each(|place| place.at = Time::ZERO);
        assert!(
            svg(&likely).contains("class=\"share\" points=\"56,168 216,216 296,24 776,24\""),
            "{}",
            svg(&likely)
        );
    }
}
