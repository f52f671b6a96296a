//! Cells of an xlsx workbook that are shown as per cent: 0.141 for 14.1 %.
//!
//! The reader of workbooks gives numbers without their format, so the few places of the package that
//! say it are read here. What is not as expected shows no per cent.

use std::collections::BTreeSet;
use std::io::{Cursor, Read};

use zip::ZipArchive;

/// Built-in formats of per cent.
const BUILT_IN: [&str; 2] = ["9", "10"];

/// Largest part of a package that is looked through.
const LARGEST_PART: u64 = 256 << 20;

/// Places (row, column from 0) of the cells of a sheet that are shown as per cent.
pub(super) fn cells(bytes: &[u8], sheet: &str) -> BTreeSet<(usize, usize)> {
    found(bytes, sheet).unwrap_or_default()
}

fn found(bytes: &[u8], sheet: &str) -> Option<BTreeSet<(usize, usize)>> {
    let mut package = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let styles = styles(&part(&mut package, "xl/styles.xml")?);
    if !styles.contains(&true) {
        return None;
    }
    let book = part(&mut package, "xl/workbook.xml")?;
    let named = |tag: &&str| attribute(tag, "name").is_some_and(|name| plain(name) == sheet);
    let id = attribute(tags(&book, "sheet").find(named)?, "r:id")?.to_owned();
    let links = part(&mut package, "xl/_rels/workbook.xml.rels")?;
    let link =
        tags(&links, "Relationship").find(|tag| attribute(tag, "Id") == Some(id.as_str()))?;
    let target = attribute(link, "Target")?;
    let name = target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned);
    let text = part(&mut package, &name)?;
    let shown = |tag: &&str| {
        let style = attribute(tag, "s").and_then(|style| style.parse::<usize>().ok());
        style.is_some_and(|style| styles.get(style) == Some(&true))
    };
    Some(tags(&text, "c").filter(shown).filter_map(|tag| place(attribute(tag, "r")?)).collect())
}

fn part(package: &mut ZipArchive<Cursor<&[u8]>>, name: &str) -> Option<String> {
    let mut text = String::new();
    package.by_name(name).ok()?.take(LARGEST_PART).read_to_string(&mut text).ok()?;
    Some(text)
}

/// Whether each style of cells is one of per cent.
fn styles(text: &str) -> Vec<bool> {
    let own = tags(text, "numFmt")
        .filter(|tag| attribute(tag, "formatCode").is_some_and(|code| code.contains('%')));
    let own: Vec<&str> = own.filter_map(|tag| attribute(tag, "numFmtId")).collect();
    let inside = text.split_once("<cellXfs").and_then(|(_, rest)| rest.split_once("</cellXfs>"));
    let is_percent = |tag: &str| {
        attribute(tag, "numFmtId").is_some_and(|id| BUILT_IN.contains(&id) || own.contains(&id))
    };
    inside.map_or_else(Vec::new, |(formats, _)| tags(formats, "xf").map(is_percent).collect())
}

/// The opening tags of one name, without their brackets.
fn tags<'t>(text: &'t str, name: &'t str) -> impl Iterator<Item = &'t str> {
    text.split('<').skip(1).filter_map(move |tag| {
        let rest = tag.strip_prefix(name)?;
        let ends = rest.starts_with([' ', '>', '/', '\n', '\r', '\t']);
        ends.then(|| rest.split('>').next().unwrap_or(rest))
    })
}

fn attribute<'t>(tag: &'t str, name: &str) -> Option<&'t str> {
    let mut rest = tag;
    loop {
        let at = rest.find(name)?;
        let (before, from) = rest.split_at(at);
        let value = from[name.len()..].strip_prefix("=\"");
        if let Some(value) = value.filter(|_| before.ends_with(char::is_whitespace)) {
            return value.split('"').next();
        }
        rest = &from[name.len()..];
    }
}

fn plain(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    text.replace("&apos;", "'").replace("&amp;", "&")
}

/// `B3` as row and column from 0.
fn place(text: &str) -> Option<(usize, usize)> {
    let digits = text.find(|letter: char| letter.is_ascii_digit())?;
    let (letters, row) = text.split_at(digits);
    let column = letters.bytes().try_fold(0usize, |sum, letter| {
        letter.is_ascii_uppercase().then(|| 26 * sum + usize::from(letter - b'A') + 1)
    })?;
    Some((row.parse::<usize>().ok()?.checked_sub(1)?, column.checked_sub(1)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_and_places_are_read_from_their_tags() {
        let text = r#"<styleSheet><numFmts><numFmt numFmtId="164" formatCode="0.0%"/><numFmt
            numFmtId="165" formatCode="0.00"/></numFmts><cellStyleXfs><xf numFmtId="9"/></cellStyleXfs>
            <cellXfs count="4"><xf numFmtId="0"/><xf xfId="9" numFmtId="164"/><xf numFmtId="10"/><xf
            numFmtId="165"/></cellXfs></styleSheet>"#;
        assert_eq!(styles(text), [false, true, true, false]);
        let row = r#"<row r="3"><c r="B3" s="1"><v>0.141</v></c><c r="AA10"/><cols a=""/></row>"#;
        let found: Vec<_> = tags(row, "c").filter_map(|tag| attribute(tag, "r")).collect();
        assert_eq!(found, ["B3", "AA10"]);
        assert_eq!((place("B3"), place("AA10")), (Some((2, 1)), Some((9, 26))));
        assert_eq!(plain("R&amp;D"), "R&D");
    }
}
