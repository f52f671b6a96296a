//! A plain dense matrix, row-major, without labels: what the balancing kernels work on.
//!
//! Not here: tables with axes and units (`crate::table`).

/// Dense matrix, row-major.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Matrix {
    rows: usize,
    columns: usize,
    values: Vec<f64>,
}

impl Matrix {
    /// A matrix of zeros.
    pub fn zeros(rows: usize, columns: usize) -> Self {
        Self { rows, columns, values: vec![0.0; rows * columns] }
    }

    /// A matrix filled cell by cell from row and column.
    pub fn from_fn(rows: usize, columns: usize, mut cell: impl FnMut(usize, usize) -> f64) -> Self {
        let values = (0..rows * columns).map(|at| cell(at / columns, at % columns)).collect();
        Self { rows, columns, values }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// One cell.
    pub fn at(&self, row: usize, column: usize) -> f64 {
        self.values[row * self.columns + column]
    }

    /// One cell, to change.
    pub fn at_mut(&mut self, row: usize, column: usize) -> &mut f64 {
        &mut self.values[row * self.columns + column]
    }

    /// One row.
    pub fn row(&self, row: usize) -> &[f64] {
        &self.values[row * self.columns..(row + 1) * self.columns]
    }

    /// Copy of one column.
    pub fn column(&self, column: usize) -> Vec<f64> {
        (0..self.rows).map(|row| self.at(row, column)).collect()
    }

    /// Sum of a row.
    pub fn row_sum(&self, row: usize) -> f64 {
        self.row(row).iter().sum()
    }

    /// Sum of a column.
    pub fn column_sum(&self, column: usize) -> f64 {
        (0..self.rows).map(|row| self.at(row, column)).sum()
    }

    /// Sums of all rows.
    pub fn row_sums(&self) -> Vec<f64> {
        (0..self.rows).map(|row| self.row_sum(row)).collect()
    }

    /// Sums of all columns.
    pub fn column_sums(&self) -> Vec<f64> {
        (0..self.columns).map(|column| self.column_sum(column)).collect()
    }

    /// Sum of all cells.
    pub fn total(&self) -> f64 {
        self.values.iter().sum()
    }

    /// Cell by cell combination with a matrix of the same shape.
    #[must_use]
    pub fn zip(&self, other: &Self, mut cell: impl FnMut(f64, f64) -> f64) -> Self {
        assert_eq!((self.rows, self.columns), (other.rows, other.columns), "matrices of one shape");
        Self::from_fn(self.rows, self.columns, |row, column| {
            cell(self.at(row, column), other.at(row, column))
        })
    }
}
