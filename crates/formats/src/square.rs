//! Finds the square block of a sheet: rows and columns that carry the same labels in one order.
//!
//! Works for input-output tables and social accounting matrices of any layout whose labels stand
//! above and before the cells. Labels of merged cells count for the cells after them.
//! Not here: what stands outside the block.

use crate::workbook::Cells;

/// Rows above a block, and columns before it, at most.
const BEFORE: usize = 12;

/// A square block of cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Square {
    /// First row of cells.
    pub(crate) top: usize,
    /// First column of cells.
    pub(crate) left: usize,
    /// Rows and columns.
    pub(crate) size: usize,
    /// Header row and label column of equal labels, each pair one level of labels.
    pub(crate) levels: Vec<(usize, usize)>,
}

/// Texts of the header rows and label columns of a sheet.
struct Texts {
    header: Vec<Vec<String>>,
    before: Vec<Vec<String>>,
}

impl Texts {
    fn of(cells: &Cells, filled: bool) -> Self {
        let fill = |mut texts: Vec<String>| {
            for at in 1..texts.len() {
                if filled && texts[at].is_empty() {
                    let (before, rest) = texts.split_at_mut(at);
                    rest[0].clone_from(&before[at - 1]);
                }
            }
            texts
        };
        let row = |row| fill((0..cells.columns()).map(|at| cells.text(row, at)).collect());
        let column = |column| fill((0..cells.rows()).map(|at| cells.text(at, column)).collect());
        let header = (0..BEFORE.min(cells.rows())).map(row).collect();
        let before = (0..BEFORE.min(cells.columns())).map(column).collect();
        Self { header, before }
    }

    /// How many labels agree from a cell on.
    fn agree(&self, level: (usize, usize), top: usize, left: usize) -> usize {
        let header = self.header[level.0].iter().skip(left);
        let before = self.before[level.1].iter().skip(top);
        header.zip(before).take_while(|(a, b)| !a.is_empty() && same(a, b)).count()
    }
}

/// Whether two labels mean the same: `C_01` (product) and `I_01` (industry) do.
fn same(a: &str, b: &str) -> bool {
    let bare = |text: &str| match text.split_once('_') {
        Some((kind, rest)) if kind.len() == 1 && !rest.is_empty() => rest.to_lowercase(),
        _ => text.to_lowercase(),
    };
    a == b || bare(a) == bare(b)
}

/// The largest square block with equal labels, of at least two rows.
pub(crate) fn find(cells: &Cells) -> Option<Square> {
    let (plain, filled) = (Texts::of(cells, false), Texts::of(cells, true));
    let mut best: Option<(usize, usize, usize)> = None;
    for header in 0..plain.header.len() {
        for before in 0..plain.before.len() {
            for top in header + 1..=BEFORE.min(cells.rows()) {
                for left in before + 1..=BEFORE.min(cells.columns()) {
                    let size = plain.agree((header, before), top, left);
                    if size >= 2 && best.is_none_or(|(largest, _, _)| size > largest) {
                        best = Some((size, top, left));
                    }
                }
            }
        }
    }
    let (size, top, left) = best?;
    let levels = (0..plain.header.len().min(top))
        .flat_map(|header| (0..plain.before.len().min(left)).map(move |before| (header, before)))
        .filter(|level| filled.agree(*level, top, left) >= size)
        .collect();
    Some(Square { top, left, size, levels })
}

impl Square {
    /// Its rows and its columns.
    pub(crate) fn lines(&self) -> (Vec<usize>, Vec<usize>) {
        let lines = |first: usize| (first..first + self.size).collect();
        (lines(self.top), lines(self.left))
    }

    /// Labels of a level along the rows, merged cells filled.
    pub(crate) fn labels(&self, cells: &Cells, level: (usize, usize)) -> Vec<String> {
        let mut last = String::new();
        let mut labels = Vec::with_capacity(self.size);
        for row in 0..self.top + self.size {
            let text = cells.text(row, level.1);
            if !text.is_empty() {
                last = text;
            }
            if row >= self.top {
                labels.push(last.clone());
            }
        }
        labels
    }

    /// The level of regions, which stay the same over many rows, if there is one.
    pub(crate) fn regions(&self, cells: &Cells) -> Option<(usize, usize)> {
        let changes = |level: &(usize, usize)| {
            let labels = self.labels(cells, *level);
            labels.windows(2).filter(|pair| pair[0] != pair[1]).count()
        };
        let blocks = |level: &&(usize, usize)| {
            let changes = changes(level);
            changes > 0 && 2 * (changes + 1) <= self.size
        };
        self.levels.iter().filter(blocks).min_by_key(|level| changes(level)).copied()
    }

    /// The level with the longest labels, or with the shortest, regions aside.
    pub(crate) fn names(&self, cells: &Cells, longest: bool) -> Option<(usize, usize)> {
        let regions = self.regions(cells);
        let length = |level: &(usize, usize)| -> usize {
            self.labels(cells, *level).iter().map(|label| label.chars().count()).sum()
        };
        let distinct = |level: &(usize, usize)| {
            let labels = self.labels(cells, *level);
            labels.windows(2).filter(|pair| pair[0] != pair[1]).count() + 1 == self.size
        };
        let levels = self.levels.iter().filter(|level| Some(**level) != regions && distinct(level));
        if longest {
            levels.max_by_key(|level| length(level)).copied()
        } else {
            levels.min_by_key(|level| length(level)).copied()
        }
    }
}
