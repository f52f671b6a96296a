//! Unformatted Fortran records: split a file into them, and read fields out of one.

use std::borrow::Cow;

use diagnostics::Diagnostic;

use super::ByteOrder;
use crate::bytes_place;

/// Why a file or a header cannot be read.
pub(super) type Failed = Box<Diagnostic>;

/// One record: where its bytes start in the file, and the bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record<'a> {
    /// Byte of the file at which the body starts.
    pub(super) offset: usize,
    /// The bytes without the two lengths.
    pub(super) body: &'a [u8],
}

/// A file split into records.
#[derive(Debug)]
pub(super) struct Records<'a> {
    /// Name of the file, for findings.
    pub(super) file: &'a str,
    /// Order of bytes.
    pub(super) order: ByteOrder,
    /// The records in order.
    pub(super) list: Vec<Record<'a>>,
    /// Why the file could not be split to its end.
    pub(super) broken: Option<Failed>,
}

impl<'a> Records<'a> {
    /// Splits a file, as far as its records are whole.
    ///
    /// # Errors
    /// The file does not start with the name of a header.
    pub(super) fn split(file: &'a str, bytes: &'a [u8]) -> Result<Self, Failed> {
        let order = match bytes.first_chunk() {
            Some([4, 0, 0, 0]) => ByteOrder::Little,
            Some([0, 0, 0, 4]) => ByteOrder::Big,
            _ => {
                let message = format!("`{file}` is not a GEMPACK header array file");
                let label = "such a file starts with a record of 4 bytes, the name of a header";
                let finding = Diagnostic::error("E1301", message).at(bytes_place(file, 0), label);
                return Err(Box::new(finding.help("text files in the HAR layout must be converted; files of the Lahey compiler are not supported")));
            }
        };
        let mut records = Self { file, order, list: Vec::new(), broken: None };
        let mut offset = 0;
        while offset < bytes.len() {
            match records.next(bytes, offset) {
                Ok(record) => {
                    offset = record.offset + record.body.len() + 4;
                    records.list.push(record);
                }
                Err(broken) => {
                    records.broken = Some(broken);
                    break;
                }
            }
        }
        Ok(records)
    }

    fn next(&self, bytes: &'a [u8], offset: usize) -> Result<Record<'a>, Failed> {
        let length_at = |at: usize| {
            let bytes = bytes.get(at..)?.first_chunk()?;
            Some(integer(*bytes, self.order))
        };
        let cut_off = |what: String| self.failed(offset, &what);
        let length = length_at(offset)
            .ok_or_else(|| cut_off("ends within the length of a record".to_owned()))?;
        let size = usize::try_from(length)
            .map_err(|_| cut_off(format!("has a record of {length} bytes")))?;
        let (start, left) = (offset + 4, bytes.len() - offset - 4);
        if size.saturating_add(4) > left {
            let what = format!("ends {left} bytes after the length of a record of {size} bytes");
            return Err(cut_off(what));
        }
        if length_at(start + size) != Some(length) {
            let what = format!("has a record of {size} bytes that ends with another length");
            return Err(cut_off(what));
        }
        Ok(Record { offset: start, body: &bytes[start..start + size] })
    }

    fn failed(&self, offset: usize, what: &str) -> Failed {
        let message = format!("`{}` {what} at byte {offset}", self.file);
        let place = bytes_place(self.file, offset);
        let help = "the file was cut off or changed in transfer; copy it again in binary mode";
        Box::new(Diagnostic::error("E1301", message).at(place, "the record starts here").help(help))
    }
}

/// A whole number from its bytes.
pub(super) fn integer(bytes: [u8; 4], order: ByteOrder) -> i32 {
    match order {
        ByteOrder::Little => i32::from_le_bytes(bytes),
        ByteOrder::Big => i32::from_be_bytes(bytes),
    }
}

/// A real number from its bytes.
pub(super) fn real(bytes: [u8; 4], order: ByteOrder) -> f32 {
    match order {
        ByteOrder::Little => f32::from_le_bytes(bytes),
        ByteOrder::Big => f32::from_be_bytes(bytes),
    }
}

/// Reads the fields of one record in order.
#[derive(Debug)]
pub(super) struct Fields<'a> {
    file: &'a str,
    header: &'a str,
    order: ByteOrder,
    record: Record<'a>,
    at: usize,
}

impl<'a> Fields<'a> {
    /// The fields of a data record, which starts with four blanks.
    pub(super) fn open(
        records: &Records<'a>,
        header: &'a str,
        record: Record<'a>,
    ) -> Result<Self, Failed> {
        let mut fields = Self { file: records.file, header, order: records.order, record, at: 0 };
        if fields.bytes(4, "four blanks")? != b"    " {
            return Err(fields.wrong("does not start with four blanks"));
        }
        Ok(fields)
    }

    /// A finding about this record: `what` completes "a record of header `X` …".
    pub(super) fn wrong(&self, what: impl AsRef<str>) -> Failed {
        let offset = self.record.offset + self.at;
        let message = format!(
            "header `{}` of `{}`: a record {} (byte {offset})",
            self.header,
            self.file,
            what.as_ref()
        );
        let label = format!("in the record that starts at byte {}", self.record.offset);
        let finding = Diagnostic::error("E1302", message).at(bytes_place(self.file, offset), label);
        Box::new(finding.help("the file is damaged, or written by a program with another layout"))
    }

    /// The next bytes; `what` names them in a finding.
    pub(super) fn bytes(&mut self, count: usize, what: &str) -> Result<&'a [u8], Failed> {
        let end = self.at.checked_add(count).filter(|end| *end <= self.record.body.len());
        let Some(end) = end else {
            let (left, size) = (self.left(), self.record.body.len());
            let has = format!("of {size} bytes has {left} left where {count} hold {what}");
            return Err(self.wrong(has));
        };
        let bytes = &self.record.body[self.at..end];
        self.at = end;
        Ok(bytes)
    }

    /// Bytes not read yet.
    pub(super) fn left(&self) -> usize {
        self.record.body.len() - self.at
    }

    /// A text without its trailing blanks.
    pub(super) fn text(&mut self, count: usize, what: &str) -> Result<String, Failed> {
        Ok(text(self.bytes(count, what)?))
    }

    /// A whole number.
    pub(super) fn integer(&mut self, what: &str) -> Result<i32, Failed> {
        let bytes = self.bytes(4, what)?;
        Ok(integer([bytes[0], bytes[1], bytes[2], bytes[3]], self.order))
    }

    /// A whole number that counts something.
    pub(super) fn count(&mut self, what: &str) -> Result<usize, Failed> {
        let value = self.integer(what)?;
        usize::try_from(value).map_err(|_| self.wrong(format!("says {value} for {what}")))
    }

    /// Cells of four bytes each.
    pub(super) fn cells<T>(
        &mut self,
        count: usize,
        what: &str,
        cell: impl Fn([u8; 4], ByteOrder) -> T,
    ) -> Result<Vec<T>, Failed> {
        let order = self.order;
        let size = count.saturating_mul(4);
        let (cells, _) = self.bytes(size, what)?.as_chunks::<4>();
        Ok(cells.iter().map(|bytes| cell(*bytes, order)).collect())
    }

    /// Says that the record must be used up.
    pub(super) fn end(&self) -> Result<(), Failed> {
        match self.left() {
            0 => Ok(()),
            left => Err(self.wrong(format!("has {left} bytes more than it says"))),
        }
    }
}

/// Text of one byte per character (Latin 1), without trailing blanks.
pub(super) fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().rposition(|byte| *byte != b' ' && *byte != 0).map_or(0, |at| at + 1);
    let text: Cow<'_, str> = match std::str::from_utf8(&bytes[..end]) {
        Ok(text) if text.is_ascii() => Cow::Borrowed(text),
        _ => Cow::Owned(bytes[..end].iter().map(|byte| char::from(*byte)).collect()),
    };
    text.into_owned()
}
