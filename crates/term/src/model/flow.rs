//! Fixed values over labelled axes: sums, shares and selections while a model is written.

use equilibrium::Axis;

/// Values over axes, the last one contiguous.
#[derive(Debug, Clone)]
pub(super) struct Flow {
    pub(super) axes: Vec<Axis>,
    sizes: Vec<usize>,
    pub(super) cells: Vec<f64>,
}

impl Flow {
    pub(super) fn new(axes: &[(Axis, usize)], cells: Vec<f64>) -> Self {
        let (axes, sizes): (Vec<_>, Vec<usize>) = axes.iter().copied().unzip();
        debug_assert_eq!(sizes.iter().product::<usize>(), cells.len());
        Self { axes, sizes, cells }
    }

    /// For each cell, the cell of the sum over `over` that it belongs to; and the sum's axes.
    fn groups(&self, over: &[Axis]) -> (Vec<usize>, Vec<(Axis, usize)>) {
        let mut strides = vec![0; self.axes.len()];
        let mut next = 1;
        for at in (0..self.axes.len()).rev() {
            if !over.contains(&self.axes[at]) {
                strides[at] = next;
                next *= self.sizes[at];
            }
        }
        // Along the last axis groups follow each other or stay: a division for each row.
        let (row, step) = self.sizes.last().zip(strides.last()).map_or((1, 0), |(a, b)| (*a, *b));
        let outer = self.sizes.len().saturating_sub(1);
        let first = |row: usize| {
            let mut rest = row;
            let mut group = 0;
            for (size, stride) in self.sizes[..outer].iter().zip(&strides).rev() {
                group += rest % size * stride;
                rest /= size;
            }
            group
        };
        let rows = self.cells.len().checked_div(row).unwrap_or(0);
        let groups = (0..rows).flat_map(|at| {
            let first = first(at);
            (0..row).map(move |cell| first + cell * step)
        });
        let kept = self.axes.iter().copied().zip(self.sizes.iter().copied());
        let kept = kept.filter(|(axis, _)| !over.contains(axis)).collect();
        (groups.collect(), kept)
    }

    pub(super) fn sum(&self, over: &[Axis]) -> Self {
        let (groups, kept) = self.groups(over);
        let cells = self.sums(&groups, kept.iter().map(|(_, size)| size).product());
        Self::new(&kept, cells)
    }

    fn sums(&self, groups: &[usize], count: usize) -> Vec<f64> {
        let mut sums = vec![0.0; count];
        groups.iter().zip(&self.cells).for_each(|(group, cell)| sums[*group] += cell);
        sums
    }

    /// Shares in the sum over `over`; `default` where that is zero.
    pub(super) fn shares(&self, over: &[Axis], default: f64) -> Self {
        let (groups, kept) = self.groups(over);
        let sums = self.sums(&groups, kept.iter().map(|(_, size)| size).product());
        let share = |(group, cell): (&usize, &f64)| {
            if sums[*group] == 0.0 { default } else { cell / sums[*group] }
        };
        let cells = groups.iter().zip(&self.cells).map(share).collect();
        Self { cells, ..self.clone() }
    }

    /// Cell by cell with another of the same axes.
    pub(super) fn with(&self, other: &Self, f: impl Fn(f64, f64) -> f64) -> Self {
        assert_eq!(self.axes, other.axes, "flows over the same axes");
        let cells = self.cells.iter().zip(&other.cells).map(|(a, b)| f(*a, *b)).collect();
        Self { cells, ..self.clone() }
    }

    pub(super) fn plus(&self, other: &Self) -> Self {
        self.with(other, |a, b| a + b)
    }

    /// `self / other`, `default` where `other` is zero.
    pub(super) fn over(&self, other: &Self, default: f64) -> Self {
        self.with(other, |a, b| if b == 0.0 { default } else { a / b })
    }

    pub(super) fn map(&self, f: impl Fn(f64) -> f64) -> Self {
        Self { cells: self.cells.iter().map(|cell| f(*cell)).collect(), ..self.clone() }
    }

    /// 1 where the value is zero.
    pub(super) fn absent(&self) -> Self {
        self.map(|cell| f64::from(u8::from(cell == 0.0)))
    }

    /// Positions along `axis`, which becomes `to`.
    pub(super) fn pick(&self, axis: Axis, to: Axis, positions: &[usize]) -> Self {
        let at = self.axes.iter().position(|each| *each == axis).expect("an axis of the flow");
        let inner: usize = self.sizes[at + 1..].iter().product();
        let outer: usize = self.sizes[..at].iter().product();
        let mut cells = Vec::with_capacity(outer * positions.len() * inner);
        for block in 0..outer {
            for position in positions {
                let start = (block * self.sizes[at] + position) * inner;
                cells.extend_from_slice(&self.cells[start..start + inner]);
            }
        }
        let (mut axes, mut sizes) = (self.axes.clone(), self.sizes.clone());
        (axes[at], sizes[at]) = (to, positions.len());
        Self { axes, sizes, cells }
    }

    /// One position along `axis`, which is gone.
    pub(super) fn at(&self, axis: Axis, position: usize) -> Self {
        let picked = self.pick(axis, axis, &[position]);
        picked.sum(&[axis])
    }

    /// The same cells under another axis.
    pub(super) fn renamed(mut self, from: Axis, to: Axis) -> Self {
        self.axes.iter_mut().filter(|axis| **axis == from).for_each(|axis| *axis = to);
        self
    }
}
