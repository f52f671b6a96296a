//! A dense table of numbers over named axes, with its unit.
//!
//! Row-major: the last axis is contiguous. Axes are shared by reference count, so tables of one
//! accounting system hold the same labels.
//! Not here: what the tables of regional accounts mean (`crate::regional`).

use std::borrow::Cow;
use std::sync::Arc;

/// One dimension of a table: what it lists and the labels in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Axis {
    /// What is listed, e.g. `product` or `destination`.
    pub name: &'static str,
    /// The labels in order.
    pub labels: Arc<[String]>,
}

impl Axis {
    /// An axis with these labels.
    pub fn new(name: &'static str, labels: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { name, labels: labels.into_iter().map(Into::into).collect() }
    }

    /// The same labels under another name, e.g. regions as `origin` and `destination`.
    #[must_use]
    pub fn renamed(&self, name: &'static str) -> Self {
        Self { name, labels: Arc::clone(&self.labels) }
    }

    /// Number of labels.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are no labels.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Position of a label.
    pub fn position(&self, label: &str) -> Option<usize> {
        self.labels.iter().position(|each| each == label)
    }
}

/// A dense table: numbers over axes, in one unit.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Name, e.g. `use`.
    pub name: &'static str,
    /// Unit of every cell, e.g. `100 million CNY` or `persons`.
    pub unit: Cow<'static, str>,
    axes: Vec<Axis>,
    strides: Vec<usize>,
    values: Vec<f64>,
}

impl Table {
    /// A table of zeros.
    pub fn zeros(name: &'static str, unit: impl Into<Cow<'static, str>>, axes: &[&Axis]) -> Self {
        let axes: Vec<Axis> = axes.iter().map(|axis| (*axis).clone()).collect();
        let mut strides = vec![1; axes.len()];
        for at in (1..axes.len()).rev() {
            strides[at - 1] = strides[at] * axes[at].len();
        }
        let size = axes.iter().map(Axis::len).product();
        Self { name, unit: unit.into(), axes, strides, values: vec![0.0; size] }
    }

    /// A table filled cell by cell from its position along each axis.
    pub fn from_fn(
        name: &'static str,
        unit: impl Into<Cow<'static, str>>,
        axes: &[&Axis],
        mut cell: impl FnMut(&[usize]) -> f64,
    ) -> Self {
        let mut table = Self::zeros(name, unit, axes);
        for flat in 0..table.values.len() {
            table.values[flat] = cell(&table.position_of(flat));
        }
        table
    }

    /// The axes in storage order.
    pub fn axes(&self) -> &[Axis] {
        &self.axes
    }

    /// Number of labels of each axis.
    pub fn shape(&self) -> Vec<usize> {
        self.axes.iter().map(Axis::len).collect()
    }

    /// All cells, row-major.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// All cells, row-major, to change.
    pub fn values_mut(&mut self) -> &mut [f64] {
        &mut self.values
    }

    /// One cell.
    pub fn at(&self, position: &[usize]) -> f64 {
        self.values[self.flat(position)]
    }

    /// One cell, to change.
    pub fn at_mut(&mut self, position: &[usize]) -> &mut f64 {
        let flat = self.flat(position);
        &mut self.values[flat]
    }

    /// Every cell from its position.
    pub fn fill(&mut self, mut cell: impl FnMut(&[usize]) -> f64) {
        for flat in 0..self.values.len() {
            let position = self.position_of(flat);
            self.values[flat] = cell(&position);
        }
    }

    /// Sum of all cells.
    pub fn total(&self) -> f64 {
        self.values.iter().sum()
    }

    /// The position along each axis of a row-major index.
    pub fn position_of(&self, flat: usize) -> Vec<usize> {
        self.strides
            .iter()
            .zip(&self.axes)
            .map(|(stride, axis)| flat / stride % axis.len())
            .collect()
    }

    /// The labels of a row-major index, joined for messages: `Mining / Dalian`; a table without
    /// cells has none.
    pub fn label_of(&self, flat: usize) -> String {
        if self.values.is_empty() {
            return "none".to_owned();
        }
        let position = self.position_of(flat);
        let labels: Vec<&str> =
            self.axes.iter().zip(&position).map(|(axis, at)| axis.labels[*at].as_str()).collect();
        labels.join(" / ")
    }

    /// Sums over every axis whose name is not in `keep`; the result has the axes of `keep`, in
    /// that order.
    #[must_use]
    pub fn sum_to(&self, keep: &[&str]) -> Self {
        let kept: Vec<usize> = keep
            .iter()
            .map(|name| {
                self.axes
                    .iter()
                    .position(|axis| axis.name == *name)
                    .unwrap_or_else(|| panic!("table `{}` has no axis `{name}`", self.name))
            })
            .collect();
        let axes: Vec<&Axis> = kept.iter().map(|at| &self.axes[*at]).collect();
        let mut out = Self::zeros(self.name, self.unit.clone(), &axes);
        // One step along an axis moves this far in the result.
        let mut steps = vec![0; self.axes.len()];
        for (to, from) in kept.iter().enumerate() {
            steps[*from] = out.strides[to];
        }
        let mut index = vec![0; self.axes.len()];
        let mut target = 0;
        for value in &self.values {
            out.values[target] += value;
            for at in (0..index.len()).rev() {
                index[at] += 1;
                target += steps[at];
                if index[at] < self.axes[at].len() {
                    break;
                }
                target -= steps[at] * index[at];
                index[at] = 0;
            }
        }
        out
    }

    fn flat(&self, position: &[usize]) -> usize {
        assert_eq!(
            position.len(),
            self.axes.len(),
            "table `{}` takes {} indices",
            self.name,
            self.axes.len()
        );
        position.iter().zip(&self.strides).map(|(at, stride)| at * stride).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_keep_the_named_axes_in_the_order_asked() {
        let (a, b) = (Axis::new("row", ["x", "y"]), Axis::new("column", ["p", "q", "r"]));
        let table = Table::from_fn("t", "unit", &[&a, &b], |at| (10 * at[0] + at[1]) as f64);
        assert_eq!(table.sum_to(&["column"]).values(), [10.0, 12.0, 14.0]);
        assert_eq!(table.sum_to(&["column", "row"]).values()[5..], [12.0]);
        assert_eq!(table.label_of(5), "y / r");
    }
}
