//! Findings with an excerpt of the text they are about, plain or coloured.
//!
//! Not here: what is found (`study`, `formats`), which exit code follows (`main`).

use std::collections::HashMap;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use diagnostics::{Diagnostic, Findings, Place, Severity};

/// Whether findings carry terminal colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Text only.
    Plain,
    /// ANSI colours.
    Coloured,
}

/// All findings, in the given style, and a last line that counts them; `text_of` gives the text of
/// a file by the name findings use.
pub fn render(
    findings: &Findings,
    text_of: impl Fn(&str) -> Option<String>,
    style: Style,
) -> String {
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Coloured => Renderer::styled(),
    };
    let renderer = renderer.decor_style(DecorStyle::Ascii);
    let texts = texts(findings, text_of);
    let text = |place: &Place| texts.get(place.file.as_str()).and_then(Option::as_deref);
    let mut out = String::new();
    for finding in findings {
        let excerpt = finding.place.as_ref().and_then(text);
        out.push_str(&renderer.render(&[group(finding, excerpt)]));
        out.push_str("\n\n");
    }
    out.push_str(&count(findings));
    out
}

/// Writes rendered warnings to the error output, which the next line does not run into.
pub(crate) fn warn(rendered: &str) {
    if !rendered.is_empty() {
        say!("{}", rendered.trim_end());
    }
}

/// The text of every file that is named, read once.
fn texts(
    findings: &Findings,
    text_of: impl Fn(&str) -> Option<String>,
) -> HashMap<&str, Option<String>> {
    let files = findings.iter().filter_map(|finding| finding.place.as_ref());
    files.map(|place| (place.file.as_str(), text_of(&place.file))).collect()
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Warning => Level::WARNING,
        Severity::Error => Level::ERROR,
    }
}

/// One finding: title, excerpt or place, way out.
fn group<'a>(finding: &'a Diagnostic, text: Option<&'a str>) -> Group<'a> {
    let title = level(finding.severity).primary_title(finding.message.as_str()).id(finding.code);
    let group = Group::with_title(title);
    let group = match &finding.place {
        Some(place) => with_place(group, place, text, &finding.label),
        None => group,
    };
    match &finding.help {
        Some(help) => group.element(Level::HELP.message(help.as_str())),
        None => group,
    }
}

fn with_place<'a>(
    group: Group<'a>,
    place: &'a Place,
    text: Option<&'a str>,
    label: &'a str,
) -> Group<'a> {
    match (text, &place.span) {
        (Some(text), Some(span)) if text.get(span.clone()).is_some() => {
            let annotation = AnnotationKind::Primary.span(span.clone()).label(label);
            group.element(Snippet::source(text).path(&place.file).annotation(annotation))
        }
        _ => {
            let origin = Origin::path(&place.file).line(place.line).char_column(place.column);
            let group = group.element(origin);
            if label.is_empty() { group } else { group.element(Level::NOTE.message(label)) }
        }
    }
}

/// `2 errors, 1 warning`.
fn count(findings: &Findings) -> String {
    let of = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let words = [(of(Severity::Error), "error"), (of(Severity::Warning), "warning")];
    let some = words.iter().filter(|(number, _)| *number > 0);
    let parts = some.map(|(number, word)| {
        let plural = if *number == 1 { "" } else { "s" };
        format!("{number} {word}{plural}")
    });
    parts.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use insta::assert_snapshot;

    const TEXT: &str = "title = \"Small\"\nregion = \"Shengyang\"\n";

    fn findings() -> Findings {
        let mut findings = Findings::default();
        let start = TEXT.find("\"Shengyang\"").expect("the text holds it");
        let place = Place::in_text("study.toml", TEXT, start..start + 11);
        let unknown = Diagnostic::error("E0206", "unknown region `Shengyang`");
        findings
            .push(unknown.at(place, "not one of the 5 regions").help("did you mean `Shenyang`?"));
        let cell = Diagnostic::warning("W0101", "output of coal mining is zero");
        findings.push(cell.at(Place::cell("use_table.csv", 14, 7), "no output"));
        findings.push(Diagnostic::error("E0001", "the accounts are missing"));
        findings
    }

    fn text_of(file: &str) -> Option<String> {
        (file == "study.toml").then(|| TEXT.to_owned())
    }

    #[test]
    fn a_finding_shows_its_line_and_its_way_out() {
        assert_snapshot!(render(&findings(), text_of, Style::Plain), @r#"
    error[E0206]: unknown region `Shengyang`
     --> study.toml:2:10
      |
    2 | region = "Shengyang"
      |          ^^^^^^^^^^^ not one of the 5 regions
      |
      = help: did you mean `Shenyang`?

    warning[W0101]: output of coal mining is zero
    --> use_table.csv:14:7
     = note: no output

    error[E0001]: the accounts are missing

    2 errors, 1 warning
    "#);
    }

    #[test]
    fn colours_are_there_when_asked_for() {
        let coloured = render(&findings(), text_of, Style::Coloured);
        assert!(coloured.contains("\u{1b}["));
        assert!(!render(&findings(), text_of, Style::Plain).contains("\u{1b}["));
    }

    #[test]
    fn nothing_found_is_nothing_shown() {
        assert_eq!(render(&Findings::default(), text_of, Style::Plain), "");
    }
}
