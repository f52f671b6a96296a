//! Headers as csv texts, to look at or to hand on.

use super::{Array, Header, Values};
use crate::Files;

impl super::HarFile {
    /// One csv file per header and `headers.csv` that lists them: name, type, long name,
    /// coefficient, sets, sizes. An array has one column per dimension and `value`; cells of zero
    /// are left out. A dimension without elements is numbered from 1.
    pub fn to_csv(&self) -> Files {
        let mut files = Files::new();
        let columns = ["header", "type", "long_name", "coefficient", "sets", "sizes"];
        let list = self.headers.iter().map(|header| {
            let sets: Vec<&str> = header.sets.iter().map(|set| set.set.as_str()).collect();
            let sizes: Vec<String> = header.shape().iter().map(ToString::to_string).collect();
            vec![
                header.name.clone(),
                header.type_name().to_owned(),
                header.long_name.clone(),
                header.coefficient.clone(),
                sets.join(" "),
                sizes.join(" "),
            ]
        });
        let head = columns.map(str::to_owned).to_vec();
        files.insert("headers.csv".to_owned(), text(std::iter::once(head).chain(list)));
        for header in &self.headers {
            let name: String = header
                .name
                .chars()
                .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
                .collect();
            files.insert(format!("{name}.csv"), header.to_csv());
        }
        files
    }
}

impl Header {
    fn to_csv(&self) -> String {
        match &self.values {
            Values::Texts(texts) => {
                let head = vec!["text".to_owned()];
                text(std::iter::once(head).chain(texts.list.iter().map(|text| vec![text.clone()])))
            }
            Values::Integers(array) => self.cells(array, |cell| *cell != 0),
            Values::Reals(reals) => self.cells(&reals.array, |cell| *cell != 0.0),
        }
    }

    fn cells<T: Copy + ToString>(&self, array: &Array<T>, some: impl Fn(&T) -> bool) -> String {
        let column = |at: usize| match self.sets.get(at) {
            Some(set) if !set.set.is_empty() => format!("{}_{}", at + 1, set.set),
            _ => format!("{}", at + 1),
        };
        let head = (0..array.shape.len()).map(column).chain(["value".to_owned()]).collect();
        let cells = array.cells.iter().enumerate().filter(|(_, cell)| some(cell));
        text(std::iter::once(head).chain(cells.map(|(flat, cell)| {
            let mut rest = flat;
            let mut line = Vec::with_capacity(array.shape.len() + 1);
            for (at, size) in array.shape.iter().enumerate() {
                let index = rest % size;
                rest /= size;
                let element = self.sets.get(at).and_then(|set| set.elements.get(index));
                line.push(element.cloned().unwrap_or_else(|| (index + 1).to_string()));
            }
            line.push(cell.to_string());
            line
        })))
    }
}

fn text(records: impl Iterator<Item = Vec<String>>) -> String {
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    for record in records {
        writer.write_record(&record).expect("memory takes every record of one length");
    }
    let bytes = writer.into_inner().expect("memory can be flushed");
    String::from_utf8(bytes).expect("the fields are UTF-8")
}
