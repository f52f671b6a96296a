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

    /// A matrix of these cells, row by row.
    ///
    /// # Panics
    /// When the number of cells is not `rows · columns`.
    pub fn from_values(rows: usize, columns: usize, values: Vec<f64>) -> Self {
        assert_eq!(values.len(), rows * columns, "one value a cell");
        Self { rows, columns, values }
    }

    /// All cells, row by row.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// All cells, row by row, moved out.
    pub fn into_values(self) -> Vec<f64> {
        self.values
    }

    /// All cells, row by row, to change.
    pub fn values_mut(&mut self) -> &mut [f64] {
        &mut self.values
    }

    /// One row, to change.
    pub fn row_mut(&mut self, row: usize) -> &mut [f64] {
        &mut self.values[row * self.columns..(row + 1) * self.columns]
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

    /// Rows as columns.
    #[must_use]
    pub fn transposed(&self) -> Self {
        Self::from_fn(self.columns, self.rows, |row, column| self.at(column, row))
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
        let mut sums = vec![0.0; self.columns];
        for row in self.values.chunks_exact(self.columns.max(1)) {
            sums.iter_mut().zip(row).for_each(|(sum, cell)| *sum += cell);
        }
        sums
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
