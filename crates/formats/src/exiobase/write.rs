//! A table as the folder that `pymrio.load_all` reads: text with tabs, one file per matrix.
//!
//! Primary inputs are the extension `factor_inputs`; the others keep their names. The layout is that
//! of folders which pymrio 0.7 saves.

use std::io::{self, Write};

use accounts::Matrix;
use accounts::input_output::{InputOutputTable, Label, Row};

use crate::table_folder::Part;

/// Name of the extension that holds primary inputs.
const INPUTS: &str = "factor_inputs";

/// Lines and cells of one file.
#[derive(Debug)]
pub(crate) struct Tabs<'t> {
    /// Names of the index columns.
    index: &'static [&'static str],
    /// Labels of the rows, one per index column.
    rows: Vec<Vec<&'t str>>,
    /// Labels above the cells, with the name of each line.
    header: Vec<(&'static str, Vec<&'t str>)>,
    cells: &'t Matrix,
}

impl Tabs<'_> {
    pub(crate) fn write_to(&self, out: &mut (dyn Write + Send)) -> io::Result<()> {
        let blanks = "\t".repeat(self.index.len() - 1);
        for (name, labels) in &self.header {
            write!(out, "{name}{blanks}")?;
            labels.iter().try_for_each(|label| write!(out, "\t{}", plain(label)))?;
            writeln!(out)?;
        }
        writeln!(out, "{}{}", self.index.join("\t"), "\t".repeat(self.cells.columns()))?;
        for (at, labels) in self.rows.iter().enumerate() {
            let labels: Vec<String> = labels.iter().map(|label| plain(label)).collect();
            write!(out, "{}", labels.join("\t"))?;
            self.cells.row(at).iter().try_for_each(|cell| write!(out, "\t{cell:?}"))?;
            writeln!(out)?;
        }
        Ok(())
    }
}

/// A label without what ends a field or a line.
fn plain(label: &str) -> String {
    label.replace(['\t', '\n', '\r', '"'], " ")
}

/// The files of the folder.
pub fn write(table: &InputOutputTable) -> Vec<Part<'_>> {
    let both = &["region", "sector"][..];
    let rows = || labels(&table.industries).map(|(region, name)| vec![region, name]).collect();
    let (industries, categories) = (&table.industries, &table.categories);
    let mut parts = vec![
        Part::text("file_parameters.json", of_system()),
        Part::text("unit.txt", unit_of_industries(table)),
        Part::text("x.txt", output(table)),
        Part::tabs(
            "Z.txt",
            Tabs {
                index: both,
                rows: rows(),
                header: above(industries, "sector"),
                cells: &table.flows,
            },
        ),
        Part::tabs(
            "Y.txt",
            Tabs {
                index: both,
                rows: rows(),
                header: above(categories, "category"),
                cells: &table.final_demand,
            },
        ),
    ];
    parts.extend(extension(table, INPUTS, &table.primary_inputs, &table.value_added, None));
    let mut taken = vec![INPUTS.to_owned()];
    for each in &table.extensions {
        let folder = folder_name(&each.name, &taken);
        let of_demand = each.by_final_demand.as_ref();
        parts.extend(extension(table, &folder, &each.rows, &each.by_industry, of_demand));
        taken.push(folder);
    }
    parts
}

/// Regions and names, each with the name of its line.
fn above<'t>(list: &'t [Label], second: &'static str) -> Vec<(&'static str, Vec<&'t str>)> {
    let (regions, names) = labels(list).unzip();
    vec![("region", regions), (second, names)]
}

/// The files of one extension.
fn extension<'t>(
    table: &'t InputOutputTable,
    folder: &str,
    listed: &'t [Row],
    by_industry: &'t Matrix,
    of_demand: Option<&'t Matrix>,
) -> Vec<Part<'t>> {
    let rows =
        || -> Vec<Vec<&'t str>> { listed.iter().map(|row| vec![row.name.as_str()]).collect() };
    let tabs = |file: &str, header, cells| {
        let tabs = Tabs { index: &["stressor"], rows: rows(), header, cells };
        Part::tabs(&format!("{folder}/{file}.txt"), tabs)
    };
    let line = |row: &Row| format!("{}\t{}\n", plain(&row.name), plain(&row.unit));
    let units = listed.iter().map(line).collect::<String>();
    let mut parts = vec![
        tabs("F", above(&table.industries, "sector"), by_industry),
        Part::text(&format!("{folder}/unit.txt"), format!("stressor\tunit\n{units}")),
        Part::text(
            &format!("{folder}/file_parameters.json"),
            of_extension(folder, of_demand.is_some()),
        ),
    ];
    let of_demand = of_demand.map(|cells| tabs("F_Y", above(&table.categories, "category"), cells));
    parts.extend(of_demand);
    parts
}

/// Regions and names; pymrio takes a region without a name for a missing value.
fn labels(list: &[Label]) -> impl Iterator<Item = (&str, &str)> {
    list.iter().map(|label| {
        let region = if label.region.is_empty() { "all" } else { &label.region };
        (region, label.name.as_str())
    })
}

fn unit_of_industries(table: &InputOutputTable) -> String {
    let unit = plain(&table.unit);
    let line = |(region, name)| format!("{}\t{}\t{unit}\n", plain(region), plain(name));
    format!("region\tsector\tunit\n{}", labels(&table.industries).map(line).collect::<String>())
}

fn output(table: &InputOutputTable) -> String {
    let line = |((region, name), output): ((&str, &str), &f64)| {
        format!("{}\t{}\t{output:?}\n", plain(region), plain(name))
    };
    let lines = labels(&table.industries).zip(&table.output).map(line);
    format!("region\tsector\tindout\n{}", lines.collect::<String>())
}

/// Letters, digits and underscores of a name, and no name twice.
fn folder_name(name: &str, taken: &[String]) -> String {
    let letter = |c: char| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
    let name: String = name.chars().map(letter).collect();
    let name = if name.is_empty() { "extension".to_owned() } else { name };
    let mut free = name.clone();
    let mut again = 1;
    while taken.contains(&free) {
        again += 1;
        free = format!("{name}_{again}");
    }
    free
}

/// What pymrio needs to know of files: name, lines of labels before and above the cells.
fn parameters(kind: &str, name: &str, files: &[(&str, usize, usize)]) -> String {
    let file = |(file, before, above): &(&str, usize, usize)| {
        format!(
            "    \"{file}\": {{\"name\": \"{file}.txt\", \"nr_index_col\": \"{before}\", \
             \"nr_header\": \"{above}\"}}"
        )
    };
    let files: Vec<String> = files.iter().map(file).collect();
    format!(
        "{{\n  \"systemtype\": \"{kind}\",\n  \"name\": \"{name}\",\n  \"files\": {{\n{}\n  }}\n}}\n",
        files.join(",\n")
    )
}

fn of_system() -> String {
    parameters("IOSystem", "IO", &[("Z", 2, 2), ("Y", 2, 2), ("x", 2, 1), ("unit", 2, 1)])
}

fn of_extension(name: &str, with_demand: bool) -> String {
    let mut files = vec![("F", 1, 2), ("unit", 1, 1)];
    if with_demand {
        files.push(("F_Y", 1, 2));
    }
    parameters("Extension", name, &files)
}
