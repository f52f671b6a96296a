//! Bytes of a small table as text, and what stands between its fields.

use std::borrow::Cow;

use encoding_rs::{Encoding, GB18030};

/// Bytes as text: in the encoding of their byte order mark (UTF-8 or UTF-16), else UTF-8 where they are,
/// else GB 18030, which includes the GBK that spreadsheets write in China.
pub fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[mark..]).0;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => GB18030.decode(bytes).0,
    }
}

/// The byte between fields: a comma, or a semicolon or tab where the first line of fields has one
/// and no comma, as spreadsheets of many countries write.
pub fn delimiter(text: &str) -> u8 {
    let line = text.lines().find(|line| !line.starts_with('#') && !line.trim().is_empty());
    let has = |letter: char| line.is_some_and(|line| line.contains(letter));
    match (has(','), has('\t'), has(';')) {
        (false, true, _) => b'\t',
        (false, false, true) => b';',
        _ => b',',
    }
}

/// Whether a number's commas, if it has any, stand between groups of three digits before the point:
/// `1,5` may be one and a half or fifteen, and is no number.
pub fn is_grouped(number: &str) -> bool {
    let (whole, rest) = number.split_once('.').unwrap_or((number, ""));
    let whole = whole.trim_start_matches(['-', '+']);
    let Some((first, groups)) = whole.split_once(',') else { return !rest.contains(',') };
    let digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    !rest.contains(',')
        && (1..=3).contains(&first.len())
        && digits(first)
        && groups.split(',').all(|group| group.len() == 3 && digits(group))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_and_national_encodings_are_understood() {
        assert_eq!(decoded(b"\xef\xbb\xbfa,b"), "a,b");
        assert_eq!(decoded(b"\xff\xfea\0,\0"), "a,");
        assert_eq!(decoded(&[0xCA, 0xB5, 0xBC, 0xCA]), "实际");
        assert_eq!(decoded("实际".as_bytes()), "实际");
    }

    #[test]
    fn commas_stand_between_thousands_or_the_number_is_none() {
        for sound in ["1", "-1,234.5", "12,345,678", "0.25"] {
            assert!(is_grouped(sound), "{sound}");
        }
        for other in ["1,5", "36,6", "1,2345", ",5", "1.2,345", "1234,567", "1,,234"] {
            assert!(!is_grouped(other), "{other}");
        }
    }

    #[test]
    fn fields_part_where_the_first_line_says() {
        assert_eq!(delimiter("# a; b\na,b;c\n"), b',');
        assert_eq!(delimiter("\na;b\n1,5;2\n"), b';');
        assert_eq!(delimiter("a\tb;c\n"), b'\t');
        assert_eq!(delimiter(""), b',');
    }
}
