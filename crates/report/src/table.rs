//! A table as data: what it says, before it becomes text or HTML.
//!
//! Not here: which tables there are (`tables`), how they look (`text`, `html`).

/// How a row stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// It does not.
    Ordinary,
    /// Sum of the rows above.
    Total,
    /// Something a reader must not overlook.
    Warning,
}

/// A column: name, unit below it, and whether it holds figures.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) unit: String,
    pub(crate) is_figures: bool,
}

/// A column of words.
pub(crate) fn words(name: &str) -> Column {
    Column { name: name.to_owned(), unit: String::new(), is_figures: false }
}

/// A column of figures.
pub(crate) fn figures(name: &str, unit: &str) -> Column {
    Column { name: name.to_owned(), unit: unit.to_owned(), is_figures: true }
}

/// A row; as many cells as the table has columns.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) cells: Vec<String>,
    pub(crate) mark: Mark,
}

/// Caption, columns and rows.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    pub(crate) caption: String,
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Row>,
}

impl Table {
    /// A table without rows.
    pub(crate) fn new(caption: impl Into<String>, columns: Vec<Column>) -> Self {
        Self { caption: caption.into(), columns, rows: Vec::new() }
    }

    /// Adds a row.
    pub(crate) fn push(&mut self, mark: Mark, cells: Vec<String>) {
        debug_assert_eq!(cells.len(), self.columns.len(), "{}", self.caption);
        self.rows.push(Row { cells, mark });
    }

    /// Adds ordinary rows.
    pub(crate) fn with(mut self, rows: impl IntoIterator<Item = Vec<String>>) -> Self {
        rows.into_iter().for_each(|cells| self.push(Mark::Ordinary, cells));
        self
    }
}
