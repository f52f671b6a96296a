//! Formats of other programs by name.
//!
//! Not here: how each is read (the module of each).

use crate::import::Imported;
use crate::source::Source;
use diagnostics::{Diagnostic, Findings};

/// Formats that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// GEMPACK header array file.
    Har,
    /// EXIOBASE 1 (folder or zip).
    Exiobase1,
    /// EXIOBASE 2 (folder or zip).
    Exiobase2,
    /// EXIOBASE 3, and what pymrio saves as text (folder or zip).
    Exiobase3,
    /// OECD inter-country input-output table (csv or zip).
    Oecd,
    /// Eora26 (folder or zip).
    Eora,
    /// GLORIA (folder with tables, satellite accounts and the workbook of labels).
    Gloria,
    /// WIOD world table with its satellite accounts (folder, zip or workbook).
    Wiod,
    /// Socio-economic accounts of WIOD alone (workbook).
    Sea,
    /// China MRIO workbook of CEADs.
    Ceads,
    /// Input-output table on one sheet of a workbook.
    Sheet,
    /// Social accounting matrix (csv or workbook).
    Sam,
    /// SDMX-CSV of national accounts.
    Sdmx,
    /// A folder written by `accounts import` or `accounts regionalise`.
    Folder,
}

impl Format {
    /// Every format with its name and what it is.
    pub const ALL: [(Self, &str, &str); 14] = [
        (Self::Har, "har", "GEMPACK header array file"),
        (Self::Exiobase1, "exiobase1", "EXIOBASE 1 (folder or zip)"),
        (Self::Exiobase2, "exiobase2", "EXIOBASE 2 (folder or zip)"),
        (Self::Exiobase3, "exiobase3", "EXIOBASE 3, and what pymrio saves as text (folder or zip)"),
        (Self::Oecd, "oecd", "OECD inter-country input-output table (csv or zip)"),
        (Self::Eora, "eora", "Eora26 (folder or zip)"),
        (
            Self::Gloria,
            "gloria",
            "GLORIA (folder with tables, satellite accounts and the workbook of labels)",
        ),
        (
            Self::Wiod,
            "wiod",
            "WIOD world table with its satellite accounts (folder, zip or workbook)",
        ),
        (Self::Sea, "sea", "Socio-economic accounts of WIOD alone (workbook)"),
        (Self::Ceads, "ceads", "China MRIO workbook of CEADs"),
        (Self::Sheet, "sheet", "Input-output table on one sheet of a workbook"),
        (Self::Sam, "sam", "Social accounting matrix (csv or workbook)"),
        (Self::Sdmx, "sdmx", "SDMX-CSV of national accounts"),
        (Self::Folder, "folder", "A folder written by `accounts import` or `accounts regionalise`"),
    ];

    /// The format of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known, _)| *known == name).map(|(format, ..)| *format)
    }
}

/// An input-output table in one of the formats that have one.
///
/// - `sheet`: of the workbook, for [`Format::Sheet`]; without one, the first.
///
/// # Errors
/// All findings; E1508 for a format that holds something else.
pub fn input_output(
    format: Format,
    source: &Source,
    sheet: Option<&str>,
) -> Result<Imported, Findings> {
    match format {
        Format::Exiobase1 | Format::Exiobase2 => crate::exiobase::read_1_2(source),
        Format::Exiobase3 => crate::exiobase::read_3(source),
        Format::Oecd => crate::oecd::read(source),
        Format::Eora => crate::eora::read(source),
        Format::Gloria => crate::gloria::read(source),
        Format::Wiod => crate::wiod::read(source),
        Format::Ceads => crate::ceads::read(source),
        Format::Sheet => crate::ceads::read_sheet(source, "table on a sheet", sheet),
        Format::Folder => crate::table_folder::read(source),
        Format::Har | Format::Sam | Format::Sdmx | Format::Sea => {
            let message = "this format does not hold an input-output table";
            let help =
                "header arrays and matrices go through `accounts import`, `regionalise`, `balance`";
            let mut findings = Findings::default();
            findings.push(Diagnostic::error("E1508", message).help(help));
            Err(findings)
        }
    }
}

/// Opens a file, folder or zip file.
///
/// # Errors
/// E1300 when it cannot be read.
pub fn open(path: &std::path::Path) -> Result<Source, Findings> {
    Source::disk(path).map_err(|error| {
        let mut findings = Findings::default();
        let finding =
            Diagnostic::error("E1300", format!("cannot read `{}`: {error}", path.display()));
        findings
            .push(finding.help("give the path of a file, folder or zip file that you may read"));
        findings
    })
}
