//! Cells of arrays: full, sparse, matrices.

use diagnostics::Diagnostic;

use super::read::{Shape, Source, complete};
use super::record::{Failed, Fields, integer, real};
use super::{Array, ByteOrder, Storage};
use crate::bytes_place;

/// Cells that all sparse arrays of a file may expand to: 1 GiB. Full arrays cannot be larger than
/// the file.
pub(super) const LARGEST_SPARSE: usize = 1 << 28;

/// Number of cells, if it can be counted.
fn product(sizes: &[usize]) -> Option<usize> {
    sizes.iter().try_fold(1_usize, |cells, size| cells.checked_mul(*size))
}

/// Cells of types `RE` and `RL`.
pub(super) fn cells(
    source: &mut Source<'_, '_>,
    fields: &Fields<'_>,
    shape: &Shape,
    rank: usize,
    storage: Storage,
    sparse_left: &mut usize,
) -> Result<Array<f32>, Failed> {
    let sizes = shape.sizes[..rank].to_vec();
    let count = product(&sizes);
    let cells = match storage {
        Storage::Full => full(source, fields, shape, count)?,
        Storage::Sparse => {
            let count = count.filter(|count| count <= sparse_left);
            let count = count.ok_or_else(|| too_large(source, &sizes))?;
            *sparse_left -= count;
            sparse(source, count)?
        }
    };
    Ok(Array { shape: sizes, cells })
}

fn too_large(source: &Source<'_, '_>, sizes: &[usize]) -> Failed {
    let shown: Vec<String> = sizes.iter().map(ToString::to_string).collect();
    let shown = shown.join(" × ");
    let (name, file) = (source.name, source.records.file);
    let message = format!(
        "header `{name}` of `{file}` has {shown} cells; sparse arrays of a file may have {LARGEST_SPARSE} together"
    );
    let finding = Diagnostic::error("E1304", message);
    let label = "sizes of the header";
    let help = "if the sizes are right, split the header or store it in full";
    Box::new(finding.at(bytes_place(file, source.end), label).help(help))
}

fn full(
    source: &mut Source<'_, '_>,
    head: &Fields<'_>,
    shape: &Shape,
    count: Option<usize>,
) -> Result<Vec<f32>, Failed> {
    let available: usize = source.rest.clone().map(|record| record.body.len() / 4).sum();
    let count = count
        .filter(|count| *count <= available)
        .ok_or_else(|| head.wrong(format!("says sizes {:?}; fewer cells follow", shape.sizes)))?;
    let mut fields = source.next("sizes")?;
    let mut records_left = fields.count("the records left")?;
    let rank = fields.count("the number of dimensions")?;
    if rank != shape.sizes.len() {
        return Err(fields.wrong(format!("says {rank} dimensions")));
    }
    for size in &shape.sizes {
        let again = fields.count("a size")?;
        if again != *size {
            return Err(fields.wrong(format!("says a size of {again}; the header says {size}")));
        }
    }
    fields.end()?;
    let (mut cells, mut filled) = (vec![0.0; count], 0);
    while records_left > 1 {
        let mut fields = source.next("positions")?;
        fields.count("the records left")?;
        let block = block(&mut fields, &shape.sizes)?;
        fields.end()?;
        let mut fields = source.next("cells")?;
        records_left = fields.count("the records left")?;
        let here = fields.cells(fields.left() / 4, "cells", real)?;
        fields.end()?;
        filled += place(&fields, &shape.sizes, &block, &here, &mut cells)?;
    }
    complete(source, filled, count)?;
    Ok(cells)
}

/// First and last index of each dimension, from 0, both included.
type Block = Vec<(usize, usize)>;

fn block(fields: &mut Fields<'_>, sizes: &[usize]) -> Result<Block, Failed> {
    let mut block = Vec::new();
    for size in sizes {
        let first = fields.count("a position")?;
        let last = fields.count("a position")?;
        if first < 1 || last > *size || first > last + 1 {
            return Err(fields.wrong(format!("says positions {first} to {last} of {size}")));
        }
        block.push((first - 1, last));
    }
    Ok(block)
}

/// Puts a block of cells where it belongs; how many they were.
fn place<T: Copy>(
    fields: &Fields<'_>,
    sizes: &[usize],
    block: &Block,
    here: &[T],
    cells: &mut [T],
) -> Result<usize, Failed> {
    let expected: usize = block.iter().map(|(first, last)| last - first).product();
    if expected != here.len() {
        let held = here.len();
        return Err(fields.wrong(format!("holds {held} cells for positions of {expected}")));
    }
    let mut position: Vec<usize> = block.iter().map(|(first, _)| *first).collect();
    for cell in here {
        let flat = position.iter().zip(sizes).rev().fold(0, |flat, (at, size)| flat * size + at);
        cells[flat] = *cell;
        for (at, (first, last)) in position.iter_mut().zip(block) {
            *at += 1;
            if *at < *last {
                break;
            }
            *at = *first;
        }
    }
    Ok(here.len())
}

fn sparse(source: &mut Source<'_, '_>, count: usize) -> Result<Vec<f32>, Failed> {
    let mut fields = source.next("the number of non-zero cells")?;
    let stored = fields.count("the number of non-zero cells")?;
    for what in ["the bytes of a position", "the bytes of a cell"] {
        let size = fields.count(what)?;
        if size != 4 {
            return Err(fields.wrong(format!("says {size} for {what}; 4 is known")));
        }
    }
    fields.bytes(80, "a comment")?;
    fields.end()?;
    let (mut cells, mut filled) = (vec![0.0; count], 0);
    loop {
        let mut fields = source.next("non-zero cells")?;
        let records_left = fields.count("the records left")?;
        let total = fields.count("the number of non-zero cells")?;
        let here = fields.count("the number of cells in it")?;
        if total != stored || here > stored - filled {
            return Err(
                fields.wrong(format!("holds {here} of {total} non-zero cells, not {stored}"))
            );
        }
        let positions = fields.cells(here, "positions", integer)?;
        let values = fields.cells(here, "cells", real)?;
        fields.end()?;
        for (position, value) in positions.iter().zip(values) {
            let at = usize::try_from(*position).ok().and_then(|at| at.checked_sub(1));
            let Some(cell) = at.and_then(|at| cells.get_mut(at)) else {
                return Err(fields.wrong(format!("says position {position} of {count}")));
            };
            *cell = value;
        }
        filled += here;
        if records_left <= 1 {
            break;
        }
    }
    complete(source, filled, stored)?;
    Ok(cells)
}

/// Cells of types `2I` and `2R`.
pub(super) fn plane<T: Copy + Default>(
    source: &mut Source<'_, '_>,
    head: &Fields<'_>,
    shape: &Shape,
    cell: impl Fn([u8; 4], ByteOrder) -> T + Copy,
) -> Result<Array<T>, Failed> {
    let sizes = &shape.sizes;
    if sizes.len() != 2 {
        return Err(head.wrong(format!("says {} dimensions for a matrix", sizes.len())));
    }
    let available: usize = source.rest.clone().map(|record| record.body.len() / 4).sum();
    let count = product(sizes)
        .filter(|count| *count <= available)
        .ok_or_else(|| head.wrong(format!("says sizes {sizes:?}; fewer cells follow")))?;
    let (mut cells, mut filled) = (vec![T::default(); count], 0);
    loop {
        let mut fields = source.next("cells")?;
        let records_left = fields.count("the records left")?;
        let again = [fields.count("a size")?, fields.count("a size")?];
        if again[..] != sizes[..] {
            return Err(fields.wrong(format!("says sizes {again:?}; the header says {sizes:?}")));
        }
        let block = block(&mut fields, sizes)?;
        let here = fields.cells(fields.left() / 4, "cells", cell)?;
        fields.end()?;
        filled += place(&fields, sizes, &block, &here, &mut cells)?;
        if records_left <= 1 {
            break;
        }
    }
    complete(source, filled, count)?;
    Ok(Array { shape: sizes.clone(), cells })
}
