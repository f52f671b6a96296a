//! A stream cut into blocks of whole lines.

use std::io::Read;

use super::Line;

/// Bytes of a block: a hundred lines of the largest tables, small beside a matrix.
const BLOCK: usize = 16 << 20;
/// Bytes of a line at most.
const LONGEST_LINE: usize = 64 << 20;

/// Why a stream cannot be read on.
pub(super) struct Broken {
    pub(super) code: &'static str,
    pub(super) what: String,
    pub(super) help: &'static str,
    pub(super) line: usize,
}

/// Reads a stream block by block.
pub(super) struct Blocks<'i> {
    input: &'i mut dyn Read,
    buffer: Vec<u8>,
    /// Bytes of the buffer that hold text.
    filled: usize,
    /// Bytes at its start that were handed out.
    taken: usize,
    /// Number of the next line.
    line: usize,
    ended: bool,
}

impl<'i> Blocks<'i> {
    pub(super) fn new(input: &'i mut dyn Read) -> Self {
        Self { input, buffer: Vec::new(), filled: 0, taken: 0, line: 1, ended: false }
    }

    /// The next lines that are not empty, with their numbers.
    pub(super) fn next_block(&mut self) -> Result<Option<Vec<Line<'_>>>, Broken> {
        self.buffer.copy_within(self.taken..self.filled, 0);
        self.filled -= self.taken;
        self.taken = 0;
        if self.buffer.is_empty() {
            self.buffer.resize(BLOCK, 0);
        }
        let end = loop {
            self.fill()?;
            let text = &self.buffer[..self.filled];
            if self.ended {
                break self.filled;
            }
            if let Some(at) = memchr::memrchr(b'\n', text) {
                break at + 1;
            }
            if self.buffer.len() >= LONGEST_LINE {
                return Err(self.too_long());
            }
            self.buffer.resize(self.buffer.len() * 2, 0);
        };
        self.taken = end;
        if end == 0 {
            return Ok(None);
        }
        let mut text = &self.buffer[..end];
        if self.line == 1 {
            text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        }
        let mut lines = Vec::new();
        while !text.is_empty() {
            let end = memchr::memchr(b'\n', text).unwrap_or(text.len());
            let line = text[..end].strip_suffix(b"\r").unwrap_or(&text[..end]);
            if !line.is_empty() {
                lines.push((self.line, line));
            }
            self.line += 1;
            text = text.get(end + 1..).unwrap_or_default();
        }
        Ok(Some(lines))
    }

    fn fill(&mut self) -> Result<(), Broken> {
        while self.filled < self.buffer.len() && !self.ended {
            match self.input.read(&mut self.buffer[self.filled..]) {
                Ok(0) => self.ended = true,
                Ok(count) => self.filled += count,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => {
                    return Err(Broken {
                        code: "E1300",
                        what: format!("cannot be read to its end: {error}"),
                        help: "the file or the zip file around it was cut off or damaged",
                        line: self.line,
                    });
                }
            }
        }
        Ok(())
    }

    fn too_long(&self) -> Broken {
        Broken {
            code: "E1304",
            what: format!("has a line of more than {} bytes", self.buffer.len()),
            help: "it may not be a text file",
            line: self.line,
        }
    }
}
