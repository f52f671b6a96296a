//! Finds the square block of a sheet: rows and columns that carry the same labels in one order, and
//! where labels that are lost or differ cut it short.
//!
//! Works for input-output tables and social accounting matrices of any layout whose labels stand
//! above and before the cells. Labels of merged cells count for the cells after them.
//! Not here: what stands outside the block.

use crate::workbook::Cells;

/// Rows above a block, and columns before it, at most.
const BEFORE: usize = 12;

/// Labels that may be lost at one place of a list before the two lists are taken as different.
const LOST: usize = 3;

/// A square block of cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Square {
    /// Header row and label column by which it was found.
    anchor: (usize, usize),
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

/// Whether two labels mean the same: `C_01` (product) and `I_01` (industry) do, and `01` and `1`.
fn same(a: &str, b: &str) -> bool {
    let bare = |text: &str| {
        let bare = match text.split_once('_') {
            Some((kind, rest)) if kind.len() == 1 && !rest.is_empty() => rest.to_lowercase(),
            _ => text.to_lowercase(),
        };
        let is_number = bare.bytes().all(|byte| byte.is_ascii_digit());
        let digits = bare.trim_start_matches('0');
        if is_number && !digits.is_empty() { digits.to_owned() } else { bare }
    };
    a == b || bare(a) == bare(b)
}

/// Whether a label is that of a line of sums.
pub(crate) fn says_total(name: &str) -> bool {
    let name = name.to_lowercase();
    let words: Vec<&str> = name.split(|c: char| !c.is_alphanumeric()).collect();
    let totals = ["total", "totals", "sum", "tii", "tiu", "tva", "tfu", "ti", "subtotal"];
    words.iter().any(|word| totals.contains(word))
        || ["合计", "小计", "总计", "总投入", "总产出"].iter().any(|word| name.contains(word))
}

/// Whether a label may stand beside the block on both sides, for different things.
fn of_both_sides(label: &str) -> bool {
    let label = label.to_lowercase();
    let words = [
        "import", "export", "output", "input", "tax", "use", "supply", "margin", "change", "进口",
        "出口", "产出", "投入", "其他", "other",
    ];
    words.iter().any(|word| label.contains(word))
}

/// Where labels of rows and columns part and agree again further on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Interruption {
    /// Row whose label is not that of the column.
    pub(crate) row: usize,
    /// Column whose label is not that of the row.
    pub(crate) column: usize,
    /// The label at which they agree again.
    pub(crate) again: String,
}

/// The largest square block with equal labels, of at least two rows.
pub(crate) fn find(cells: &Cells) -> Option<Square> {
    let (plain, filled) = (Texts::of(cells, false), Texts::of(cells, true));
    let mut best: Option<(usize, usize, usize, (usize, usize))> = None;
    for header in 0..plain.header.len() {
        for before in 0..plain.before.len() {
            for top in header + 1..=BEFORE.min(cells.rows()) {
                for left in before + 1..=BEFORE.min(cells.columns()) {
                    let size = plain.agree((header, before), top, left);
                    if size >= 2 && best.is_none_or(|(largest, ..)| size > largest) {
                        best = Some((size, top, left, (header, before)));
                    }
                }
            }
        }
    }
    let (size, top, left, anchor) = best?;
    let levels = (0..plain.header.len().min(top))
        .flat_map(|header| (0..plain.before.len().min(left)).map(move |before| (header, before)))
        .filter(|level| filled.agree(*level, top, left) >= size)
        .collect();
    Some(Square { anchor, top, left, size, levels })
}

impl Square {
    /// Where a label that is lost, renamed or out of order cuts the block short: labels of rows and
    /// columns differ there and agree again after it.
    pub(crate) fn interruption(&self, cells: &Cells) -> Option<Interruption> {
        let row = |at: usize| cells.text(at, self.anchor.1);
        let column = |at: usize| cells.text(self.anchor.0, at);
        let alike = |r: usize, c: usize| {
            let label = row(r);
            !label.is_empty() && same(&label, &column(c)) && !says_total(&label)
        };
        let again = |(r, c): (usize, usize), next: (usize, usize)| {
            alike(r, c) && (alike(next.0, next.1) || !of_both_sides(&row(r)))
        };
        let near = || (0..LOST).flat_map(|down| (0..LOST).map(move |on| (down, on)));
        let (bottom, right) = (self.top + self.size, self.left + self.size);
        let mut after = near().map(|(down, on)| (bottom + down, right + on));
        if let Some((r, _)) = after.find(|(r, c)| again((*r, *c), (r + 1, c + 1))) {
            return Some(Interruption { row: bottom, column: right, again: row(r) });
        }
        let before = near().filter_map(|(up, on)| {
            let (r, c) = (self.top.checked_sub(1 + up)?, self.left.checked_sub(1 + on)?);
            (r > self.anchor.0 + 1 && c > self.anchor.1 + 1).then_some((r, c))
        });
        let mut before = before.filter(|(r, c)| again((*r, *c), (r - 1, c - 1)));
        let (r, c) = before.next()?;
        Some(Interruption { row: r + 1, column: c + 1, again: row(r) })
    }

    /// The longest texts before the rows, regions aside: of the columns with a text in every row, no
    /// two in a row equal.
    pub(crate) fn longest_names(
        &self,
        cells: &Cells,
        regions: Option<(usize, usize)>,
    ) -> Option<Vec<String>> {
        let of = |column: usize| -> Vec<String> {
            (self.top..self.top + self.size)
                .map(|row| cells.words(row, column).to_owned())
                .collect()
        };
        let columns = (0..self.left).filter(|at| Some(*at) != regions.map(|level| level.1));
        let named = columns.map(of).filter(|texts| {
            texts.iter().all(|text| !text.is_empty())
                && texts.windows(2).all(|pair| pair[0] != pair[1])
        });
        let length =
            |texts: &Vec<String>| -> usize { texts.iter().map(|text| text.chars().count()).sum() };
        named.rev().max_by_key(length)
    }

    /// Column of the labels by which it was found.
    pub(crate) fn label_column(&self) -> usize {
        self.anchor.1
    }

    /// Label of a row, by which it was found.
    pub(crate) fn row_label(&self, cells: &Cells, row: usize) -> String {
        cells.text(row, self.anchor.1)
    }

    /// Label of a column, by which it was found.
    pub(crate) fn column_label(&self, cells: &Cells, column: usize) -> String {
        cells.text(self.anchor.0, column)
    }

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
