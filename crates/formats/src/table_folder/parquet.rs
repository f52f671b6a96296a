//! Cells as Parquet: `row` and `column` (32-bit positions from 0) and `value`, zeros left out.

use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use accounts::Matrix;
use bytes::Bytes;
use diagnostics::{Diagnostic, Place};
use parquet::basic::Compression;
use parquet::column::reader::{ColumnReader, get_typed_column_reader};
use parquet::data_type::{DataType, DoubleType, Int32Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

/// Layout of every file.
const SCHEMA: &str =
    "message cells { REQUIRED INT32 row; REQUIRED INT32 column; REQUIRED DOUBLE value; }";
/// Cells in one row group.
const GROUP: usize = 1 << 20;

fn failed(error: ParquetError) -> io::Error {
    io::Error::other(error)
}

/// Writes the cells that are not zero.
pub(super) fn write(cells: &Matrix, out: &mut (dyn Write + Send)) -> io::Result<()> {
    let schema = Arc::new(parse_message_type(SCHEMA).map_err(failed)?);
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let mut writer =
        SerializedFileWriter::new(out, schema, Arc::new(properties)).map_err(failed)?;
    let columns = cells.columns().max(1);
    // A table with more rows or columns than an `i32` counts does not fit into memory.
    let position = |at: usize| i32::try_from(at).unwrap_or(i32::MAX);
    let filled = |(at, value): (usize, &f64)| {
        (*value != 0.0).then_some((position(at / columns), position(at % columns), *value))
    };
    let mut filled = cells.values().iter().enumerate().filter_map(filled).peekable();
    while filled.peek().is_some() {
        let (mut rows, mut columns, mut values) = (vec![], vec![], vec![]);
        for (row, column, value) in filled.by_ref().take(GROUP) {
            rows.push(row);
            columns.push(column);
            values.push(value);
        }
        write_group(&mut writer, &rows, &columns, &values).map_err(failed)?;
    }
    writer.close().map_err(failed)?;
    Ok(())
}

fn write_group<W: Write + Send>(
    writer: &mut SerializedFileWriter<W>,
    rows: &[i32],
    columns: &[i32],
    values: &[f64],
) -> Result<(), ParquetError> {
    let mut group = writer.next_row_group()?;
    for positions in [rows, columns] {
        if let Some(mut column) = group.next_column()? {
            column.typed::<Int32Type>().write_batch(positions, None, None)?;
            column.close()?;
        }
    }
    if let Some(mut column) = group.next_column()? {
        column.typed::<DoubleType>().write_batch(values, None, None)?;
        column.close()?;
    }
    group.close()?;
    Ok(())
}

/// Reads cells into a matrix of that shape.
pub(super) fn read(
    file: &str,
    bytes: Vec<u8>,
    shape: (usize, usize),
) -> Result<Matrix, Box<Diagnostic>> {
    // Damaged files must not end the program, whatever the library makes of them.
    let cells = catch_unwind(AssertUnwindSafe(|| cells(bytes.into(), shape)))
        .unwrap_or_else(|_| Err("is damaged".to_owned()));
    cells.map_err(|what| {
        let finding = Diagnostic::error("E1300", format!("`{file}` {what}"));
        let help = "write the folder again";
        Box::new(finding.at(Place::cell(file, 1, 1), "this file").help(help))
    })
}

fn cells(bytes: Bytes, (rows, columns): (usize, usize)) -> Result<Matrix, String> {
    let unreadable = |error: ParquetError| format!("cannot be read as Parquet: {error}");
    let reader = SerializedFileReader::new(bytes).map_err(unreadable)?;
    let mut matrix = Matrix::zeros(rows, columns);
    for group in 0..reader.num_row_groups() {
        let group = reader.get_row_group(group).map_err(unreadable)?;
        if group.num_columns() != 3 {
            return Err(format!("has {} columns, not row, column, value", group.num_columns()));
        }
        let count = usize::try_from(group.metadata().num_rows()).unwrap_or(usize::MAX);
        if count > rows.saturating_mul(columns) {
            return Err(format!("has {count} cells in a table of {rows} × {columns}"));
        }
        let at = |column| group.get_column_reader(column).map_err(unreadable);
        let row: Vec<i32> = integers(at(0)?, count)?;
        let column: Vec<i32> = integers(at(1)?, count)?;
        let value: Vec<f64> = match at(2)? {
            reader @ ColumnReader::DoubleColumnReader(_) => values::<DoubleType>(reader, count)?,
            _ => return Err("has a column `value` of another type than DOUBLE".to_owned()),
        };
        for ((row, column), value) in row.into_iter().zip(column).zip(value) {
            let inside = |at: i32, size| usize::try_from(at).ok().filter(|at| *at < size);
            let (Some(row_at), Some(column_at)) = (inside(row, rows), inside(column, columns))
            else {
                return Err(format!(
                    "has a cell at {row}, {column} of a table of {rows} × {columns}"
                ));
            };
            *matrix.at_mut(row_at, column_at) = value;
        }
    }
    Ok(matrix)
}

fn integers(reader: ColumnReader, count: usize) -> Result<Vec<i32>, String> {
    match reader {
        reader @ ColumnReader::Int32ColumnReader(_) => values::<Int32Type>(reader, count),
        _ => Err("has positions of another type than INT32".to_owned()),
    }
}

fn values<T: DataType>(reader: ColumnReader, count: usize) -> Result<Vec<T::T>, String> {
    let mut reader = get_typed_column_reader::<T>(reader);
    let mut values = Vec::new();
    while values.len() < count {
        let left = (count - values.len()).min(GROUP);
        let (_, read, _) = reader
            .read_records(left, None, None, &mut values)
            .map_err(|error| format!("cannot be read as Parquet: {error}"))?;
        if read == 0 {
            return Err(format!("has {} of {count} cells of a column", values.len()));
        }
    }
    Ok(values)
}
