//! A social accounting matrix: what each account receives (rows) from each account (columns).
//!
//! | here     | symbol | meaning                              | shape |
//! |----------|--------|--------------------------------------|-------|
//! | `cells`  | **T**  | receipts of row account from column  | n × n |
//! | receipts | **T**i | row sums                             | n     |
//! | outlays  | i'**T** | column sums                         | n     |
//!
//! In a sound matrix receipts equal outlays for every account (Pyatt and Round 1985).
//! Not here: reading files (`formats`), balancing (`crate::balance`).

use crate::matrix::Matrix;

/// An account of the matrix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Short code, as in the source.
    pub code: String,
    /// Name in words; the code where the source has none.
    pub name: String,
}

/// A social accounting matrix.
#[derive(Debug, Clone, PartialEq)]
pub struct SocialAccountingMatrix {
    /// Name and year, as far as the source tells.
    pub name: String,
    /// Unit of all cells, as in the source.
    pub unit: String,
    /// Rows and columns, n.
    pub accounts: Vec<Account>,
    /// **T**, n × n.
    pub cells: Matrix,
}

impl SocialAccountingMatrix {
    /// Position of the account of that code.
    pub fn position(&self, code: &str) -> Option<usize> {
        self.accounts.iter().position(|account| account.code == code)
    }

    /// Row sums: what each account receives, n.
    pub fn receipts(&self) -> Vec<f64> {
        self.cells.row_sums()
    }

    /// Column sums: what each account pays, n.
    pub fn outlays(&self) -> Vec<f64> {
        self.cells.column_sums()
    }

    /// Receipts less outlays, n; 0 in a balanced matrix.
    pub fn imbalances(&self) -> Vec<f64> {
        self.receipts().iter().zip(self.outlays()).map(|(a, b)| a - b).collect()
    }
}
